//! What differs between two maps or kept assessments, and what made the difference.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value as Json;
use transborder::assess::difference::{Difference, OneSided, Side, Turn, VerdictDifference, Why, between, explained};
use transborder::assess::snapshot::Snapshot;
use transborder::assess::{Assessment, Options, assess};
use transborder::date::Date;
use transborder::diagnostic::Code;
use transborder::load::difference::Presence;
use transborder::load::{Document, Profiles, Source};
use transborder::report;

use crate::dice::{DAYS, Dice, PLACES, mutated};
use crate::forecast::shop;
use crate::random_maps::{Kind, random_map};
use crate::world::{LAW, read};

fn on(day: &str) -> Options {
    let day: Date = day.parse().unwrap();
    Options::new().as_of(day)
}

/// The difference between two maps, each on a day of its own, with causes and objects.
fn compared(old: (&str, &Options), new: (&str, &Options)) -> Difference {
    let maps = (read(old.0, &LAW), read(new.0, &LAW));
    let sides = (Side::Map(&maps.0, old.1), Side::Map(&maps.1, new.1));
    let mut found = explained(sides.0, sides.1, &LAW).unwrap();
    let document = |text: &str| Document::read(&Source::from_text("map.yaml", text), &Profiles::none()).unwrap();
    found.objects = Some(transborder::load::difference(&document(old.0), &document(new.0)));
    found
}

fn of_maps(old: &str, new: &str) -> Difference {
    compared((old, &Options::new()), (new, &Options::new()))
}

/// The one verdict of a regime that differs.
#[track_caller]
fn only<'d>(difference: &'d Difference, regime: &str) -> &'d VerdictDifference {
    let of_regime = difference.verdicts.iter().filter(|verdict| verdict.regime == regime);
    let all: Vec<_> = of_regime.collect();
    let [only] = all[..] else { panic!("{all:?}") };
    only
}

fn outcomes(verdict: &VerdictDifference) -> [Option<&str>; 2] {
    [&verdict.before, &verdict.after].map(|standing| standing.as_ref().map(|standing| standing.outcome.as_str()))
}

/// What certainly made the difference, and what may have.
fn causes(verdict: &VerdictDifference) -> (Vec<Why>, Vec<Why>) {
    let of = |certain| {
        let causes = verdict.causes.iter().filter(move |cause| cause.certain == certain);
        causes.map(|cause| cause.cause).collect()
    };
    (of(true), of(false))
}

// India has no adequacy decision, and nothing is held.
#[test]
fn a_vendor_that_moves_its_servers_makes_a_transfer_non_exempt() {
    let found = of_maps(&shop("2026-11-01", "GB", ""), &shop("2026-11-01", "IN", ""));
    let verdict = only(&found, "eu-gdpr");
    assert_eq!(outcomes(verdict), [Some("exempt"), Some("non_exempt")]);
    assert_eq!((verdict.change, verdict.needs_attention), (Turn::Worse, true));
    assert_eq!(causes(verdict), (vec![Why::Map], vec![]));
    assert!(found.gets_worse());
    let appeared: Vec<&str> = found
        .findings
        .appeared
        .iter()
        .map(|finding| finding.id.as_str())
        .collect();
    assert!(
        appeared.contains(&"eu-gdpr/chapter_v/sync/orders/non_exempt"),
        "{appeared:?}"
    );
    let objects = found.objects.as_ref().unwrap();
    let said: Vec<(&str, &str, &str)> = objects
        .iter()
        .map(|object| (object.section, object.id.as_str(), object.keys[0].path.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("entities", "provider", "established_in"),
            ("processors", "store", "located_in")
        ]
    );
    let text = report::difference::render(&found);
    assert!(
        text.contains("\nPlaces\n  processors store\n    located_in: GB -> IN\n"),
        "{text}"
    );
    assert!(
        text.contains("\nVerdicts that got worse\n  eu-gdpr  exempt -> non_exempt\n    sync (orders)\n"),
        "{text}"
    );
    assert!(text.contains("\n    why: the map changed\n"), "{text}");
    // The way back is an improvement.
    let back = of_maps(&shop("2026-11-01", "IN", ""), &shop("2026-11-01", "GB", ""));
    assert_eq!(only(&back, "eu-gdpr").change, Turn::Better);
    assert!(!back.gets_worse());
}

// The renewed decision on the United Kingdom ends on 27 December 2031.
#[test]
fn an_adequacy_decision_that_lapses_is_put_down_to_the_day() {
    let map = shop("2026-11-01", "GB", "");
    let found = compared((&map, &Options::new()), (&map, &on("2031-12-28")));
    let verdict = only(&found, "eu-gdpr");
    assert_eq!(outcomes(verdict), [Some("exempt"), Some("non_exempt")]);
    assert_eq!(causes(verdict), (vec![Why::Day], vec![]));
    assert!(found.gets_worse() && found.objects.as_ref().unwrap().is_empty());
    assert_eq!(
        (found.old.as_of.as_str(), found.new.as_of.as_str()),
        ("2026-11-01", "2031-12-28")
    );
    let day_before = compared((&map, &Options::new()), (&map, &on("2031-12-27")));
    assert!(day_before.verdicts.is_empty() && !day_before.gets_worse());
    // A flow that would have been lawful on the old day, and a day on which the old flow is not: both have a part.
    let elsewhere = shop("2026-11-01", "IN", "");
    let both = compared((&map, &Options::new()), (&elsewhere, &on("2031-12-28")));
    assert_eq!(causes(only(&both, "eu-gdpr")), (vec![Why::Map, Why::Day], vec![]));
    // India was as it is on either day.
    let other = compared((&elsewhere, &Options::new()), (&map, &on("2026-12-01")));
    assert_eq!(causes(only(&other, "eu-gdpr")), (vec![Why::Map], vec![]));
}

#[test]
fn a_setting_that_is_switched_on_brings_its_flow() {
    let map = |value: &str| {
        let flow = "flows:\n  sync: { when: { upload: on }, ";
        let with_flow = shop("2026-11-01", "IN", "").replace("flows:\n  sync: { ", flow);
        format!("{with_flow}settings:\n  upload: {{ values: [on, off], value: {value} }}\n")
    };
    let found = of_maps(&map("off"), &map("on"));
    assert_eq!(found.movements.appeared.len(), 1);
    assert_eq!(found.movements.appeared[0].flow, "sync");
    let verdict = only(&found, "eu-gdpr");
    assert_eq!(
        (verdict.change, outcomes(verdict)),
        (Turn::Appeared, [None, Some("non_exempt")])
    );
    assert_eq!(causes(verdict), (vec![Why::Map], vec![]));
    assert!(found.gets_worse(), "a finding appeared");
    let text = report::difference::render(&found);
    assert!(
        text.contains("\nSettings\n  settings upload\n    value: off -> on\n"),
        "{text}"
    );
    // Switched off again, all of it is gone and nothing is worse.
    let off = of_maps(&map("on"), &map("off"));
    assert_eq!(only(&off, "eu-gdpr").change, Turn::Vanished);
    assert!(!off.gets_worse());
}

#[test]
fn a_flow_with_another_name_is_one_gone_and_one_new() {
    let old = shop("2026-11-01", "IN", "");
    let found = of_maps(&old, &old.replace("  sync: {", "  upload: {"));
    let flows = |movements: &[transborder::assess::snapshot::MovementKey]| -> Vec<String> {
        movements.iter().map(|movement| movement.flow.clone()).collect()
    };
    assert_eq!(flows(&found.movements.vanished), ["sync"]);
    assert_eq!(flows(&found.movements.appeared), ["upload"]);
    let turns: BTreeSet<Turn> = found.verdicts.iter().map(|verdict| verdict.change).collect();
    assert_eq!(turns, BTreeSet::from([Turn::Appeared, Turn::Vanished]));
    assert!(found.findings.changed.is_empty() && found.findings.unchanged.is_empty());
    let changes: Vec<(&str, Presence)> = found
        .objects
        .as_ref()
        .unwrap()
        .iter()
        .map(|object| (object.id.as_str(), object.change))
        .collect();
    assert_eq!(changes, [("sync", Presence::Vanished), ("upload", Presence::Appeared)]);
}

#[test]
fn a_finding_whose_outcome_changed_is_one_that_changed() {
    // Clauses that nobody has signed for India leave everything open but the text: a finding before and after.
    let clauses = "mechanisms:
  clauses: { type: eu-gdpr/art-46-2-c-scc, between: [shop, provider], signed: 2026-06-01, module: two,
    annexes_complete: true, text_unmodified: true, assessment_done: false }
";
    let found = of_maps(&shop("2026-11-01", "IN", clauses), &shop("2026-11-01", "IN", ""));
    let [changed] = found.findings.changed.as_slice() else {
        panic!("{:?}", found.findings)
    };
    assert_eq!(changed.change, Turn::Worse);
    assert_eq!(changed.before.id, "eu-gdpr/chapter_v/sync/orders/incomplete");
    assert_eq!(changed.after.id, "eu-gdpr/chapter_v/sync/orders/non_exempt");
    assert!(found.findings.appeared.is_empty() && found.findings.vanished.is_empty());
    assert!(found.gets_worse());
}

fn kept(text: &str) -> Snapshot {
    let source = Source::from_text("old.json", text);
    assert!(Snapshot::is_one(&source));
    Snapshot::read(&source).unwrap_or_else(|problems| panic!("{problems}"))
}

fn judged(map: &str, options: &Options) -> Assessment {
    assess(&read(map, &LAW), &LAW, options).unwrap()
}

#[test]
fn an_assessment_that_was_kept_is_compared_as_if_just_made() {
    let (old, new) = (shop("2026-11-01", "GB", ""), shop("2026-11-01", "IN", ""));
    let saved = kept(&report::json(&judged(&old, &Options::new())));
    let map = read(&new, &LAW);
    let options = Options::new();
    let found = explained(Side::Kept(&saved), Side::Map(&map, &options), &LAW).unwrap();
    let verdict = only(&found, "eu-gdpr");
    // The same packs read the same way by the same library on the same day: it was the map.
    assert_eq!(causes(verdict), (vec![Why::Map], vec![]));
    assert!(found.law.is_empty() && found.objects.is_none());
    let direct = between(&judged(&old, &options), &judged(&new, &options));
    let plain = |verdict: &VerdictDifference| VerdictDifference {
        causes: Vec::new(),
        ..verdict.clone()
    };
    assert_eq!(direct.verdicts, found.verdicts.iter().map(plain).collect::<Vec<_>>());
    assert_eq!(direct.findings.appeared, found.findings.appeared);
    // With nothing changed nothing differs, whichever side is the kept one.
    let same = read(&old, &LAW);
    for (old, new) in [
        (Side::Kept(&saved), Side::Map(&same, &options)),
        (Side::Map(&same, &options), Side::Kept(&saved)),
        (Side::Kept(&saved), Side::Kept(&saved)),
    ] {
        let found = explained(old, new, &LAW).unwrap();
        assert!(found.verdicts.is_empty() && found.law.is_empty() && !found.gets_worse());
    }
}

#[test]
fn where_the_law_was_applied_otherwise_it_is_named_as_a_possible_cause() {
    let (old, new) = (shop("2026-11-01", "GB", ""), shop("2026-11-01", "IN", ""));
    let options = Options::new();
    let mut json: Json = serde_json::from_str(&report::json(&judged(&old, &options))).unwrap();
    let map = read(&new, &LAW);
    let against = |json: &Json, options: &Options| {
        let saved = kept(&json.to_string());
        explained(Side::Kept(&saved), Side::Map(&map, options), &LAW).unwrap()
    };
    let of_gdpr = |found: &Difference| causes(only(found, "eu-gdpr"));
    let of_regime = json["law"]
        .as_array()
        .unwrap()
        .iter()
        .position(|regime| regime["id"] == "eu-gdpr")
        .unwrap();
    json["law"][of_regime]["digest"] = "sha256:00".into();
    let other_pack = against(&json, &options);
    assert_eq!(of_gdpr(&other_pack), (vec![], vec![Why::Map, Why::Pack]));
    assert_eq!(other_pack.law.len(), 1);
    let text = report::difference::render(&other_pack);
    assert!(
        text.contains("why: the map changed, or the rule pack has other files"),
        "{text}"
    );
    // An assessment that does not say by which pack it was made may have been made by another.
    json["law"][of_regime].as_object_mut().unwrap().remove("digest");
    assert_eq!(of_gdpr(&against(&json, &options)), (vec![], vec![Why::Map, Why::Pack]));
    let mut of_other_library = serde_json::to_value(judged(&old, &options)).unwrap();
    of_other_library["version"] = "0.0.1".into();
    let found = against(&of_other_library, &options);
    assert_eq!(of_gdpr(&found), (vec![], vec![Why::Map, Why::Library]));
    assert_eq!(found.old.version, "0.0.1");
    // On another day the map that is at hand says what the day did: nothing, of India.
    let same_law = serde_json::to_value(judged(&old, &options)).unwrap();
    assert_eq!(
        of_gdpr(&against(&same_law, &on("2026-12-01"))),
        (vec![Why::Map], vec![])
    );
    // Of two kept assessments neither map is at hand.
    let (first, last) = (
        kept(&same_law.to_string()),
        kept(&report::json(&judged(&new, &on("2031-12-28")))),
    );
    let found = explained(Side::Kept(&first), Side::Kept(&last), &LAW).unwrap();
    assert_eq!(of_gdpr(&found), (vec![], vec![Why::Map, Why::Day]));
}

#[test]
fn readings_and_commencement_are_part_of_how_the_law_was_applied() {
    let map = read(&shop("2026-11-01", "IN", ""), &LAW);
    let (point, reading) = LAW.pack("eu-gdpr").unwrap().readings.first_key_value().unwrap();
    let other = reading
        .options
        .keys()
        .find(|option| **option != reading.default)
        .unwrap();
    let plain = Options::new();
    let chosen = Options::new().reading("eu-gdpr", point, other);
    let found = explained(Side::Map(&map, &plain), Side::Map(&map, &chosen), &LAW).unwrap();
    let [law] = found.law.as_slice() else {
        panic!("{:?}", found.law)
    };
    assert_eq!(
        (law.regime.as_str(), law.differs.as_slice()),
        ("eu-gdpr", [Why::Reading].as_slice())
    );
    // The pack's own reading is none that was chosen.
    let default = Options::new().reading("eu-gdpr", point, &reading.default);
    assert!(
        explained(Side::Map(&map, &plain), Side::Map(&map, &default), &LAW)
            .unwrap()
            .law
            .is_empty()
    );
    let commenced = LAW.clone().commence("hk-pdpo", "s33", None).unwrap();
    let saved = kept(&report::json(&assess(&map, &commenced, &plain).unwrap()));
    let found = explained(Side::Kept(&saved), Side::Map(&map, &plain), &LAW).unwrap();
    let [law] = found.law.as_slice() else {
        panic!("{:?}", found.law)
    };
    assert_eq!(
        (law.regime.as_str(), law.differs.as_slice()),
        ("hk-pdpo", [Why::Commencement].as_slice())
    );
}

#[test]
fn what_is_no_assessment_is_refused_with_its_position() {
    let refused = |text: &str| {
        let source = Source::from_text("old.json", text);
        let problems = Snapshot::read(&source).unwrap_err();
        let first = problems.iter().next().unwrap().clone();
        (first.code, first.position.map(|position| position.line), first.message)
    };
    let sound = report::json(&judged(&shop("2026-11-01", "GB", ""), &Options::new()));
    let (code, line, message) =
        refused(&sound.replace("\"transborder_assessment\": 1", "\"transborder_assessment\": 9"));
    assert_eq!((code, line), (Code::Version, Some(2)), "{message}");
    let (code, line, message) = refused(&sound.replace("\"as_of\": \"2026-11-01\"", "\"as_of\": \"2026-11-31\""));
    assert_eq!((code, line), (Code::BadDate, Some(4)), "{message}");
    let (code, line, message) = refused(&sound.replace("\"outcome\": \"exempt\"", "\"outcome\": \"fine\""));
    assert_eq!(code, Code::WrongType);
    assert!(
        line > Some(10) && message.contains("`fine`") && message.contains("`non_exempt`"),
        "{message}"
    );
    let (code, ..) = refused(&sound[..sound.len() / 2]);
    assert_eq!(code, Code::Syntax);
    for text in ["", "{}", "[1]", "transborder: 1", "{\"transborder\": 1}"] {
        assert!(!Snapshot::is_one(&Source::from_text("map.yaml", text)), "{text}");
    }
}

#[test]
fn every_field_of_the_difference_is_documented() {
    let old = shop("2026-11-01", "GB", "").replace("located_in: GB", "located_in: GB, keys_held_by: none");
    let mut found = of_maps(&old, &shop("2026-11-01", "IN", ""));
    let saved = kept(&report::json(&judged(&old, &Options::new())).replace("sha256:", "sha256:0"));
    let map = read(&old, &LAW);
    found.law = explained(Side::Kept(&saved), Side::Map(&map, &Options::new()), &LAW)
        .unwrap()
        .law;
    let shape: Json = serde_json::from_str(&report::difference::json(&found)).unwrap();
    let mut fields = BTreeSet::new();
    crate::readme::fields(&shape, &mut fields);
    let page = include_str!("../../src/report/json.md");
    let page = page.split("# The shape of `transborder diff").nth(1).unwrap();
    let undocumented: Vec<&&str> = fields
        .iter()
        .filter(|field| !page.contains(&format!("`{field}`")))
        .collect();
    assert!(
        undocumented.is_empty() && fields.contains("differs") && fields.contains("keys"),
        "{undocumented:?}"
    );
}

fn mirrored<T>(sides: OneSided<T>) -> OneSided<T> {
    OneSided {
        appeared: sides.vanished,
        vanished: sides.appeared,
    }
}

fn mirrored_turn(turn: Turn) -> Turn {
    match turn {
        Turn::Worse => Turn::Better,
        Turn::Better => Turn::Worse,
        Turn::Appeared => Turn::Vanished,
        Turn::Vanished => Turn::Appeared,
        Turn::Commences | Turn::OtherGround => turn,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn old_and_new_exchanged_is_the_mirror_image(seed in any::<u64>()) {
        let kind = Kind { places: PLACES, complete: false };
        let mut dice = Dice(seed);
        let texts = [random_map(seed, kind), random_map(if dice.below(2) == 0 { seed } else { dice.roll() }, kind)];
        let maps = texts.each_ref().map(|text| read(text, &LAW));
        let options = [on(dice.pick(DAYS)), on(dice.pick(DAYS))];
        let sides = [Side::Map(&maps[0], &options[0]), Side::Map(&maps[1], &options[1])];
        let there = explained(sides[0], sides[1], &LAW).unwrap();
        let back = explained(sides[1], sides[0], &LAW).unwrap();
        prop_assert_eq!(&there.old, &back.new);
        prop_assert_eq!(&there.movements, &mirrored(back.movements));
        prop_assert_eq!(&there.exposures, &mirrored(back.exposures));
        prop_assert_eq!(there.unchanged, back.unchanged);
        let set = |verdicts: Vec<VerdictDifference>| -> BTreeSet<String> {
            verdicts.iter().map(|verdict| format!("{verdict:?}")).collect()
        };
        let mirror = |verdict: &VerdictDifference| VerdictDifference {
            change: mirrored_turn(verdict.change),
            before: verdict.after.clone(),
            after: verdict.before.clone(),
            // Said of the new one.
            needs_attention: false,
            ..verdict.clone()
        };
        let calm = |verdict: &VerdictDifference| VerdictDifference { needs_attention: false, ..verdict.clone() };
        prop_assert_eq!(
            set(there.verdicts.iter().map(calm).collect()),
            set(back.verdicts.iter().map(mirror).collect())
        );
        for verdict in &there.verdicts {
            prop_assert!(!verdict.causes.is_empty() && verdict.causes.iter().all(|cause| cause.certain), "{verdict:?}");
        }
        let ids = |findings: &[transborder::assess::snapshot::FindingNamed]| -> BTreeSet<String> {
            findings.iter().map(|finding| finding.id.clone()).collect()
        };
        prop_assert_eq!(ids(&there.findings.appeared), ids(&back.findings.vanished));
        prop_assert_eq!(there.findings.changed.len(), back.findings.changed.len());
        // A map against itself on one day.
        let same = explained(sides[0], sides[0], &LAW).unwrap();
        prop_assert!(same.verdicts.is_empty() && same.findings.changed.is_empty() && !same.gets_worse());
        // What was kept is what was judged.
        let saved = kept(&report::json(&assess(&maps[0], &LAW, &options[0]).unwrap()));
        let same = explained(Side::Kept(&saved), sides[0], &LAW).unwrap();
        prop_assert!(same.verdicts.is_empty() && same.law.is_empty() && same.exposures.appeared.is_empty());
        prop_assert!(report::difference::render(&there).ends_with("not legal advice.\n"));
    }

    #[test]
    fn no_mutated_assessment_makes_the_reader_panic(seed in any::<u64>()) {
        let sound = report::json(&judged(&shop("2026-11-01", "GB", ""), &Options::new()));
        if let Ok(saved) = Snapshot::read(&Source::from_text("old.json", mutated(&sound, seed))) {
            let found = explained(Side::Kept(&saved), Side::Kept(&saved), &LAW).unwrap();
            prop_assert!(found.verdicts.is_empty());
        }
    }
}
