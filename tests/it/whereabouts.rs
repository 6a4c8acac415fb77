//! Where things are by their addresses: what locates a node, what is only believed, what contradicts the map.

use std::collections::BTreeSet;

use transborder::assess::verdict::Verdict;
use transborder::assess::whereabouts::KnownBy;
use transborder::assess::{Assessment, Options, assess};
use transborder::diagnostic::{Code, Severity};
use transborder::load::{Source, map};
use transborder::locate::testimony::{Basis, Testimony};
use transborder::model::Map;
use transborder::outcome::{Headline, Outcome};
use transborder::report::text::{Look, render};
use transborder::{FindingKind, load_map};

use crate::world::{LAW, read};

/// A shop in Macau that keeps its customers somewhere; what is held legalises no transfer.
fn shop(store: &str, rest: &str) -> String {
    format!(
        "transborder: 1
as_of: 2026-11-01
entities:
  shop: {{ established_in: [MO], parent: none }}
assets:
  customers: {{ personal: true, state: clear, categories: [name, contact], controller: shop, collected_in: [MO] }}
processors:
  till: {{ operator: shop, located_in: MO }}
storage:
  crm: {{ operator: shop, {store} }}
flows:
  sync: {{ from: till, to: crm, carries: [customers], kind: transmission, access: actual }}
{rest}"
    )
}

fn judged(map: &Map) -> Assessment {
    assess(map, &LAW, &Options::new()).unwrap()
}

/// What the law of the shop says of its one flow.
fn said(assessment: &Assessment) -> (Headline, Outcome, Outcome) {
    let movement = assessment.movements.iter().find(|m| m.flow == "sync").unwrap();
    let judged = movement
        .verdicts
        .iter()
        .find(|judged| judged.verdict.regime == "mo-pdpa");
    let verdict = &judged.unwrap().verdict;
    (verdict.outcome, verdict.best, verdict.worst)
}

/// The map, with what databases believe of the store's first address.
fn believed(text: &str, places: &[&str]) -> Map {
    let mut map = read(text, &LAW);
    let crm = map.nodes.iter_mut().find(|node| node.id == "crm").unwrap();
    for (index, code) in places.iter().enumerate() {
        let network = crm.sighted[0].network;
        crm.sighted[0].testimonies.push(Testimony {
            network,
            place: LAW.catalogue().gazetteer().find(code),
            basis: Basis::Database,
            source: format!("countries-{index}.mmdb"),
            as_of: Some("2026-06-17".parse().unwrap()),
            about: None,
        });
    }
    map
}

#[test]
fn a_declared_network_says_where_an_address_is_as_the_map_itself_would() {
    let networks = |place: &str| {
        format!(
            "networks:\n  office: {{ ranges: [198.51.100.0/24, 2001:db8:1::/48], located_in: {place}, operator: shop }}\n"
        )
    };
    for place in ["MO", "HK", "{ cloud: alibaba/cn-hongkong }"] {
        let written = judged(&read(&shop(&format!("located_in: {place}"), ""), &LAW));
        for by in [
            "addresses: 198.51.100.7",
            "addresses: [198.51.100.0/25, \"2001:db8:1::7\"]",
            "located_in: { address: 198.51.100.7 }",
            "located_in: unknown, addresses: [{ at: \"::ffff:198.51.100.7\", port: 443 }]",
        ] {
            let by_address = judged(&read(&shop(by, &networks(place)), &LAW));
            assert_eq!(said(&by_address), said(&written), "{place} by {by}");
            assert_eq!(by_address.whereabouts[0].known_by, KnownBy::DeclaredNetwork, "{by}");
        }
    }
    // A host in Macau and one in Hong Kong: the data are in both.
    let two = "networks:\n  a: { ranges: 198.51.100.0/24, located_in: MO }\n  b: { ranges: 203.0.113.0/24, located_in: HK }\n";
    let both = judged(&read(&shop("addresses: [198.51.100.7, 203.0.113.7]", two), &LAW));
    let written = judged(&read(&shop("located_in: { all_of: [MO, HK] }", ""), &LAW));
    assert_eq!(said(&both), said(&written));
    // A name that nobody can place leaves the node unplaced, unless the map names the addresses that count.
    let named = judged(&read(&shop("addresses: [198.51.100.7, crm.shop.example]", two), &LAW));
    assert_eq!(
        said(&named),
        said(&judged(&read(&shop("located_in: unknown", ""), &LAW)))
    );
    let by = "located_in: { address: 198.51.100.7 }, addresses: crm.shop.example";
    let written = judged(&read(&shop("located_in: MO", ""), &LAW));
    assert_eq!(said(&judged(&read(&shop(by, two), &LAW))), said(&written));
    // A part of a network that is declared without a place leaves it without one.
    let part = "networks:\n  a: { ranges: 198.51.100.0/24, located_in: MO }\n  b: { ranges: 198.51.100.8/30, operator: shop }\n";
    for by in ["198.51.100.0/24", "198.51.100.9"] {
        let unknown = judged(&read(&shop(&format!("addresses: {by}"), part), &LAW));
        assert_eq!(
            said(&unknown),
            said(&judged(&read(&shop("located_in: unknown", ""), &LAW))),
            "{by}"
        );
    }
    // Of one of its addresses nobody knows where it is.
    let one = judged(&read(&shop("addresses: [198.51.100.7, 192.0.2.7]", two), &LAW));
    assert_eq!(said(&one), said(&judged(&read(&shop("located_in: unknown", ""), &LAW))));
}

#[test]
fn what_a_database_believes_clears_nothing_and_condemns_nothing() {
    let text = shop("addresses: 203.0.113.7", "");
    let unknown = judged(&read(&text, &LAW));
    assert_eq!(said(&unknown).0, Headline::Undetermined);
    for places in [&["MO"][..], &["HK"], &["CN"], &["MO", "HK"], &["FR", "US", "MO"]] {
        let assessment = judged(&believed(&text, places));
        for (with, without) in assessment.movements.iter().zip(&unknown.movements) {
            for (with, without) in with.verdicts.iter().zip(&without.verdicts) {
                let (a, b) = (&with.verdict, &without.verdict);
                assert_eq!(
                    (a.outcome, a.best, a.worst),
                    (b.outcome, b.best, b.worst),
                    "{} by {places:?}",
                    a.regime
                );
                // Nor does it make a duty unmet, or take one away.
                let duties = |verdict: &Verdict| -> BTreeSet<(String, String)> {
                    let duties = verdict.duties.iter();
                    duties
                        .map(|duty| (duty.rule.clone(), format!("{:?}", duty.state)))
                        .collect()
                };
                assert_eq!(duties(a), duties(b), "{} by {places:?}", a.regime);
            }
        }
        // It is said what the verdict would be if they are right, and asked.
        let sync = assessment.movements.iter().find(|m| m.flow == "sync").unwrap();
        let verdict = sync
            .verdicts
            .iter()
            .find(|judged| judged.verdict.regime == "mo-pdpa")
            .unwrap();
        for code in places {
            let row = verdict
                .by_place
                .iter()
                .find(|row| row.to.contains(&format!("({code})")))
                .unwrap();
            let outcome = if *code == "MO" {
                Outcome::NotATransfer
            } else {
                Outcome::NonExempt
            };
            assert_eq!(row.outcome, Headline::Firm(outcome), "{code}");
        }
        assert!(
            verdict
                .questions
                .iter()
                .any(|asked| asked.at == "storage.crm.located_in")
        );
        assert_eq!(assessment.whereabouts[0].known_by, KnownBy::Unknown);
        assert_eq!(assessment.whereabouts[0].addresses[0].disagree, places.len() > 1);
        let text = render(&assessment, None, Look::new());
        assert!(text.contains("countries-0.mmdb of 2026-06-17"), "{text}");
    }
}

#[test]
fn a_source_that_says_another_place_than_the_map_is_a_finding_with_both() {
    let text = shop("located_in: MO, addresses: 203.0.113.7", "");
    let assessment = judged(&believed(&text, &["MO", "SG", "SG"]));
    let printed = render(&assessment, None, Look::new());
    let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(printed.contains("is said to be in Singapore (SG)"), "{printed}");
    // What is declared goes first: the verdict stays.
    assert_eq!(said(&assessment).0, Headline::Firm(Outcome::NotATransfer));
    let found: Vec<_> = assessment
        .findings
        .iter()
        .filter(|f| f.kind == FindingKind::Contradiction)
        .collect();
    let [finding] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (finding.id.as_str(), finding.at.as_str()),
        ("contradiction/crm/SG", "storage.crm.located_in")
    );
    let contradiction = finding.contradiction.as_ref().unwrap();
    assert_eq!(
        (contradiction.declared.as_str(), contradiction.said.as_str()),
        ("Macau (MO)", "Singapore (SG)")
    );
    assert_eq!(contradiction.declared_at, "storage.crm.located_in");
    let by: Vec<&str> = contradiction.by.iter().map(|said| said.source.as_str()).collect();
    assert_eq!(by, ["countries-1.mmdb", "countries-2.mmdb"]);
    // Databases that disagree stand beside each other.
    assert_eq!(contradiction.against[0].source, "countries-0.mmdb");
    // What the provider itself confirms no database contradicts.
    let mut confirmed = believed(&text, &["SG"]);
    let crm = confirmed.nodes.iter_mut().find(|node| node.id == "crm").unwrap();
    let provider = Testimony {
        place: LAW.catalogue().gazetteer().find("MO"),
        basis: Basis::ProviderRange,
        source: "ip-ranges.json".to_owned(),
        ..crm.sighted[0].testimonies[0].clone()
    };
    crm.sighted[0].testimonies.insert(0, provider);
    let confirmed = judged(&confirmed);
    assert!(confirmed.findings.iter().all(|f| f.kind != FindingKind::Contradiction));
    assert!(confirmed.whereabouts[0].addresses[0].disagree);
    // A city is no other place than its country; one of several candidates is none of the others.
    for (declared, believed_in) in [
        ("CN", "CN"),
        ("CNSZX", "CN"),
        ("{ one_of: [SG, CN] }", "CN"),
        ("{ all_of: [SG, CN] }", "SG"),
    ] {
        let fits = judged(&believed(
            &shop(&format!("located_in: {declared}, addresses: 203.0.113.7"), ""),
            &[believed_in],
        ));
        assert!(
            fits.findings.iter().all(|f| f.kind != FindingKind::Contradiction),
            "{declared}"
        );
    }
    // The map against itself: the node says one place, its network another.
    let network = "networks: { office: { ranges: 203.0.113.0/24, located_in: HK } }\n";
    let own = judged(&read(&shop("located_in: MO, addresses: 203.0.113.7", network), &LAW));
    assert!(own.findings.iter().any(|f| f.id == "contradiction/crm/HK"));
    // And where only the network is declared, a database against that.
    let of_network = judged(&believed(&shop("addresses: 203.0.113.7", network), &["US"]));
    let finding = of_network
        .findings
        .iter()
        .find(|f| f.id == "contradiction/crm/US")
        .unwrap();
    assert_eq!(finding.contradiction.as_ref().unwrap().declared_at, "networks.office");
}

#[test]
fn wrong_addresses_are_told_all_at_once() {
    let text = shop(
        "addresses: [10.0.0.0/33, 203.0.113.999, host name, { at: crm.example, port: 70000 }, { port: 1 }, 7]",
        "networks:
  a: { ranges: [] }
  b: { ranges: [HK], located_in: ZZ }
  c: { located_in: HK }
",
    );
    let problems = load_map(&Source::from_text("map.yaml", &text), LAW.catalogue()).unwrap_err();
    let at: BTreeSet<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    for path in [
        "storage.crm.addresses[0]",
        "storage.crm.addresses[1]",
        "storage.crm.addresses[2]",
        "storage.crm.addresses[3].port",
        "storage.crm.addresses[4]",
        "storage.crm.addresses[5]",
        "networks.a.ranges",
        "networks.b.ranges[0]",
        "networks.b.located_in",
        "networks.c",
    ] {
        assert!(at.contains(path), "{path} is not among {at:?}");
    }
    let nested = "networks:
  world:  { ranges: 0.0.0.0/0, located_in: US }
  office: { ranges: [203.0.113.0/24, 198.51.100.0/24], located_in: MO }
  same:   { ranges: 198.51.100.0/25, located_in: MO }
";
    let loaded = map(
        &Source::from_text("map.yaml", shop("addresses: 203.0.113.7", nested)),
        LAW.catalogue(),
    )
    .unwrap();
    let overlaps: Vec<_> = loaded
        .warnings
        .iter()
        .filter(|problem| problem.code == Code::NetworkOverlap)
        .collect();
    assert_eq!(overlaps.len(), 2, "{}", loaded.warnings);
    assert_eq!(
        said(&judged(&loaded.map)).0,
        Headline::Firm(Outcome::NotATransfer),
        "the smaller network goes first"
    );
    let twice =
        "networks: { a: { ranges: 203.0.113.0/24, located_in: MO }, b: { ranges: 203.0.113.9/24, located_in: HK } }\n";
    let problems = load_map(&Source::from_text("map.yaml", shop("", twice)), LAW.catalogue()).unwrap_err();
    assert!(
        problems
            .iter()
            .any(|problem| problem.code == Code::NetworkOverlap && problem.severity == Severity::Error)
    );
}
