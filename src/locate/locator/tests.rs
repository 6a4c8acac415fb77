use serde_json::json;

use super::*;

fn network(text: &str) -> Network {
    text.parse().unwrap()
}

fn locator(declared: &[(&str, &str)]) -> Locator {
    let mut locator = Locator::new();
    let places = Gazetteer::countries();
    for (text, code) in declared {
        locator.declare(network(text), places.find(code), "test", None);
    }
    locator
}

fn amazon(prefix: &str, region: &str) -> Ranges {
    let file = json!({ "createDate": "2026-11-20", "ipv6_prefixes": [],
        "prefixes": [{ "ip_prefix": prefix, "region": region, "service": "EC2" }] });
    Ranges::read("ip-ranges.json", file.to_string().as_bytes()).unwrap()
}

fn locate(locator: &Locator, text: &str) -> Located {
    locator.locate(&network(text), &Gazetteer::countries())
}

fn place(locator: &Locator, text: &str) -> Option<String> {
    locate(locator, text).place().map(|(place, _)| place.to_string())
}

#[test]
fn the_longest_declared_prefix_wins_in_either_family() {
    let locator = locator(&[
        ("0.0.0.0/0", "US"),
        ("::/0", "DE"),
        ("10.0.0.0/8", "HK"),
        ("10.2.0.0/16", "MO"),
        ("10.2.3.4/31", "SG"),
        ("10.2.3.4", "JP"),
        ("2001:db8::/32", "FR"),
        ("2001:db8::8/127", "IT"),
    ]);
    for (asked, expected) in [
        ("11.0.0.1", "US"),
        ("10.1.0.1", "HK"),
        ("::ffff:10.1.0.1", "HK"),
        ("10.2.0.1", "MO"),
        ("10.2.3.4", "JP"),
        ("10.2.3.5", "SG"),
        ("10.2.3.6", "MO"),
        ("10.1.0.0/16", "HK"),
        ("2606::1", "DE"),
        ("2001:db8::7", "FR"),
        ("2001:db8::9", "IT"),
        ("2001:db8::a", "FR"),
    ] {
        assert_eq!(place(&locator, asked).as_deref(), Some(expected), "{asked}");
    }
}

#[test]
fn a_network_with_a_part_declared_elsewhere_has_no_one_place() {
    let locator = locator(&[("10.0.0.0/8", "HK"), ("10.2.0.0/16", "MO"), ("10.3.0.0/16", "HK")]);
    assert_eq!(place(&locator, "10.0.0.0/8"), None);
    let networks: Vec<String> = locate(&locator, "10.0.0.0/8")
        .testimonies
        .iter()
        .map(|said| said.network.to_string())
        .collect();
    assert_eq!(networks, ["10.0.0.0/8", "10.2.0.0/16"]);
    assert_eq!(place(&locator, "10.2.0.0/15"), None);
    assert_eq!(place(&locator, "10.4.0.0/14").as_deref(), Some("HK"));
}

#[test]
fn a_network_declared_twice_is_where_both_agree() {
    assert_eq!(
        place(&locator(&[("10.0.0.0/8", "HK"), ("10.0.0.0/8", "MO")]), "10.1.1.1"),
        None
    );
    let twice = locator(&[("10.0.0.0/8", "HK"), ("10.9.9.9/8", "HK")]);
    assert_eq!(place(&twice, "10.1.1.1").as_deref(), Some("HK"));
    assert_eq!(locate(&twice, "10.1.1.1").testimonies.len(), 2);
}

#[test]
fn networks_inside_others_in_another_place_are_listed() {
    let locator = locator(&[
        ("10.0.0.0/8", "HK"),
        ("10.2.0.0/16", "MO"),
        ("10.2.3.0/24", "MO"),
        ("10.2.4.0/24", "HK"),
        ("11.0.0.0/8", "SG"),
        ("::/0", "SG"),
    ]);
    let pairs: Vec<String> = locator
        .overlaps()
        .iter()
        .map(|(outer, inner)| format!("{outer} {inner}"))
        .collect();
    assert_eq!(pairs, ["10.0.0.0/8 10.2.0.0/16", "10.2.0.0/16 10.2.4.0/24"]);
}

#[test]
fn declared_comes_before_published_and_published_before_what_numbers_say() {
    let mut locator = locator(&[("18.162.9.0/24", "MO")]);
    locator.add_ranges(amazon("18.162.0.0/16", "ap-east-1"));
    let both = locate(&locator, "18.162.9.1");
    assert_eq!(
        both.place().map(|(place, basis)| (place.to_string(), basis)),
        Some(("MO".to_owned(), Basis::DeclaredNetwork))
    );
    assert!(both.disagree());
    assert_eq!(place(&locator, "18.162.1.1").as_deref(), Some("HK"));
    // A provider that gives out shared addresses knows better than the registry of special ones.
    locator.add_ranges(amazon("100.64.0.0/10", "ap-east-1"));
    assert_eq!(place(&locator, "100.64.0.1").as_deref(), Some("HK"));
    assert_eq!(locate(&locator, "100.64.0.1").nowhere, None);
    assert!(locate(&locator, "192.168.0.1").nowhere.unwrap().contains("private"));
}

#[test]
fn known_anycast_comes_before_what_a_provider_publishes_but_not_before_the_map() {
    let mut locator = Locator::new();
    locator.add_ranges(amazon("1.1.0.0/16", "ap-east-1"));
    assert_eq!(place(&locator, "1.1.2.1").as_deref(), Some("HK"));
    let resolver = locate(&locator, "1.1.1.1");
    assert!(resolver.place().is_none() && resolver.nowhere.unwrap().contains("Cloudflare"));
    locator.declare(network("1.1.1.0/24"), Gazetteer::countries().find("SG"), "test", None);
    assert_eq!(place(&locator, "1.1.1.1").as_deref(), Some("SG"));
}

#[test]
fn a_list_of_all_addresses_of_a_provider_takes_nothing_from_one_by_region() {
    let whole = json!({ "creationTime": "2026-11-19", "prefixes": [{ "ipv4Prefix": "34.64.0.0/10" }] });
    let scoped =
        json!({ "creationTime": "2026-11-19", "prefixes": [{ "ipv4Prefix": "34.92.0.0/16", "scope": "asia-east2" }] });
    let mut locator = Locator::new();
    for file in [whole, scoped] {
        locator.add_ranges(Ranges::read("goog.json", file.to_string().as_bytes()).unwrap());
    }
    assert_eq!(place(&locator, "34.92.1.1").as_deref(), Some("HK"));
    let elsewhere = locate(&locator, "34.93.1.1");
    assert!(elsewhere.place().is_none() && elsewhere.testimonies.len() == 1);
}

#[test]
fn two_files_that_differ_are_both_told() {
    let mut locator = Locator::new();
    locator.add_ranges(amazon("18.162.0.0/16", "ap-east-1"));
    locator.add_ranges(amazon("18.162.0.0/15", "us-east-1"));
    assert_eq!(place(&locator, "18.162.1.1"), None);
    assert_eq!(locate(&locator, "18.162.1.1").testimonies.len(), 2);
}

#[test]
fn without_a_source_nothing_is_known_and_each_source_is_listed_once() {
    let empty = Locator::new();
    assert!(empty.is_empty() && empty.sources().is_empty());
    assert_eq!(locate(&empty, "8.9.9.9").testimonies, []);
    let mut locator = locator(&[("10.0.0.0/8", "HK"), ("11.0.0.0/8", "HK")]);
    locator.add_ranges(amazon("18.162.0.0/16", "ap-east-1"));
    let sources: Vec<(String, Option<String>)> = locator
        .sources()
        .into_iter()
        .map(|s| (s.source, s.as_of.map(|day| day.to_string())))
        .collect();
    assert_eq!(
        sources,
        [
            ("test".to_owned(), None),
            ("ip-ranges.json".to_owned(), Some("2026-11-20".to_owned()))
        ]
    );
    assert!(!locator.is_empty());
}
