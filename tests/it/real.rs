//! Compares our tables with what providers publish. Their files are not ours to store: `tests/real/fetch FOLDER` gets
//! them, `TRANSBORDER_REAL_DATA=FOLDER cargo test` reads them, and without it nothing is compared.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use transborder::locate::cloud::{self, Region};
use transborder::locate::geoip::Database;
use transborder::locate::network::Network;
use transborder::place::Gazetteer;

/// A file of the folder, if there is a folder and the file in it.
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

/// A name without accents, in small letters.
fn plain(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            'á' | 'ã' => 'a',
            'é' => 'e',
            'ü' => 'u',
            other => other.to_ascii_lowercase(),
        })
        .collect()
}

/// Whether the words by which a provider describes a region name its city, its place, or nothing that could be compared.
fn agrees(described: &str, region: &Region, places: &Gazetteer) -> bool {
    let described = plain(described);
    let country = places.find(region.place).map(|place| plain(places.name(place)));
    let city = plain(region.city);
    let has = |name: &str| !name.is_empty() && (described.contains(name) || name.contains(&described));
    if has(&city) || country.as_deref().is_some_and(has) {
        return true;
    }
    // Which other country would it be?
    let other = places.places().find(|place| {
        let name = plain(places.name(*place));
        place.as_str() != region.place && described.split(|c: char| !c.is_alphabetic()).any(|word| word == name)
    });
    other.is_none() && (city.is_empty() || !NAMED.contains(&described.as_str()))
}

/// What Amazon has in brackets that is the name of a city, so that ours must be it.
const NAMED: &[&str] = &[
    "cape town",
    "hong kong",
    "taipei",
    "tokyo",
    "seoul",
    "osaka",
    "mumbai",
    "hyderabad",
    "singapore",
    "sydney",
    "jakarta",
    "melbourne",
    "calgary",
    "frankfurt",
    "zurich",
    "stockholm",
    "milan",
    "london",
    "paris",
    "tel aviv",
    "sao paulo",
    "beijing",
];

#[test]
fn every_region_that_amazon_publishes_is_in_the_table_where_amazon_says_it_is() {
    let Some(partitions) = json("partitions.json") else {
        return;
    };
    let places = Gazetteer::countries();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for partition in partitions["partitions"].as_array().unwrap() {
        for (name, described) in partition["regions"].as_object().unwrap() {
            // Not a region but the endpoint of services that have none.
            if name.ends_with("-global") {
                continue;
            }
            seen += 1;
            let described = described["description"].as_str().unwrap();
            let in_brackets = described.split(['(', ')']).nth(1).unwrap_or(described);
            match cloud::region(&format!("aws/{name}")) {
                None => wrong.push(format!("{name} is missing: {described}")),
                Some(region) if !agrees(in_brackets, region, &places) => {
                    wrong.push(format!("{name}: {described}, not {} {}", region.city, region.place));
                }
                Some(_) => {}
            }
        }
    }
    assert!(seen > 40, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Why a name in Alibaba's list is no region that a customer could choose.
fn is_no_region(name: &str) -> Option<&'static str> {
    let parts: BTreeSet<&str> = name.split('-').collect();
    if parts.contains("internal") || parts.contains("inner") || parts.contains("test") {
        return Some("for the provider's own tests");
    }
    if parts.contains("pop") {
        return Some("a point of presence, not a region");
    }
    if parts.contains("edge") || parts.contains("nebula") || parts.contains("oxs") || parts.contains("yushanfang") {
        return Some("a kind of machine, not a region");
    }
    // `cn-zhangbei-na61-b01`: a hall of a data centre.
    let hall = parts.iter().next_back().is_some_and(|_| {
        name.rsplit('-').next().is_some_and(|last| {
            last.len() == 3 && last.starts_with(|c: char| c.is_ascii_lowercase()) && last[1..].parse::<u8>().is_ok()
        })
    });
    hall.then_some("a hall of a data centre")
}

#[test]
fn every_region_that_alibaba_publishes_is_in_the_table() {
    let Some(endpoints) = json("endpoints.json") else {
        return;
    };
    let names: Vec<&str> = endpoints["regions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(names.len() > 40, "{names:?}");
    let regions = names.iter().filter(|name| is_no_region(name).is_none());
    let missing: Vec<&&str> = regions
        .filter(|name| cloud::region(&format!("alibaba/{name}")).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
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
