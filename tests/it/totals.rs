//! Totals over many movements: what they come to, which movement tips them, how far the next threshold is.
//!
//! The thresholds are those of Order 16: the ordinary data of 100,000 people since 1 January take a contract or a
//! certificate, those of 1,000,000 the assessment.

use transborder::assess::assessment::AssessedMovement;
use transborder::assess::totals::{MovementName, Reached, Total};
use transborder::assess::{Assessment, Options, assess};
use transborder::outcome::{Headline, Outcome};
use transborder::report;
use transborder::report::text::{Look, render};

use crate::world::{LAW, read};

/// A marketplace in Guangzhou that sends its buyers to Japan and its members to Korea.
fn marketplace(buyers: &str, members: &str) -> String {
    let asset = |subjects: &str| {
        format!(
            "{{ personal: true, state: clear, categories: [name, contact], controller: marketplace, collected_in: [CN],
    subjects: [{{ {subjects}, relation: customer }}], legal_basis: contract, cn-pipl: {{ important: none_notified }} }}"
        )
    };
    format!(
        "
transborder: 1
as_of: 2025-10-01
entities:
  marketplace: {{ established_in: [CNCAN], kind: company, cn-pipl: {{ ciio: false, splits_volume: false,
    ftz_registered: false }} }}
  agency-jp: {{ established_in: [JP], kind: company, cn-pipl: {{ on_art_42_list: false }} }}
  agency-kr: {{ established_in: [KR], kind: company, cn-pipl: {{ on_art_42_list: false }} }}
assets:
  buyers: {}
  members: {}
processors:
  shop: {{ operator: marketplace, located_in: CNCAN }}
  desk-jp: {{ operator: agency-jp, located_in: JP, acts_for: none }}
  desk-kr: {{ operator: agency-kr, located_in: KR, acts_for: none }}
flows:
  to-japan: {{ from: shop, to: desk-jp, carries: [buyers], kind: transmission, cn-pipl: {{ needed_for: [] }} }}
  to-korea: {{ from: shop, to: desk-kr, carries: [members], kind: transmission, cn-pipl: {{ needed_for: [] }} }}
settings:
  sync: {{ values: [on, off] }}
",
        asset(buyers),
        asset(members)
    )
}

const BUYERS: &str = "group: buyers, located_in: CN, count: 60000";
const MEMBERS: &str = "group: members, located_in: CN, count: 50000, overlaps: none";

fn judged(map: &str) -> Assessment {
    assess(&read(map, &LAW), &LAW, &Options::new()).unwrap()
}

#[track_caller]
fn ordinary(assessment: &Assessment) -> &Total {
    let of_marketplace = |total: &&Total| total.count == "cn-pipl/ordinary" && total.party == "marketplace";
    let mut totals = assessment.totals.iter().filter(of_marketplace);
    let total = totals.next().expect("a total of ordinary data");
    assert!(totals.next().is_none(), "one exporter, one total");
    total
}

fn named(flow: &str, asset: &str) -> MovementName {
    MovementName {
        flow: flow.to_owned(),
        asset: asset.to_owned(),
    }
}

/// What each movement adds.
fn adds(total: &Total) -> Vec<(&str, Option<u64>, bool)> {
    total
        .movements
        .iter()
        .map(|share| (share.movement.flow.as_str(), share.adds, share.certain))
        .collect()
}

#[track_caller]
fn reached(total: &Total, number: u64) -> (Reached, Option<MovementName>) {
    let threshold = total.thresholds.iter().find(|threshold| threshold.at_least == number);
    let threshold = threshold.unwrap_or_else(|| panic!("{number} is no threshold: {:?}", total.thresholds));
    (threshold.reached, threshold.tipped_by.clone())
}

#[track_caller]
fn outcome(assessment: &Assessment, flow: &str) -> (Headline, Outcome, Outcome) {
    let of_flow = |movement: &&AssessedMovement| movement.flow == flow;
    let movement = assessment.movements.iter().find(of_flow).expect("the flow");
    let mut verdicts = movement.verdicts.iter().map(|judged| &judged.verdict);
    let verdict = verdicts.find(|verdict| verdict.regime == "cn-pipl").unwrap();
    (verdict.outcome, verdict.best, verdict.worst)
}

#[test]
fn of_two_groups_known_to_be_apart_the_second_tips_the_hundred_thousand() {
    let assessment = judged(&marketplace(BUYERS, MEMBERS));
    let total = ordinary(&assessment);
    assert_eq!((total.least, total.most), (110_000, Some(110_000)));
    assert_eq!(total.since.as_deref(), Some("2025-01-01"));
    assert_eq!(
        adds(total),
        [("to-japan", Some(60_000), true), ("to-korea", Some(50_000), true)]
    );
    let tips = Some(named("to-korea", "members"));
    assert_eq!(reached(total, 100_000), (Reached::Yes, tips));
    assert_eq!(reached(total, 1_000_000), (Reached::No, None));
    // 110,000 and 889,999 are 999,999.
    assert_eq!(total.headroom, Some(889_999));
    let text = render(&assessment, None, Look::new());
    assert!(
        text.contains(
            "\n  cn-pipl/ordinary of marketplace: 110000 people since 2025-01-01\n    reaches 100000 with to-korea \
             (members)\n"
        ),
        "{text}"
    );
    // The count that Order 11 asked for means nothing since Order 16.
    let any_person = assessment
        .totals
        .iter()
        .find(|total| total.count == "cn-pipl/any_person");
    assert!(any_person.is_some_and(|total| total.thresholds.is_empty() && total.headroom.is_none()));
    assert!(!text.contains("cn-pipl/any_person"), "{text}");
}

#[test]
fn two_groups_whose_overlap_nobody_knows_may_tip_it() {
    let assessment = judged(&marketplace(BUYERS, &MEMBERS.replace(", overlaps: none", "")));
    let total = ordinary(&assessment);
    assert_eq!((total.least, total.most), (60_000, Some(110_000)));
    let tips = Some(named("to-korea", "members"));
    assert_eq!(reached(total, 100_000), (Reached::NotKnown, tips));
    assert_eq!(total.headroom, Some(889_999));
    let text = render(&assessment, None, Look::new());
    assert!(
        text.contains("60000 to 110000 people since 2025-01-01\n    may reach 100000 with to-korea (members)\n"),
        "{text}"
    );
}

#[test]
fn ninety_eight_thousand_people_leave_room_for_1999_more() {
    let members = MEMBERS.replace("50000", "38000");
    let assessment = judged(&marketplace(BUYERS, &members));
    let total = ordinary(&assessment);
    assert_eq!((total.least, total.most), (98_000, Some(98_000)));
    assert_eq!(reached(total, 100_000), (Reached::No, None));
    assert_eq!(total.headroom, Some(1_999));
    let text = render(&assessment, None, Look::new());
    assert!(
        text.contains("stays below 100000 with at most 1999 people more\n"),
        "{text}"
    );
    // As many more are still below, one more is not.
    let full = judged(&marketplace(BUYERS, &MEMBERS.replace("50000", "39999")));
    assert_eq!(
        (ordinary(&full).most, ordinary(&full).headroom),
        (Some(99_999), Some(0))
    );
    let tipped = judged(&marketplace(BUYERS, &MEMBERS.replace("50000", "40000")));
    assert_eq!(reached(ordinary(&tipped), 100_000).0, Reached::Yes);
}

#[test]
fn far_from_any_threshold_the_report_says_nothing_of_totals() {
    let few = |group: &str| group.replace("000", "");
    let assessment = judged(&marketplace(&few(BUYERS), &few(MEMBERS)));
    assert_eq!(ordinary(&assessment).most, Some(110));
    assert!(!render(&assessment, None, Look::new()).contains("Totals"));
}

#[test]
fn what_is_exempt_by_its_purpose_is_left_out() {
    // Order 16 Art. 5(1)(i): what the contract with the person needs is free, and does not count.
    let map = marketplace(BUYERS, MEMBERS)
        .replacen("needed_for: []", "needed_for: [contract]", 1)
        .replacen(
            "important: none_notified",
            "important: none_notified, subject_is_party: true",
            1,
        );
    let assessment = judged(&map);
    assert_eq!(outcome(&assessment, "to-japan").0, Headline::Firm(Outcome::Exempt));
    let total = ordinary(&assessment);
    assert_eq!(adds(total), [("to-korea", Some(50_000), true)]);
    assert_eq!((total.least, total.most), (50_000, Some(50_000)));
}

#[test]
fn people_who_go_twice_are_counted_once() {
    let again = BUYERS.replace("CN, count", "CN, overlaps: none, count");
    let assessment = judged(&marketplace(&again, &again));
    let total = ordinary(&assessment);
    assert_eq!((total.least, total.most), (60_000, Some(60_000)));
    assert_eq!(
        adds(total),
        [("to-japan", Some(60_000), true), ("to-korea", Some(0), true)]
    );
    assert_eq!(total.headroom, Some(39_999));
}

// Nobody knows who runs the kiosk, so its members may be the marketplace's, or not.
#[test]
fn people_who_may_be_anybodys_raise_only_the_upper_bound() {
    let kiosk = "processors:\n  kiosk: { located_in: CNCAN }";
    let map = marketplace(BUYERS, MEMBERS)
        .replace("processors:", kiosk)
        .replace("to-korea: { from: shop", "to-korea: { from: kiosk");
    let assessment = judged(&map);
    let total = ordinary(&assessment);
    assert_eq!((total.least, total.most), (60_000, Some(110_000)));
    assert_eq!(adds(total), [("to-japan", Some(60_000), true)]);
    assert_eq!(reached(total, 100_000), (Reached::NotKnown, None));
}

#[test]
fn where_a_number_is_not_known_there_is_no_headroom() {
    let unsized_group = MEMBERS.replace(", count: 50000", "");
    let assessment = judged(&marketplace(BUYERS, &unsized_group));
    let total = ordinary(&assessment);
    assert_eq!((total.least, total.most, total.headroom), (60_000, None, None));
    assert_eq!(
        adds(total),
        [("to-japan", Some(60_000), true), ("to-korea", None, true)]
    );
    let tips = Some(named("to-korea", "members"));
    assert_eq!(reached(total, 1_000_000), (Reached::NotKnown, tips));
    let json: serde_json::Value = serde_json::from_str(&report::json(&assessment)).unwrap();
    let total = &json["totals"].as_array().unwrap()[1];
    assert_eq!(total["count"], "cn-pipl/ordinary");
    assert!(
        total.get("most").is_none() && total.get("headroom").is_none(),
        "{total}"
    );
    assert_eq!(total["thresholds"][0]["reached"], "not_known");
}

// Sixty buyers go to Japan, whatever becomes of the others: fewer than 100,000 if the flow to Korea does not exist, or
// if it ends in Shenzhen. So nobody may say that sending the sixty is not exempt.
#[test]
fn a_flow_that_may_not_exist_condemns_no_other() {
    let members = MEMBERS.replace("50000", "160000");
    let buyers = "group: buyers, located_in: CN, count: 60, overlaps: none";
    let open = (Headline::Undetermined, Outcome::Exempt, Outcome::NonExempt);
    let certain = judged(&marketplace(buyers, &members));
    let non_exempt = Headline::Firm(Outcome::NonExempt);
    assert_eq!(outcome(&certain, "to-japan").0, non_exempt);

    let korea = "to: desk-kr, carries";
    let maybe = marketplace(buyers, &members).replace(korea, "to: desk-kr, when: { sync: on }, carries");
    let maybe = judged(&maybe);
    let total = ordinary(&maybe);
    assert_eq!((total.least, total.most), (60, Some(160_060)));
    assert_eq!(
        adds(total),
        [("to-japan", Some(60), true), ("to-korea", Some(160_000), false)]
    );
    assert_eq!(outcome(&maybe, "to-japan"), open);
    // If it exists, its own people are enough.
    let own = (Headline::Undetermined, Outcome::NotATransfer, Outcome::NonExempt);
    assert_eq!(outcome(&maybe, "to-korea"), own);
}

#[test]
fn a_flow_that_may_stay_at_home_condemns_no_other() {
    let members = MEMBERS.replace("50000", "160000");
    let buyers = "group: buyers, located_in: CN, count: 60, overlaps: none";
    let korea = "operator: agency-kr, located_in: KR";
    let somewhere = "operator: agency-kr, located_in: { one_of: [KR, CNSZX] }";
    let map = marketplace(buyers, &members).replace(korea, somewhere);
    let assessment = judged(&map);
    assert_eq!(ordinary(&assessment).least, 60);
    let open = (Headline::Undetermined, Outcome::Exempt, Outcome::NonExempt);
    assert_eq!(outcome(&assessment, "to-japan"), open);
    // In Korea the members are 160,000 beyond doubt, wherever else they might have been.
    let movement = assessment.movements.iter().find(|m| m.flow == "to-korea").unwrap();
    let mut verdicts = movement
        .verdicts
        .iter()
        .filter(|judged| judged.verdict.regime == "cn-pipl");
    let by_place = &verdicts.next().unwrap().by_place;
    let said: Vec<Headline> = by_place.iter().map(|candidate| candidate.outcome).collect();
    assert!(said.contains(&Headline::Firm(Outcome::NonExempt)), "{said:?}");
}
