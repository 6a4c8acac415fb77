//! What changed in the law between two days: the days that lawyers remember, and what must hold of any two.

use std::collections::BTreeSet;

use proptest::prelude::*;
use transborder::date::{Date, Period};
use transborder::law::Law;
use transborder::law::changes::{Change, Thing, What, changes};
use transborder::law::condition::DateTest;
use transborder::law::in_force::{InForce, Readings};
use transborder::law::pack::{Since, Stage};
use transborder::report::changes::render;

use crate::dice::Dice;
use crate::world::LAW;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[track_caller]
fn between(law: &Law, from: Date, to: Date) -> Vec<Change> {
    changes(law, from, to).unwrap().changes
}

/// What changed on a day, under the built-in law.
fn on(text: &str) -> Vec<Change> {
    let before = Period {
        days: -1,
        ..Period::default()
    };
    between(&LAW, day(text).plus(before), day(text))
}

#[track_caller]
fn one<'a>(changes: &'a [Change], what: What, id: &str, of: impl Fn(&Thing) -> bool) -> &'a Change {
    let mut found = changes
        .iter()
        .filter(|change| change.what == what && change.id == id && of(&change.thing));
    let first = found
        .next()
        .unwrap_or_else(|| panic!("{what} {id} is not among {changes:#?}"));
    assert!(found.next().is_none(), "{what} {id} stands there twice");
    first
}

fn is_rule(stage: Stage) -> impl Fn(&Thing) -> bool {
    move |thing| *thing == Thing::Rule { stage }
}

fn places(change: &Change) -> Vec<&str> {
    match &change.thing {
        Thing::Member { places, .. } => places.iter().map(|place| place.code.as_str()).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn order_16_frees_changes_the_windows_and_ends_the_old_thresholds() {
    let changes = on("2024-03-22");
    assert!(changes.iter().all(|change| change.regime == "cn-pipl"));
    one(
        &changes,
        What::Begins,
        "cn-pipl/O16",
        |thing| matches!(thing, Thing::Instrument { number: Some(number) } if number.contains("16")),
    );
    for exemption in [
        "o16-3-business-data",
        "o16-4-transit",
        "o16-5-1-i-contract",
        "o16-5-1-ii-hr",
        "o16-5-1-iii-emergency",
        "o16-5-1-iv-below-100000",
    ] {
        let id = format!("cn-pipl/{exemption}");
        let begins = one(&changes, What::Begins, &id, is_rule(Stage::Exemptions));
        assert!(begins.cite.as_ref().unwrap().starts_with("O16 Art"), "{begins:?}");
        assert!(!begins.because.is_empty());
    }
    // Until then the foreign data of a mere transit were freed, if at all, by a reading of Orders 11 and 13.
    one(
        &changes,
        What::Ends,
        "cn-pipl/o16-4-transit-before-2024",
        is_rule(Stage::Exemptions),
    );
    for count in ["ordinary", "sensitive"] {
        let window = Thing::Window {
            before: Some(Since::January1OfPreviousYear),
            now: Some(Since::January1OfThisYear),
        };
        one(&changes, What::Changes, &format!("cn-pipl/{count}"), |thing| {
            *thing == window
        });
    }
    // The thresholds of Order 11 are asked before that day, those of Order 16 from it on; both routes turn on them.
    for (test, holds_now) in [(DateTest::Before, false), (DateTest::OnOrAfter, true)] {
        let thresholds = one(
            &changes,
            What::Changes,
            "cn-pipl/needs_assessment",
            |thing| matches!(thing, Thing::Condition { comparison, with, holds, .. } if *comparison == test && *holds == holds_now && *with == day("2024-03-22")),
        );
        let Thing::Condition { rules, .. } = &thresholds.thing else {
            panic!()
        };
        for route in ["cn-pipl/security-assessment", "cn-pipl/standard-contract"] {
            assert!(rules.iter().any(|rule| rule == route), "{rules:?}");
        }
    }
}

#[test]
fn the_privacy_shield_ends_with_the_judgment() {
    let changes = on("2020-07-16");
    let shield = one(&changes, What::Ends, "eu-gdpr/adequate", |_| true);
    assert_eq!(places(shield), ["US"]);
    assert_eq!(shield.cite.as_deref(), Some("(EU) 2016/1250"));
    let Thing::Member {
        ended_by, on_condition, ..
    } = &shield.thing
    else {
        panic!()
    };
    assert!(*on_condition && ended_by.as_ref().unwrap().contains("C-311/18"));
    // The assessment that the judgment asks for begins on the same day.
    one(
        &changes,
        What::Begins,
        "eu-gdpr/transfer-impact-assessment",
        is_rule(Stage::Requirements),
    );
    // The day before nothing ended.
    assert!(on("2020-07-15").iter().all(|change| change.regime != "eu-gdpr"));
}

#[test]
fn the_united_kingdom_passes_from_the_bridge_to_adequacy() {
    let changes = on("2021-06-28");
    let joins = one(&changes, What::Begins, "eu-gdpr/adequate", |_| true);
    let leaves = one(&changes, What::Ends, "eu-gdpr/uk-bridge", |_| true);
    assert_eq!((places(joins), places(leaves)), (vec!["GB"], vec!["GB"]));
    assert_eq!(joins.cite.as_deref(), Some("(EU) 2021/1772 Art. 1(2)"));
    // The renewal of December 2025 takes immigration data in: adequate before and after, on other terms.
    let renewal = on("2025-12-19");
    assert_eq!(
        places(one(&renewal, What::Changes, "eu-gdpr/adequate", |_| true)),
        ["GB"]
    );
    assert!(
        renewal.iter().all(|change| change.what == What::Changes),
        "{renewal:#?}"
    );
}

#[test]
fn a_day_inside_a_gate_opens_the_greater_bay_area_contract_to_every_sector() {
    let changes = on("2024-11-01");
    assert_eq!(changes.len(), 1, "{changes:#?}");
    let opening = one(&changes, What::Changes, "hk-pdpo/s33-2-f-gba-contract", |_| true);
    let expected = Thing::Condition {
        part: Some("gate sector-open".to_owned()),
        comparison: DateTest::OnOrAfter,
        with: day("2024-11-01"),
        holds: true,
        rules: vec!["hk-pdpo/s33-2-f-gba-contract".to_owned()],
    };
    assert_eq!(opening.thing, expected);
    assert!(opening.because.to_string().contains("banking"), "{opening:?}");
}

#[test]
fn on_a_day_like_any_other_nothing_changes() {
    assert_eq!(between(&LAW, day("2024-05-01"), day("2024-05-20")), []);
    assert_eq!(between(&LAW, day("2024-03-22"), day("2024-03-22")), []);
    let page = render(&changes(&LAW, day("2024-05-01"), day("2024-05-20")).unwrap(), "en");
    assert!(page.contains("Nothing changed."), "{page}");
}

#[test]
fn days_the_wrong_way_round_are_refused_in_words() {
    let error = changes(&LAW, day("2024-03-22"), day("2024-03-21"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("2024-03-22") && error.contains("after"), "{error}");
}

/// A law of ten years with a day in every corner.
pub(crate) const TARIFF: &[(&str, &str)] = &[
    (
        "xt/regime.yaml",
        "
id: xt
title: Tariff on Letters
territory: [AD]
authority: The postmaster
checked_on: 2026-01-01
effective: { from: 2020-01-01, to: 2029-12-31 }
instruments: { TARIFF: { title: Tariff on Letters, number: No. 1, from: 2019-12-01 } }
layers: { tariff: { title: Tariff, status: in_force } }
otherwise:
  before: { cite: TARIFF 1, because: Not yet. }
  scope: { cite: TARIFF 1, because: No. }
  transfer: { cite: TARIFF 1, because: No. }
  mechanism: { cite: TARIFF 1, because: No. }
",
    ),
    (
        "xt/conditions.yaml",
        "
reform: { when: { as_of: { after: 2023-06-30 } }, cite: TARIFF 9, because: The reform. }
reformed_people: { all: [reform, { data.personal: true }] }
crowd: { count.people: { at_least: 10 } }
",
    ),
    (
        "xt/sets/lands.yaml",
        "
id: xt/lands
title: Lands with a post
cite: TARIFF annex
confidence: verified
members:
  - { places: [FR, ES], from: 2020-01-01, to: 2022-12-31, ended_by: a strike, cite: TARIFF annex A }
  - { places: [FR], from: 2023-01-01, to: 9999-12-31, when: { as_of: { on_or_before: 2024-12-31 } }, cite: TARIFF annex B, note: renewed }
  - { places: [ES], from: 2025-01-01, cite: TARIFF annex C }
",
    ),
    (
        "xt/transfer/t2-out.yaml",
        "
id: xt/t2-out
title: Out
cite: TARIFF 2
confidence: verified
when: { all: [{ not: { flow.to_place: { within: AD } } }, { not: crowd }] }
then: transfer
because: It leaves.
",
    ),
    (
        "xt/blocks/t3-lands.yaml",
        "
id: xt/t3-lands
title: Only to lands with a post
cite: TARIFF 3
effective: { from: 2021-01-01, to: 2023-06-30 }
confidence: memory
when: { any: [{ flow.to_place: { outside: lands } }, reformed_people] }
then: non_exempt
because: There is no post.
",
    ),
    (
        "xt/duties/t4-stamp.yaml",
        "
id: xt/t4-stamp
title: Stamp
cite: TARIFF 4
confidence: interpretation
applies: reformed_people
when: { any: [{ as_of: { before: 2021-05-01 } }, { data.minors: true }] }
cure: Put a stamp on it.
because: Letters want stamps.
",
    ),
    (
        "xt/counts/people.yaml",
        "
id: xt/people
title: People
cite: TARIFF 5
effective: { from: 2020-01-01, to: 2027-12-31 }
counts: individuals
per: exporter
over: { data.personal: true }
window:
  - { effective: { to: 2021-12-31 }, since: january_1_of_this_year }
  - { effective: { from: 2022-01-01, to: 2022-12-31 }, since: january_1_of_this_year }
  - { effective: { from: 2023-01-01 }, since: january_1_of_previous_year }
confidence: verified
",
    ),
];

fn tariff() -> Law {
    match Law::from_texts(TARIFF) {
        Ok(law) => law,
        Err(problems) => panic!("{problems}"),
    }
}

#[test]
fn every_day_of_a_small_law_is_told_in_its_order() {
    let law = tariff();
    let told: Vec<String> = between(&law, day("1900-01-01"), day("9999-12-31"))
        .iter()
        .map(|change| {
            let more = match &change.thing {
                Thing::Member { .. } => format!(" {}", places(change).join(" ")),
                Thing::Condition { part, holds, rules, .. } => {
                    format!(" {} {holds} {}", part.as_deref().unwrap_or("whole"), rules.join(" "))
                }
                Thing::Window { .. } => " window".to_owned(),
                _ => String::new(),
            };
            format!("{} {} {}{more}", change.day, change.what, change.id)
        })
        .collect();
    // Nothing is said of 1 July 2023 in the block, which ended the day before it: the reform never reached it. The
    // window of 2022 is that of 2021. France stays in the list to the end of the calendar.
    let expected = [
        "2019-12-01 begins xt/TARIFF",
        "2020-01-01 begins xt",
        "2020-01-01 begins xt/people",
        "2020-01-01 begins xt/lands ES FR",
        "2021-01-01 begins xt/t3-lands",
        "2021-05-01 changes xt/t4-stamp whole false xt/t4-stamp",
        "2023-01-01 changes xt/people window",
        "2023-01-01 ends xt/lands ES",
        "2023-01-01 changes xt/lands FR",
        "2023-07-01 changes xt/reform whole true xt/t4-stamp",
        "2023-07-01 ends xt/t3-lands",
        "2025-01-01 changes xt/lands member FR false xt/lands",
        "2025-01-01 begins xt/lands ES",
        "2028-01-01 ends xt/people",
        "2030-01-01 ends xt",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_a_change_says_is_what_the_pack_says_of_it() {
    let law = tariff();
    let all = between(&law, day("1900-01-01"), day("9999-12-31"));
    let reform = one(&all, What::Changes, "xt/reform", |_| true);
    assert_eq!(
        (reform.cite.as_deref(), reform.because.to_string().as_str()),
        (Some("TARIFF 9"), "The reform.")
    );
    let renewed = one(&all, What::Changes, "xt/lands", |thing| {
        matches!(thing, Thing::Member { .. })
    });
    assert_eq!(
        (renewed.cite.as_deref(), renewed.because.to_string().as_str()),
        (Some("TARIFF annex B"), "renewed")
    );
    assert!(matches!(renewed.thing, Thing::Member { on_condition: true, .. }));
    // The strike ended the membership of Spain alone; France was renewed.
    let spain = one(&all, What::Ends, "xt/lands", |_| true);
    assert!(
        matches!(&spain.thing, Thing::Member { ended_by: Some(strike), on_condition: false, .. } if strike == "a strike")
    );
    assert!(matches!(&renewed.thing, Thing::Member { ended_by: None, .. }));
}

// Members come and go, the list stays: a period of its own would mean nothing, and nobody may believe that it does.
#[test]
fn a_list_has_no_period_and_no_layer_of_its_own() {
    for key in ["effective: { from: 2021-01-01 }", "layers: [tariff]"] {
        let with_key = |(path, text): &(&'static str, &'static str)| {
            let text = if path.starts_with("xt/sets") {
                text.replace("confidence: verified", &format!("confidence: verified\n{key}"))
            } else {
                (*text).to_owned()
            };
            (*path, text)
        };
        let files: Vec<(&str, String)> = TARIFF.iter().map(with_key).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let problems = Law::from_texts(&files).unwrap_err().to_string();
        let name = key.split(':').next().unwrap();
        assert!(
            problems.contains("xt/sets/lands.yaml") && problems.contains(&format!("`{name}`")),
            "{problems}"
        );
    }
}

#[test]
fn a_change_says_which_layers_it_concerns() {
    let two_layers = |(path, text): &(&'static str, &'static str)| {
        let text = match *path {
            "xt/regime.yaml" => text.replace(
                "status: in_force }",
                "status: in_force }, express: { title: Express, status: in_force, from: 2024-04-01 }",
            ),
            "xt/blocks/t3-lands.yaml" | "xt/duties/t4-stamp.yaml" => text.replace("cite:", "layers: [express]\ncite:"),
            _ => (*text).to_owned(),
        };
        (*path, text)
    };
    let files: Vec<(&str, String)> = TARIFF.iter().map(two_layers).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let law = match Law::from_texts(&files) {
        Ok(law) => law,
        Err(problems) => panic!("{problems}"),
    };
    let all = between(&law, day("1900-01-01"), day("9999-12-31"));
    let express = Some(vec!["express".to_owned()]);
    let layers = |what, id: &str| one(&all, what, id, |_| true).layers.clone();
    assert_eq!(layers(What::Begins, "xt/express"), express);
    assert_eq!(layers(What::Begins, "xt/t3-lands"), express);
    assert_eq!(layers(What::Changes, "xt/t4-stamp"), express);
    // Asked by the duty alone, so it means nothing for the rest.
    assert_eq!(layers(What::Changes, "xt/reform"), express);
    assert_eq!(layers(What::Begins, "xt"), None);
    assert_eq!(layers(What::Begins, "xt/people"), None);
}

/// Which rules `Law::as_of` takes on a day.
fn taken(law: &Law, in_force: &InForce) -> BTreeSet<String> {
    let mut taken = BTreeSet::new();
    for regime in &in_force.regimes {
        let pack = &law.packs()[regime.pack];
        let mut take = |stem: &str| taken.insert(format!("{}/{stem}", pack.id));
        for layer in &regime.layers {
            for rule in [&layer.scope, &layer.transfer, &layer.blocks, &layer.exemptions]
                .into_iter()
                .flatten()
            {
                take(&pack.rules[rule.rule].head.stem);
            }
            for mechanism in &layer.mechanisms {
                take(&pack.mechanisms[mechanism.mechanism].head.stem);
            }
            for duty in &layer.duties {
                take(&pack.duties[duty.duty].head.stem);
            }
        }
        for count in &regime.counts {
            take(law.catalogue().fact(count.fact).name.strip_prefix("count.").unwrap());
        }
    }
    taken
}

/// The law as it is judged by, without the day itself and what only the calendar moves.
fn judged_by(in_force: &InForce) -> String {
    let regimes: Vec<_> = in_force
        .regimes
        .iter()
        .map(|regime| (regime.is_law, &regime.replacements, &regime.layers))
        .collect();
    format!("{regimes:?}")
}

/// Where a place is listed on a day: `<regime>/<set> <place>`.
fn listed(law: &Law, as_of: Date) -> BTreeSet<String> {
    let mut listed = BTreeSet::new();
    for pack in law.packs() {
        for (name, set) in &pack.sets {
            for member in set.members.iter().filter(|member| member.effective.covers(as_of)) {
                listed.extend(member.places.iter().map(|place| format!("{}/{name} {place}", pack.id)));
            }
        }
    }
    listed
}

/// A day between 1990 and 2035.
fn some_day(dice: &mut Dice) -> Date {
    let days = i32::try_from(dice.below(45 * 365)).unwrap();
    day("1990-01-01").plus(Period {
        days,
        ..Period::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn two_stretches_of_time_tell_what_both_together_tell(seed: u64) {
        let mut dice = Dice(seed);
        let mut days = [some_day(&mut dice), some_day(&mut dice), some_day(&mut dice)];
        days.sort();
        let [first, second, third] = days;
        let mut apart = between(&LAW, first, second);
        apart.extend(between(&LAW, second, third));
        prop_assert_eq!(apart, between(&LAW, first, third));
    }

    #[test]
    fn what_is_law_on_the_second_day_and_was_not_on_the_first_began_between(seed: u64) {
        let mut dice = Dice(seed);
        let (a, b) = (some_day(&mut dice), some_day(&mut dice));
        let (from, to) = (a.min(b), a.max(b));
        let readings = Readings::new();
        let told = between(&LAW, from, to);
        let says = |what: What, id: &str, of: &dyn Fn(&Change) -> bool| {
            told.iter().any(|change| change.what == what && change.id == id && of(change))
        };
        let is_rule = |change: &Change| matches!(change.thing, Thing::Rule { .. });
        let (before, after) = (taken(&LAW, &LAW.as_of(from, &readings)), taken(&LAW, &LAW.as_of(to, &readings)));
        for id in after.difference(&before) {
            prop_assert!(says(What::Begins, id, &is_rule), "{} began between {} and {}", id, from, to);
        }
        for id in before.difference(&after) {
            prop_assert!(says(What::Ends, id, &is_rule), "{} ended between {} and {}", id, from, to);
        }
        let (before, after) = (listed(&LAW, from), listed(&LAW, to));
        for (what, moved) in [(What::Begins, after.difference(&before)), (What::Ends, before.difference(&after))] {
            for entry in moved {
                let (id, place) = entry.split_once(' ').unwrap();
                let of_place = |change: &Change| places(change).contains(&place);
                prop_assert!(says(what, id, &of_place), "{} {} between {} and {}", entry, what, from, to);
            }
        }
    }

    #[test]
    fn where_nothing_is_told_the_law_is_the_same(seed: u64) {
        let mut dice = Dice(seed);
        let from = some_day(&mut dice);
        let to = from.plus(Period { days: i32::try_from(dice.below(40)).unwrap(), ..Period::default() });
        let told = between(&LAW, from, to);
        let readings = Readings::new();
        if judged_by(&LAW.as_of(from, &readings)) != judged_by(&LAW.as_of(to, &readings)) {
            prop_assert!(!told.is_empty(), "something changed between {} and {}", from, to);
        }
    }
}

#[test]
fn the_law_differs_on_the_days_on_which_rules_and_members_change_and_on_no_others() {
    // Two lively years, every day told of with the day before and the day after: no change comes a day late.
    let all = between(&LAW, day("2023-12-31"), day("2025-12-31"));
    let days: BTreeSet<Date> = all.iter().map(|change| change.day).collect();
    assert!(days.len() > 6, "{days:?}");
    let readings = Readings::new();
    let law_of = |day: Date| judged_by(&LAW.as_of(day, &readings));
    let move_by = |day: Date, days| {
        day.plus(Period {
            days,
            ..Period::default()
        })
    };
    for day in &days {
        let (before, after) = (move_by(*day, -1), move_by(*day, 1));
        let told_of = |day: Date| days.contains(&day);
        if !told_of(before) {
            assert_eq!(law_of(move_by(before, -1)), law_of(before), "{before}");
        }
        if !told_of(after) {
            assert_eq!(law_of(*day), law_of(after), "{after}");
        }
    }
    // And where a rule begins or ends, the law is another.
    for change in all.iter().filter(|change| {
        matches!(change.thing, Thing::Rule { stage } if !matches!(stage, Stage::Counts | Stage::Sets | Stage::Requirements))
    }) {
        assert_ne!(law_of(move_by(change.day, -1)), law_of(change.day), "{change:?}");
    }
}
