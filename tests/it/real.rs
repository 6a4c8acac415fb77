//! Compares our tables with what providers publish. Their files are not ours to store: `tests/real/fetch FOLDER` gets
//! them, `TRANSBORDER_REAL_DATA=FOLDER cargo test` reads them, and without it nothing is compared.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use transborder::locate::cloud;
use transborder::locate::geoip::Database;
use transborder::locate::network::Network;
use transborder::place::Gazetteer;

/// A file of the folder, if there is a folder and the file in it.
#[expect(clippy::print_stdout, reason = "who runs the tests is to see what was not compared")]
fn file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TRANSBORDER_REAL_DATA").map(PathBuf::from);
    let path = folder.map(|folder| folder.join(name)).filter(|path| path.is_file());
    if path.is_none() {
        println!("skipped: no `{name}` in the folder that TRANSBORDER_REAL_DATA names (tests/real/fetch gets it)");
    }
    path
}

fn json(name: &str) -> Option<Value> {
    Some(serde_json::from_slice(&std::fs::read(file(name)?).unwrap()).unwrap())
}

/// What stands in brackets in Amazon's description of a region: the place where that is, and the city if it is one.
const DESCRIBED: &[(&str, &str, &str)] = &[
    ("Bahrain", "BH", ""),
    ("Beijing", "CN", "Beijing"),
    ("Calgary", "CA", "Calgary"),
    ("Cape Town", "ZA", "Cape Town"),
    ("Chile", "CL", ""),
    ("Frankfurt", "DE", "Frankfurt"),
    ("Germany", "DE", ""),
    ("Hong Kong", "HK", "Hong Kong"),
    ("Hyderabad", "IN", "Hyderabad"),
    ("Ireland", "IE", ""),
    ("Jakarta", "ID", "Jakarta"),
    ("London", "GB", "London"),
    ("Malaysia", "MY", ""),
    ("Melbourne", "AU", "Melbourne"),
    ("Milan", "IT", "Milan"),
    ("Mumbai", "IN", "Mumbai"),
    ("N. California", "US", "Northern California"),
    ("N. Virginia", "US", "Northern Virginia"),
    ("New Zealand", "NZ", ""),
    ("Ningxia", "CN", "Ningxia"),
    ("Ohio", "US", "Ohio"),
    ("Oregon", "US", "Oregon"),
    ("Osaka", "JP", "Osaka"),
    ("Paris", "FR", "Paris"),
    ("Sao Paulo", "BR", "São Paulo"),
    ("Saudi Arabia", "SA", ""),
    ("Seoul", "KR", "Seoul"),
    ("Singapore", "SG", "Singapore"),
    ("Spain", "ES", ""),
    ("Stockholm", "SE", "Stockholm"),
    ("Sydney", "AU", "Sydney"),
    ("Taipei", "TW", "Taipei"),
    ("Tel Aviv", "IL", "Tel Aviv"),
    ("Thailand", "TH", ""),
    ("Tokyo", "JP", "Tokyo"),
    ("UAE", "AE", ""),
    ("US-East", "US", ""),
    ("US-West", "US", ""),
    ("Zurich", "CH", "Zurich"),
];

/// Regions whose description has a country before the brackets, or none.
const DESCRIBED_OTHERWISE: &[(&str, &str)] = &[
    ("ca-central-1", "CA"),
    ("mx-central-1", "MX"),
    ("us-iso-east-1", "US"),
    ("us-iso-west-1", "US"),
    ("us-isob-west-1", "US"),
    ("us-isof-east-1", "US"),
    ("us-isof-south-1", "US"),
];

#[test]
fn every_region_that_amazon_publishes_is_in_the_table_where_amazon_says_it_is() {
    let Some(partitions) = json("partitions.json") else {
        return;
    };
    let mut wrong = Vec::new();
    let mut seen = 0;
    for partition in partitions["partitions"].as_array().unwrap() {
        for (name, described) in partition["regions"].as_object().unwrap() {
            // `aws-global` is the endpoint of services that have no region. In which country of Europe the last one is,
            // nobody says.
            if name.ends_with("-global") || name == "eu-isoe-west-1" {
                continue;
            }
            seen += 1;
            let described = described["description"].as_str().unwrap();
            let in_brackets = described.split(['(', ')']).nth(1).unwrap_or_default();
            let otherwise = DESCRIBED_OTHERWISE.iter().find(|(region, _)| region == name);
            let words = DESCRIBED.iter().find(|(words, _, _)| *words == in_brackets);
            let expected = words
                .map(|(_, place, city)| (*place, *city))
                .or(otherwise.map(|(_, place)| (*place, "")));
            match (cloud::region(&format!("aws/{name}")), expected) {
                (None, _) => wrong.push(format!("{name} is missing: {described}")),
                (_, None) => wrong.push(format!("{name}: add where `{described}` is")),
                (Some(ours), Some((place, city))) => {
                    if ours.place != place || !city.is_empty() && ours.city != city {
                        wrong.push(format!("{name}: {described}, not {} {}", ours.city, ours.place));
                    }
                }
            }
        }
    }
    assert!(seen > 40, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names in Alibaba's list that no customer can choose.
const NO_REGIONS: &[(&str, &[&str])] = &[
    (
        "for the provider itself and its tests",
        &[
            "cn-hangzhou-internal-prod-1",
            "cn-hangzhou-internal-test-1",
            "cn-hangzhou-internal-test-2",
            "cn-hangzhou-internal-test-3",
            "cn-hangzhou-test-306",
            "cn-shanghai-inner",
            "cn-shanghai-internal-test-1",
            "cn-shenzhen-inner",
            "cn-yushanfang",
        ],
    ),
    (
        "a hall of a data centre",
        &[
            "cn-beijing-nu16-b01",
            "cn-haidian-cm12-c01",
            "cn-hangzhou-bj-b01",
            "cn-shanghai-et15-b01",
            "cn-shanghai-et2-b01",
            "cn-shenzhen-st4-d01",
            "cn-shenzhen-su18-b01",
            "cn-zhangbei-na61-b01",
            "cn-zhangjiakou-na62-a01",
        ],
    ),
    (
        "a point of presence or a special installation",
        &[
            "ap-northeast-2-pop",
            "cn-edge-1",
            "cn-qingdao-nebula",
            "cn-zhengzhou-nebula-1",
            "eu-west-1-oxs",
            "rus-west-1-pop",
        ],
    ),
    (
        "an older name: the region is `cn-fuzhou`, `cn-wuhan-lr`",
        &["cn-fujian", "cn-wuhan"],
    ),
];

#[test]
fn every_region_that_alibaba_publishes_is_in_the_table() {
    let Some(endpoints) = json("endpoints.json") else {
        return;
    };
    let names: BTreeSet<&str> = endpoints["regions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(names.len() > 40, "{names:?}");
    let left_out: BTreeSet<&str> = NO_REGIONS.iter().flat_map(|(_, names)| *names).copied().collect();
    let in_table = |name: &str| cloud::region(&format!("alibaba/{name}")).is_some();
    let missing: Vec<&str> = names
        .difference(&left_out)
        .copied()
        .filter(|name| !in_table(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let needless: Vec<&str> = left_out
        .into_iter()
        .filter(|name| !names.contains(name) || in_table(name))
        .collect();
    assert!(needless.is_empty(), "{needless:?}");
}

#[test]
fn a_free_database_is_read_from_end_to_end() {
    let Some(path) = file("geo-whois-asn-country.mmdb") else {
        return;
    };
    let database = Database::open(&path).unwrap();
    assert!(
        database.source().starts_with("geo-whois-asn-country.mmdb ("),
        "{}",
        database.source()
    );
    assert!(database.built().is_some_and(|day| day.to_string().starts_with("20")));
    let places = Gazetteer::countries();
    let mut found = BTreeSet::new();
    let mut silent = 0;
    // One address in each 65536: no record is unreadable, most have a place.
    for high in 0x0100..0xE000_u32 {
        let network = Network::of(std::net::Ipv4Addr::from(high << 16 | 1).into());
        let Some(said) = database.testify(&network, &places) else {
            silent += 1;
            continue;
        };
        assert!(said.network.covers(&network), "{network}");
        assert!(
            !said.about.is_some_and(|about| about.contains("cannot be read")),
            "{network}"
        );
        found.extend(said.place);
    }
    assert!(
        found.len() > 150 && silent < 20_000,
        "{} places, {silent} silent",
        found.len()
    );
    // University of Hong Kong, University of Macau, RIPE NCC: each holds its own network since the nineties.
    for (address, place) in [("147.8.0.1", "HK"), ("161.64.0.1", "MO"), ("193.0.0.1", "NL")] {
        let said = database.testify(&address.parse().unwrap(), &places).unwrap();
        assert_eq!(
            said.place.map(|place| place.to_string()).as_deref(),
            Some(place),
            "{address}"
        );
    }
}
