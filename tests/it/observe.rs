//! What a network's logs show against a map: seen, not declared, never seen, elsewhere.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use proptest::prelude::*;
use transborder::assess::Options;
use transborder::load::{Change, Document, Profiles, Source};
use transborder::locate::locator::Locator;
use transborder::locate::ranges::Ranges;
use transborder::observe::format::How;
use transborder::observe::read::read;
use transborder::observe::tally::Tally;
use transborder::outcome::Outcome;
use transborder::reconcile::tie::Ties;
use transborder::reconcile::watch::{Alert, Watch};
use transborder::reconcile::{Declared, Reconciled, reconcile};
use transborder::report::observed::render;

use crate::world::{LAW, repository};

/// An office in Macau with a till and a back office, a shop system in Hong Kong, a mailer of whom only the name is known.
const MAP: &str = "transborder: 1
name: Shop
as_of: 2026-11-01
entities:
  shop:   { established_in: [MO], parent: none }
  mailer: { established_in: [US], parent: none }
assets:
  customers: { personal: true, state: clear, categories: [name, contact], controller: shop, collected_in: [MO] }
networks:
  office: { ranges: [192.0.2.0/24, 2001:db8:1::/48], located_in: MO, operator: shop }
processors:
  till:       { operator: shop, located_in: MO, addresses: [192.0.2.0/25, 2001:db8:1::/64] }
  back:       { operator: shop, located_in: MO, addresses: [192.0.2.9, { at: 192.0.2.10, port: 8443 }] }
  crm:        { operator: shop, located_in: HK, addresses: [{ at: 198.51.100.80, port: 443 }, { at: crm.shop.example, port: 443 }] }
  files:      { operator: shop, located_in: HK, addresses: [{ at: 198.51.100.80, port: 22 }] }
  newsletter: { operator: mailer, located_in: US, addresses: \"*.mail.example\" }
  archive:    { operator: shop, located_in: MO }
flows:
  sync:    { from: till, to: crm, carries: [customers], per_day: 2 }
  copy:    { from: till, to: files, carries: [customers], when: { copies: on } }
  letters: { from: crm, to: newsletter, carries: [customers] }
  mail:    { from: till, to: newsletter, carries: [customers] }
  keep:    { from: till, to: archive, carries: [customers] }
settings:
  copies: { values: [on, off], value: off }
";

const HEADER: &str = "time,source,destination,port,bytes_sent,bytes_received,server_name\n";

fn document(map: &str) -> Document {
    Document::read(&Source::from_text("map.yaml", map), &Profiles::built_in()).unwrap()
}

fn tally(map: &str, rows: &str) -> (Tally, transborder::observe::summary::Summary) {
    let loaded = document(map).map(LAW.catalogue()).unwrap().map;
    let mut tally = Tally::new().with_ports(Ties::of(&loaded).ports());
    let log = format!("{HEADER}{rows}");
    let summary = read(log.as_bytes(), "traffic.csv", &How::default(), &mut |row| {
        tally.add(row);
        ControlFlow::Continue(())
    });
    assert_eq!((summary.malformed, &summary.problem), (0, &None), "{summary:?}");
    (tally, summary)
}

fn compared(map: &str, rows: &str) -> Reconciled {
    let (tally, summary) = tally(map, rows);
    reconcile(&document(map), &LAW, &Options::new(), &tally, vec![summary]).unwrap()
}

#[test]
fn what_is_declared_and_seen_has_its_volume_its_days_and_how_often() {
    let found = compared(
        MAP,
        "2026-10-19T01:00:00Z,192.0.2.5,198.51.100.80,443,1000,10,
2026-10-19T09:00:00Z,192.0.2.6,198.51.100.80,443,2000,20,
2026-10-19T10:00:00Z,2001:db8:1::7,203.0.113.9,443,500,5,crm.shop.example
2026-10-21T01:00:00Z,192.0.2.5,198.51.100.80,443,4000,40,
",
    )
    .found;
    let [sync] = found.seen.as_slice() else {
        panic!("{:?}", found.seen)
    };
    assert_eq!(
        (sync.flow.as_str(), sync.declared, sync.declared_per_day),
        ("sync", Declared::Exists, Some(2))
    );
    let traffic = &sync.traffic;
    assert_eq!((traffic.bytes, traffic.bytes_back, traffic.connections), (7500, 75, 4));
    assert_eq!((traffic.days, traffic.per_day), (2, Some(2.0)));
    assert_eq!(traffic.first.unwrap().to_string(), "2026-10-19T01:00:00Z");
    assert_eq!(traffic.last.unwrap().to_string(), "2026-10-21T01:00:00Z");
    // What came back is an answer, and the map has no flow that way.
    assert!(sync.back_undeclared && sync.or.is_empty());
    assert!(found.shadows.is_empty() && found.elsewhere.is_empty());
    // Not seen is no finding, and what has no address cannot be seen.
    assert!(!found.needs_attention());
    let unseen: Vec<(&str, bool)> = found
        .unseen
        .iter()
        .map(|flow| (flow.flow.as_str(), flow.without_address.is_empty()))
        .collect();
    assert_eq!(unseen, [("keep", false), ("letters", true), ("mail", true)]);
    assert!(render(&found, false).contains("is no proof that nothing went"));
}

#[test]
fn what_nobody_declared_is_judged_as_data_of_which_nothing_is_known() {
    let reconciled = compared(
        MAP,
        "2026-10-19T01:00:00Z,192.0.2.5,203.0.113.77,443,9000,100,collect.pixel.example\n",
    );
    let [shadow] = reconciled.found.shadows.as_slice() else {
        panic!("{:?}", reconciled.found.shadows)
    };
    assert_eq!(shadow.id, "shadow/name:collect.pixel.example/till");
    assert_eq!(
        (shadow.from.label(), shadow.to.label()),
        ("till".to_owned(), "collect.pixel.example".to_owned())
    );
    assert_eq!(shadow.proposed.len(), 2, "something went both ways");
    let macau = shadow
        .verdicts
        .iter()
        .find(|judged| judged.regime == "mo-pdpa")
        .unwrap();
    assert!(
        macau.best < Outcome::Exempt && macau.worst == Outcome::NonExempt,
        "it asks: {macau:?}"
    );
    // The entries that are proposed make a map, in which the flow is declared and the same log shows nothing new.
    let change = Change::read(&Source::from_text("proposed.yaml", reconciled.proposed.to_yaml())).unwrap();
    let with = document(MAP).with(&change, None).unwrap().to_yaml();
    let again = compared(
        &with,
        "2026-10-19T01:00:00Z,192.0.2.5,203.0.113.77,443,9000,100,collect.pixel.example\n",
    );
    assert!(again.found.shadows.is_empty(), "{:?}", again.found.shadows);
    assert!(again.proposed.is_empty());
    assert_eq!(again.found.seen.len(), 2);
}

#[test]
fn whatever_a_log_calls_a_server_the_map_can_say() {
    let long = "a".repeat(100);
    for name in [
        "unknown",
        "none",
        "null",
        "x.123",
        "7",
        "xn--p1ai",
        "caf\u{e9}.example",
        "a_b",
        &long,
        "-",
        "A.Example.",
    ] {
        let row = format!("2026-10-19T01:00:00Z,192.0.2.5,203.0.113.77,443,9000,100,{name}\n");
        let reconciled = compared(MAP, &row);
        assert_eq!(reconciled.found.shadows.len(), 1, "{name}");
        let with = document(MAP).with(&reconciled.proposed, None).unwrap().to_yaml();
        assert!(compared(&with, &row).found.shadows.is_empty(), "{name}");
    }
}

#[test]
fn an_attempt_is_no_flow_and_noise_is_counted_apart() {
    let found = compared(
        MAP,
        "2026-10-19T01:00:00Z,192.0.2.5,203.0.113.77,443,0,0,
2026-10-19T01:00:00Z,192.0.2.5,192.0.2.6,445,900,900,
2026-10-19T01:00:00Z,192.0.2.5,224.0.0.251,5353,900,0,
2026-10-19T01:00:00Z,fe80::1,2001:db8:1::7,53,900,0,
2026-10-19T01:00:00Z,198.51.100.7,203.0.113.77,443,900,0,
",
    )
    .found;
    assert!(found.shadows.is_empty() && found.seen.is_empty());
    let aside = &found.aside;
    let pairs = [&aside.unanswered, &aside.within, &aside.local, &aside.untied].map(|counted| counted.pairs);
    assert_eq!(pairs, [1, 1, 2, 1]);
}

#[test]
fn names_and_ports_and_the_smallest_network_tell_nodes_apart() {
    let seen = |row: &str| -> BTreeSet<String> {
        let found = compared(MAP, &format!("2026-10-19T01:00:00Z,{row}\n")).found;
        let shadows = found.shadows.iter().map(|shadow| shadow.id.clone());
        found.seen.iter().map(|seen| seen.flow.clone()).chain(shadows).collect()
    };
    let one = |name: &str| BTreeSet::from([name.to_owned()]);
    assert_eq!(seen("192.0.2.5,198.51.100.80,443,1,1,"), one("sync"));
    assert_eq!(seen("192.0.2.5,198.51.100.80,22,1,1,"), one("copy"));
    // Another port of the same machine is another service.
    assert_eq!(
        seen("192.0.2.5,198.51.100.80,25,1,1,"),
        one("shadow/block:198.51.100.0/24/till")
    );
    assert_eq!(seen("192.0.2.5,203.0.113.1,443,1,1,eu.mail.example"), one("mail"));
    assert_eq!(
        seen("192.0.2.5,203.0.113.1,443,1,1,mail.example"),
        one("shadow/name:mail.example/till")
    );
    assert_eq!(
        seen("192.0.2.5,203.0.113.1,443,1,1,notmail.example"),
        one("shadow/name:notmail.example/till")
    );
    // 192.0.2.9 is the back office, though it lies in the till's network; 192.0.2.200 is in the office and nobody's.
    assert_eq!(seen("192.0.2.9,198.51.100.80,443,1,1,"), one("shadow/back/crm"));
    assert_eq!(
        seen("192.0.2.200,198.51.100.80,443,1,1,"),
        one("shadow/crm/network:office")
    );
    assert_eq!(seen("::ffff:192.0.2.5,198.51.100.80,443,1,1,"), one("sync"));
    // As a client the back office calls from any port.
    assert_eq!(seen("192.0.2.10,198.51.100.80,443,1,1,"), one("shadow/back/crm"));
}

#[test]
fn a_name_from_a_record_of_its_own_counts_for_the_bytes_of_another() {
    let eve = r#"{"timestamp":"2026-10-19T01:00:00.000000+0000","event_type":"tls","src_ip":"192.0.2.5","src_port":50000,"dest_ip":"203.0.113.1","dest_port":443,"proto":"TCP","tls":{"sni":"eu.mail.example"}}
{"timestamp":"2026-10-19T01:00:09.000000+0000","event_type":"flow","src_ip":"192.0.2.5","src_port":50000,"dest_ip":"203.0.113.1","dest_port":443,"proto":"TCP","flow":{"pkts_toserver":9,"pkts_toclient":9,"bytes_toserver":900,"bytes_toclient":90,"start":"2026-10-19T01:00:00.000000+0000","end":"2026-10-19T01:00:08.000000+0000","state":"closed"}}
"#;
    let mut tally = Tally::new();
    let summary = read(eve.as_bytes(), "eve.json", &How::default(), &mut |row| {
        tally.add(row);
        ControlFlow::Continue(())
    });
    let found = reconcile(&document(MAP), &LAW, &Options::new(), &tally, vec![summary])
        .unwrap()
        .found;
    let [mail] = found.seen.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (mail.flow.as_str(), mail.traffic.bytes, mail.traffic.connections),
        ("mail", 900, 1)
    );
    assert_eq!(found.aside.unanswered.pairs, 0);
}

#[test]
fn what_mostly_went_against_the_declared_way_is_not_declared() {
    // Answers are smaller than what they answer; here ten times as much came from Hong Kong as went there.
    let found = compared(MAP, "2026-10-19T01:00:00Z,192.0.2.5,198.51.100.80,443,1000,10000,\n");
    assert_eq!(found.found.seen[0].flow, "sync");
    let [shadow] = found.found.shadows.as_slice() else {
        panic!("{:?}", found.found.shadows)
    };
    assert_eq!(
        (shadow.from.label(), shadow.to.label()),
        ("crm".to_owned(), "till".to_owned())
    );
    assert_eq!(shadow.declared_back, BTreeSet::from(["sync".to_owned()]));
    assert_eq!((shadow.traffic.bytes, shadow.traffic.bytes_back), (10000, 0));
    assert_eq!(shadow.proposed, ["crm-to-till"]);
    // With a flow each way, each has its own bytes.
    let both = MAP.replace(
        "  letters:",
        "  news: { from: crm, to: till, carries: [customers] }\n  letters:",
    );
    let found = compared(&both, "2026-10-19T01:00:00Z,192.0.2.5,198.51.100.80,443,1000,10000,\n").found;
    assert!(found.shadows.is_empty());
    let bytes: Vec<(&str, u64, u64)> = found
        .seen
        .iter()
        .map(|seen| (seen.flow.as_str(), seen.traffic.bytes, seen.traffic.bytes_back))
        .collect();
    assert_eq!(bytes, [("news", 10000, 0), ("sync", 1000, 0)]);
    assert!(found.seen.iter().all(|seen| seen.or.is_empty()));
}

#[test]
fn callers_of_what_persons_use_may_be_those_persons() {
    let shop = MAP.replace("  letters:", "  orders: { from: customers, to: crm }\n  letters:");
    let found = compared(&shop, "2026-10-19T01:00:00Z,203.0.113.7,198.51.100.80,443,1000,10,\n").found;
    assert!(found.shadows.is_empty());
    assert_eq!(found.aside.persons.pairs, 1);
    // Whom it calls itself is none of them.
    let found = compared(&shop, "2026-10-19T01:00:00Z,198.51.100.80,203.0.113.7,443,1000,10,\n").found;
    assert_eq!(found.shadows.len(), 1);
}

#[test]
fn a_log_of_names_alone_shows_who_spoke_and_an_empty_one_nothing() {
    let names = r#"{"timestamp":"2026-10-19T01:00:00.000000+0000","event_type":"tls","src_ip":"192.0.2.5","src_port":50000,"dest_ip":"203.0.113.1","dest_port":443,"proto":"TCP","tls":{"sni":"collect.pixel.example"}}"#;
    let mut tally = Tally::new();
    let summary = read(names.as_bytes(), "eve.json", &How::default(), &mut |row| {
        tally.add(row);
        ControlFlow::Continue(())
    });
    let found = reconcile(&document(MAP), &LAW, &Options::new(), &tally, vec![summary])
        .unwrap()
        .found;
    assert_eq!(found.shadows[0].id, "shadow/name:collect.pixel.example/till");
    assert_eq!(found.shadows[0].traffic.unmeasured, 1);

    let found = compared(MAP, "").found;
    assert!(found.unseen.is_empty() && found.needs_attention());
    assert!(render(&found, false).contains("nothing can be said of any flow"));
    // Nothing of it is the map's: nothing was compared.
    let foreign = compared(MAP, "2026-10-19T01:00:00Z,198.51.100.1,203.0.113.1,443,1,1,\n").found;
    assert!(foreign.compares_nothing() && foreign.needs_attention());
    // Somebody inside of whom the map says nothing.
    let inside = compared(MAP, "2026-10-19T01:00:00Z,10.0.0.1,203.0.113.1,443,1,1,\n").found;
    assert_eq!(inside.aside.unknown_inside.pairs, 1);
    assert!(inside.needs_attention());
}

#[test]
fn two_nodes_behind_one_address_may_both_have_been_it() {
    let shared = MAP
        .replace("addresses: [192.0.2.9,", "addresses: [192.0.2.0/25,")
        .replace(
            "  letters:",
            "  report: { from: back, to: crm, carries: [customers] }\n  letters:",
        );
    let row = "2026-10-19T01:00:00Z,192.0.2.5,198.51.100.80,443,1000,10,\n";
    let found = compared(&shared, row).found;
    let flows: Vec<(&str, Vec<&str>)> = found
        .seen
        .iter()
        .map(|seen| (seen.flow.as_str(), seen.or.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(flows, [("report", vec!["sync"]), ("sync", vec!["report"])]);
    // And where neither has a flow, none is proposed: a flow starts at one node.
    let stranger = compared(&shared, "2026-10-19T01:00:00Z,192.0.2.5,203.0.113.77,443,1000,10,\n");
    let [shadow] = stranger.found.shadows.as_slice() else {
        panic!("{:?}", stranger.found.shadows)
    };
    assert_eq!(shadow.from.label(), "back or till");
    assert!(shadow.proposed.is_empty() && stranger.proposed.is_empty());
    assert!(render(&stranger.found, false).contains("may be one of several nodes"));
}

#[test]
fn what_is_switched_off_and_runs_all_the_same_is_told() {
    let found = compared(MAP, "2026-10-19T01:00:00Z,192.0.2.5,198.51.100.80,22,70000,10,\n").found;
    let [copy] = found.seen.as_slice() else {
        panic!("{:?}", found.seen)
    };
    assert_eq!((copy.flow.as_str(), copy.declared), ("copy", Declared::Absent));
    assert!(found.needs_attention());
    // Of a flow of which it is not known whether it runs, the log says that something went.
    let unknown = MAP.replace("value: off", "default: off");
    let found = compared(&unknown, "2026-10-19T01:00:00Z,192.0.2.5,198.51.100.80,22,70000,10,\n").found;
    assert_eq!(found.seen[0].declared, Declared::Possible);
    assert!(!found.needs_attention());
}

/// The ranges that the example's provider publishes.
fn ranges() -> Ranges {
    let bytes = std::fs::read(repository("examples/harbour-retail/ip-ranges.json")).unwrap();
    Ranges::read("ip-ranges.json", &bytes).unwrap()
}

#[test]
fn a_name_that_leads_to_another_place_than_declared_is_told_with_both_sources() {
    let mut locator = Locator::new();
    locator.add_ranges(ranges());
    let rows = "2026-10-19T01:00:00Z,192.0.2.5,198.51.100.80,443,1000,10,crm.shop.example
2026-10-19T02:00:00Z,192.0.2.5,203.0.113.200,443,5000,50,eu.mail.example
";
    let (tally, summary) = tally(MAP, rows);
    let document = document(MAP).with_locator(locator);
    let found = reconcile(&document, &LAW, &Options::new(), &tally, vec![summary])
        .unwrap()
        .found;
    let [elsewhere] = found.elsewhere.as_slice() else {
        panic!("{:?}", found.elsewhere)
    };
    assert_eq!(
        (elsewhere.id.as_str(), elsewhere.node.as_str()),
        ("elsewhere/crm/SG", "crm")
    );
    assert_eq!(elsewhere.contradiction.declared_at, "processors.crm.located_in");
    assert_eq!(elsewhere.contradiction.by[0].source, "ip-ranges.json");
    assert_eq!((elsewhere.traffic.bytes, elsewhere.traffic.bytes_back), (1000, 10));
    assert!(found.needs_attention());
}

#[test]
fn the_example_shows_one_shadow_flow_one_contradiction_and_one_flow_never_seen() {
    let folder = repository("examples/harbour-retail");
    let text = std::fs::read_to_string(folder.join("map.yaml")).unwrap();
    let mut locator = Locator::new();
    locator.add_ranges(ranges());
    let document = document(&text).with_locator(locator);
    let map = document.map(LAW.catalogue()).unwrap().map;
    let mut tally = Tally::new().with_ports(Ties::of(&map).ports());
    let log = std::fs::File::open(folder.join("traffic.csv")).unwrap();
    let summary = read(log, "traffic.csv", &How::default(), &mut |row| {
        tally.add(row);
        ControlFlow::Continue(())
    });
    let found = reconcile(&document, &LAW, &Options::new(), &tally, vec![summary])
        .unwrap()
        .found;
    let shadows: Vec<&str> = found.shadows.iter().map(|shadow| shadow.id.as_str()).collect();
    assert_eq!(shadows, ["shadow/hk-clients/name:collect.pixel.example"]);
    let elsewhere: Vec<&str> = found.elsewhere.iter().map(|elsewhere| elsewhere.id.as_str()).collect();
    assert_eq!(elsewhere, ["elsewhere/hk-crm/SG"]);
    let visible = found.unseen.iter().filter(|unseen| unseen.without_address.is_empty());
    assert_eq!(
        visible.map(|unseen| unseen.flow.as_str()).collect::<Vec<_>>(),
        ["console-telemetry"]
    );
}

#[test]
fn a_watch_tells_each_finding_once_as_soon_as_a_record_shows_it() {
    let map = document(MAP).map(LAW.catalogue()).unwrap().map;
    let ties = Ties::of(&map);
    let locator = document(MAP).locator(&map);
    let mut watch = Watch::new(&map, &ties, &locator, LAW.catalogue().gazetteer());
    let rows = "2026-10-19T01:00:00Z,192.0.2.5,198.51.100.80,443,1000,10,
2026-10-19T01:01:00Z,192.0.2.5,203.0.113.77,443,0,0,
2026-10-19T01:02:00Z,192.0.2.5,203.0.113.77,443,10,0,
2026-10-19T01:03:00Z,192.0.2.6,203.0.113.78,443,10,0,
2026-10-19T01:04:00Z,192.0.2.5,198.51.100.80,22,10,0,
2026-10-19T01:05:00Z,192.0.2.5,198.51.100.80,22,10,0,
";
    let mut told = Vec::new();
    let mut row_number = 0;
    let summary = read(format!("{HEADER}{rows}").as_bytes(), "-", &How::default(), &mut |row| {
        row_number += 1;
        for alert in watch.row(row, &ties.ports()) {
            told.push((row_number, alert.id().to_owned()));
        }
        ControlFlow::Continue(())
    });
    assert_eq!(summary.rows, 6);
    let told: Vec<(i32, &str)> = told.iter().map(|(row, id)| (*row, id.as_str())).collect();
    assert_eq!(told, [(3, "shadow/block:203.0.113.0/24/till"), (5, "absent/copy")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Every pair of a log is in one place of the result, the order of the rows does not matter, and what a watch tells
    /// is what the reconciliation finds.
    #[test]
    fn every_pair_is_accounted_for(rows in prop::collection::vec((0_usize..8, 0_usize..8, 0_usize..3, 0_u64..3, 0_u64..3), 1..40)) {
        let addresses = ["192.0.2.5", "192.0.2.9", "192.0.2.10", "192.0.2.200", "198.51.100.80", "203.0.113.7", "2001:db8:1::7", "224.0.0.1"];
        let lines: Vec<String> = rows
            .iter()
            .map(|(a, b, port, sent, back)| {
                format!("2026-10-19T01:00:00Z,{},{},{},{sent},{back},\n", addresses[*a], addresses[*b], ["443", "22", "25"][*port])
            })
            .collect();
        let found = compared(MAP, &lines.concat()).found;
        let backward: Vec<String> = lines.iter().rev().cloned().collect();
        prop_assert_eq!(
            serde_json::to_value(&found).unwrap(),
            serde_json::to_value(compared(MAP, &backward.concat()).found).unwrap()
        );
        let bytes: u64 = rows.iter().map(|(.., sent, back)| sent + back).sum();
        let aside = &found.aside;
        let asides = [&aside.within, &aside.untied, &aside.local, &aside.unanswered, &aside.persons, &aside.unknown_inside];
        let apart: u64 = asides.iter().map(|counted| counted.bytes).sum();
        // What went against a declared flow is told of the flow, too.
        let undeclared = || found.shadows.iter().filter(|shadow| shadow.declared_back.is_empty());
        let shadows: u64 = undeclared().map(|s| s.traffic.bytes + s.traffic.bytes_back).sum();
        // No two flows of the map have the same ends, so no bytes stand twice.
        let seen: u64 = found.seen.iter().map(|s| s.traffic.bytes + s.traffic.bytes_back).sum();
        prop_assert_eq!(apart + shadows + seen, bytes);

        let map = document(MAP).map(LAW.catalogue()).unwrap().map;
        let ties = Ties::of(&map);
        let locator = document(MAP).locator(&map);
        let mut watch = Watch::new(&map, &ties, &locator, LAW.catalogue().gazetteer());
        let mut told = BTreeSet::new();
        read(format!("{HEADER}{}", lines.concat()).as_bytes(), "-", &How::default(), &mut |row| {
            for alert in watch.row(row, &ties.ports()) {
                if let Alert::Shadow { id, .. } = alert {
                    assert!(told.insert(id), "told twice");
                }
            }
            ControlFlow::Continue(())
        });
        let shadows: BTreeSet<String> = undeclared().map(|shadow| shadow.id.clone()).collect();
        prop_assert_eq!(told, shadows);
    }
}
