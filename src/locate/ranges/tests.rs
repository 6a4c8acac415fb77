use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn ranges(name: &str, file: &Value) -> Ranges {
    Ranges::read(name, file.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn problems(file: &Value) -> Vec<String> {
    let problems = Ranges::read("ranges.json", file.to_string().as_bytes()).unwrap_err();
    problems
        .iter()
        .map(|problem| format!("{} {} {}", problem.code, problem.path, problem.message))
        .collect()
}

/// What is said of a network: each network, place and text.
fn said(ranges: &Ranges, network: &str) -> Vec<(String, Option<String>, String)> {
    let said = ranges.regional(&network.parse().unwrap(), &Gazetteer::countries());
    let plain = |said: Testimony| {
        let place = said.place.map(|place| place.to_string());
        (said.network.to_string(), place, said.about.unwrap_or_default())
    };
    said.into_iter().map(plain).collect()
}

fn places(ranges: &Ranges, network: &str) -> Vec<Option<String>> {
    said(ranges, network).into_iter().map(|(_, place, _)| place).collect()
}

fn hk() -> Option<String> {
    Some("HK".to_owned())
}

fn amazon(prefixes: &[(&str, &str, &str)]) -> Value {
    let prefix = |(network, region, group): &(&str, &str, &str)| json!({ "ip_prefix": network, "region": region, "service": "EC2", "network_border_group": group });
    json!({
        "syncToken": "1", "createDate": "2026-11-20-03-05-09",
        "prefixes": prefixes.iter().map(prefix).collect::<Vec<_>>(), "ipv6_prefixes": [],
    })
}

#[test]
fn amazon_says_region_services_and_day() {
    let mut file = amazon(&[
        ("18.162.0.0/16", "ap-east-1", "ap-east-1"),
        ("52.94.0.0/22", "cn-north-1", "cn-north-1"),
        ("18.162.0.0/16", "", ""),
    ]);
    file["prefixes"][2] = json!({ "ip_prefix": "18.162.0.0/16", "region": "ap-east-1", "service": "AMAZON" });
    file["ipv6_prefixes"] = json!([{ "ipv6_prefix": "2406:da1e::/32", "region": "ap-east-1", "service": "AMAZON" }]);
    let ranges = ranges("data/ip-ranges.json", &file);
    assert_eq!(
        (ranges.source(), ranges.as_of().unwrap().to_string()),
        ("ip-ranges.json", "2026-11-20".to_owned())
    );
    assert_eq!(ranges.len(), 3);
    let expected = (
        "18.162.0.0/16".to_owned(),
        hk(),
        "aws/ap-east-1 (AMAZON, EC2)".to_owned(),
    );
    assert_eq!(said(&ranges, "18.162.3.4"), [expected]);
    assert_eq!(places(&ranges, "2406:da1e:1::1"), [hk()]);
    assert_eq!(said(&ranges, "18.163.0.0"), []);
    // Wider than what the file has.
    assert_eq!(said(&ranges, "18.162.0.0/15"), []);
}

#[test]
fn an_operator_other_than_the_provider_is_named() {
    let ranges = ranges("r", &amazon(&[("52.80.0.0/16", "cn-north-1", "cn-north-1")]));
    let about = &said(&ranges, "52.80.0.1")[0].2;
    assert!(about.contains(", operated by Beijing Sinnet"), "{about}");
}

#[test]
fn a_local_zone_is_not_where_its_region_is() {
    let file = amazon(&[
        ("15.220.0.0/16", "us-east-1", "us-east-1"),
        ("15.220.80.0/24", "us-east-1", "us-east-1-xyz-9"),
    ]);
    let ranges = ranges("r", &file);
    assert_eq!(places(&ranges, "15.220.1.1"), [Some("US".to_owned())]);
    let zone = said(&ranges, "15.220.80.1");
    assert!(zone[0].1.is_none() && zone[0].2.contains("us-east-1-xyz-9"), "{zone:?}");
}

#[test]
fn what_the_provider_uses_worldwide_or_in_a_region_nobody_knows_has_no_place() {
    let file = amazon(&[
        ("99.82.0.0/16", "GLOBAL", "GLOBAL"),
        ("99.83.0.0/16", "xx-far-1", "xx-far-1"),
    ]);
    let ranges = ranges("r", &file);
    for (network, name) in [("99.82.1.1", "aws/GLOBAL"), ("99.83.1.1", "aws/xx-far-1")] {
        let said = said(&ranges, network);
        assert!(said[0].1.is_none() && said[0].2.contains(name), "{said:?}");
    }
}

#[test]
fn the_longest_prefix_wins_and_two_regions_of_one_prefix_are_both_told() {
    let file = amazon(&[
        ("18.0.0.0/8", "us-east-1", "us-east-1"),
        ("18.162.0.0/16", "ap-east-1", "ap-east-1"),
        ("18.163.0.0/16", "ap-east-1", "ap-east-1"),
        ("18.163.0.0/16", "ap-southeast-1", "ap-southeast-1"),
    ]);
    let ranges = ranges("r", &file);
    let us = || Some("US".to_owned());
    assert_eq!(places(&ranges, "18.1.1.1"), [us()]);
    assert_eq!(places(&ranges, "18.162.0.0/17"), [hk()]);
    assert_eq!(places(&ranges, "18.163.1.1"), [hk(), Some("SG".to_owned())]);
    // A network with a part elsewhere: the part is told too.
    assert_eq!(
        places(&ranges, "18.160.0.0/12"),
        [us(), hk(), hk(), Some("SG".to_owned())]
    );
    assert_eq!(places(&ranges, "18.0.0.0/9"), [us()]);
    let overlaps = ranges.overlaps();
    assert_eq!(overlaps.count, 2);
    let first = overlaps.first.iter().map(|(outer, inner)| format!("{outer} {inner}"));
    assert!(first.eq(["18.0.0.0/8 18.162.0.0/16", "18.0.0.0/8 18.163.0.0/16"]));
}

#[test]
fn google_says_its_scope_or_only_that_it_is_google() {
    let scoped = json!({ "creationTime": "2026-11-19T01:02:03.45", "prefixes": [
        { "ipv4Prefix": "34.92.0.0/16", "service": "Google Cloud", "scope": "asia-east2" },
        { "ipv6Prefix": "2600:1900:41a0::/44", "service": "Google Cloud", "scope": "asia-east2" },
        { "ipv4Prefix": "34.96.0.0/20", "service": "Google Cloud", "scope": "global" },
    ] });
    let cloud = ranges("cloud.json", &scoped);
    assert_eq!(
        said(&cloud, "34.92.1.1")[0],
        (
            "34.92.0.0/16".to_owned(),
            hk(),
            "gcp/asia-east2 (Google Cloud)".to_owned()
        )
    );
    assert_eq!(places(&cloud, "2600:1900:41a0::1"), [hk()]);
    assert_eq!(places(&cloud, "34.96.0.1"), [None]);
    let all = ranges(
        "goog.json",
        &json!({ "creationTime": "2026-11-19T01:02:03", "prefixes": [{ "ipv4Prefix": "34.64.0.0/10" }] }),
    );
    let asked = "34.92.1.1".parse().unwrap();
    assert_eq!(all.regional(&asked, &Gazetteer::countries()), []);
    assert_eq!(all.elsewhere(&asked, &Gazetteer::countries()).len(), 1);
}

#[test]
fn microsofts_tags_with_a_region_win_over_those_without() {
    let tag = |name: &str, region: &str, prefixes: Value| {
        json!({ "name": name, "id": name, "properties": {
            "changeNumber": 3, "region": region, "platform": "Azure", "systemService": "", "addressPrefixes": prefixes } })
    };
    let file = json!({ "changeNumber": 300, "cloud": "Public", "values": [
        tag("ActionGroup", "", json!(["20.187.0.0/18", "13.75.0.8/30", "4.0.0.0/24"])),
        tag("AzureCloud.eastasia", "eastasia", json!(["20.187.0.0/18", "13.75.0.0/17", "2603:1040:200::/46"])),
        tag("AzureCloud.centralfrance", "centralfrance", json!(["20.40.128.0/19"])),
    ] });
    let ranges = ranges("/tmp/x1/ServiceTags_Public_20261116.json", &file);
    assert_eq!(ranges.as_of().unwrap().to_string(), "2026-11-16");
    for address in ["20.187.1.1", "13.75.0.9", "2603:1040:200::1"] {
        let said = said(&ranges, address);
        assert_eq!(
            (said.len(), &said[0].1, said[0].2.as_str()),
            (1, &hk(), "azure/eastasia (AzureCloud.eastasia)")
        );
    }
    // Its tags write some regions in another way than its programs.
    assert_eq!(places(&ranges, "20.40.128.1"), [Some("FR".to_owned())]);
    assert_eq!(said(&ranges, "4.0.0.1"), []);
    let global = ranges.elsewhere(&"4.0.0.1".parse().unwrap(), &Gazetteer::countries());
    assert!(global[0].place.is_none() && global[0].about.as_ref().unwrap().contains("ActionGroup"));
}

#[test]
fn every_name_of_a_region_in_microsofts_tags_leads_to_a_region() {
    let table: Vec<[&str; 2]> = crate::locate::table::rows(include_str!("../azure_tags.csv")).collect();
    assert!(table.len() > 5);
    for [tag, region] in table {
        assert!(
            crate::locate::cloud::region(&format!("azure/{region}")).is_some(),
            "{tag} {region}"
        );
    }
}

#[test]
fn oracle_lists_networks_under_regions() {
    let file = json!({ "last_updated_timestamp": "2026-11-18T10:00:00.000000", "regions": [
        { "region": "ap-singapore-1", "cidrs": [{ "cidr": "129.150.32.0/20", "tags": ["OCI", "OSN"] }] } ] });
    let ranges = ranges("public_ip_ranges.json", &file);
    let place = Some("SG".to_owned());
    let expected = (
        "129.150.32.0/20".to_owned(),
        place,
        "oracle/ap-singapore-1 (OCI, OSN)".to_owned(),
    );
    assert_eq!(said(&ranges, "129.150.33.1"), [expected]);
}

#[test]
fn every_problem_is_told_with_its_path_at_once() {
    let file = json!({ "createDate": "soon", "prefixes": [
        { "ip_prefix": "18.162.0.0/33", "region": "ap-east-1" },
        { "region": "ap-east-1" },
        { "ip_prefix": 7, "region": ["ap-east-1"] },
        "18.0.0.0/8",
    ] });
    let expected = [
        "file/missing-key  `ipv6_prefixes` is missing",
        "file/bad-date createDate ",
        "file/wrong-type prefixes[0].ip_prefix `18.162.0.0/33` is ",
        "file/missing-key prefixes[1] `ip_prefix` is missing",
        "file/wrong-type prefixes[2].ip_prefix expected a network",
        "file/wrong-type prefixes[2].region expected a text, found a list",
        "file/wrong-type prefixes[3] expected an object, found a text",
    ];
    let found = problems(&file);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for start in expected {
        assert!(
            found.iter().any(|problem| problem.starts_with(start)),
            "{start}: {found:#?}"
        );
    }
    let tags = problems(&json!({ "values": [{ "name": "A" }, { "properties": { "addressPrefixes": [1] } }] }));
    assert_eq!(tags.len(), 3, "{tags:#?}");
    assert!(tags[0].contains("values[0] `properties` is missing"), "{tags:#?}");
}

#[test]
fn a_file_of_another_kind_is_refused_with_what_was_expected() {
    for file in [json!({}), json!([]), json!("x"), json!({ "networks": [] })] {
        let found = problems(&file);
        assert!(
            found.len() == 1 && found[0].contains("createDate") && found[0].contains("Oracle"),
            "{found:?}"
        );
    }
    for bytes in [&b""[..], b"{", b"\xFF\xFE{\0}\0", b"<html>", b"{\"prefixes\": \xFF}"] {
        let problems = Ranges::read("r", bytes).unwrap_err();
        assert!(problems.to_string().contains("file/syntax"), "{problems}");
    }
    let deep = "[".repeat(100_000);
    assert!(Ranges::read("r", format!("{{\"values\": {deep}").as_bytes()).is_err());
}

/// JSON in which the keys of the formats meet values of every kind.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("prefixes"),
        Just("ipv6_prefixes"),
        Just("values"),
        Just("regions"),
        Just("cidrs"),
        Just("properties"),
        Just("addressPrefixes"),
        Just("createDate"),
        Just("creationTime"),
        Just("region"),
        Just("cidr"),
        Just("scope"),
        Just("ip_prefix"),
        Just("ipv4Prefix"),
        Just("name"),
        Just("tags"),
        Just("service"),
        Just("last_updated_timestamp"),
    ];
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("2026-11-20-01")),
        Just(json!("18.162.0.0/16")),
        Just(json!("::/0")),
        Just(json!("ap-east-1")),
        Just(json!("é026-11-20")),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..6).prop_map(|entries| entries
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_stands_in_a_file_is_read_or_refused(file in any_json(), bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        for bytes in [file.to_string().as_bytes(), &bytes] {
            match Ranges::read("ServiceTags_20269999.json", bytes) {
                Ok(ranges) => {
                    let _ = (ranges.overlaps(), ranges.regional(&"0.0.0.0/0".parse().unwrap(), &Gazetteer::countries()));
                }
                Err(problems) => prop_assert!(problems.has_errors()),
            }
        }
    }
}

#[test]
fn a_hundred_thousand_prefixes_are_read_and_asked_in_no_time() {
    let prefix = |n: u32| {
        let network = std::net::Ipv4Addr::from(0x1200_0000 + (n << 8));
        let region = ["ap-east-1", "us-east-1", "eu-west-1"][n as usize % 3];
        json!({ "ip_prefix": format!("{network}/24"), "region": region, "service": "EC2" })
    };
    let mut prefixes: Vec<Value> = (0..100_000).map(prefix).collect();
    prefixes.push(json!({ "ip_prefix": "16.0.0.0/4", "region": "us-east-1", "service": "AMAZON" }));
    let ranges = ranges(
        "r",
        &json!({ "createDate": "2026-11-20", "prefixes": prefixes, "ipv6_prefixes": [] }),
    );
    assert_eq!(ranges.len(), 100_001);
    // Two of three lie elsewhere than what is around them.
    assert_eq!(ranges.overlaps().count, 66_667);
    let countries = Gazetteer::countries();
    for n in 0..100_000_u32 {
        let network = Network::of(std::net::Ipv4Addr::from(0x1200_0000 + (n << 8) + 7).into());
        assert_eq!(ranges.regional(&network, &countries).len(), 1);
    }
}
