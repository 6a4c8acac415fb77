//! Risks that somebody accepts for a time, and the findings of an earlier day.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use transborder::assess::acceptance::{AcceptanceState, AcceptedRisk};
use transborder::assess::baseline::Baseline;
use transborder::assess::difference::between;
use transborder::assess::{Assessment, Options, assess};
use transborder::date::Date;
use transborder::diagnostic::Code;
use transborder::load::{Source, map};
use transborder::outcome::{Headline, Outcome};
use transborder::report;
use transborder::report::text::{Look, render};

use crate::dice::mutated;
use crate::forecast::shop;
use crate::random_maps::{Kind, random_map};
use crate::world::{LAW, read};

/// The orders go to India, and nothing is held.
const FINDING: &str = "eu-gdpr/chapter_v/sync/orders/non_exempt";

const NEEDS: &str = "acceptance: { needs: [it, legal, dpo] }\n";

const ALL_THREE: &str =
    "approved: [{ role: it, by: A. Chan, on: 2026-10-02 }, { role: legal, by: P. Sousa, on: 2026-10-05 },
      { role: dpo, by: M. Lei, on: 2026-11-01 }]";

/// The shop that sends to a place, with one acceptance.
fn accepted(place: &str, needs: &str, finding: &str, more: &str) -> String {
    let rest = format!(
        "{needs}accepted:
  until-contract: {{ finding: {finding}, reason: The contract is with the lawyers., until: 2027-03-31,
    {more} }}
"
    );
    shop("2026-11-01", place, &rest)
}

fn said(text: &str, day: &str) -> Assessment {
    let day: Date = day.parse().unwrap();
    assess(&read(text, &LAW), &LAW, &Options::new().as_of(day)).unwrap()
}

#[track_caller]
fn risk(assessment: &Assessment) -> &AcceptedRisk {
    let [risk] = assessment.accepted.as_slice() else {
        panic!("{:?}", assessment.accepted)
    };
    risk
}

fn is_open(assessment: &Assessment, id: &str) -> bool {
    let mut found = assessment.findings.iter().filter(|finding| finding.id == id);
    found.next().unwrap_or_else(|| panic!("{id} is no finding")).is_open()
}

#[test]
fn an_acceptance_holds_to_its_last_day_and_not_a_day_longer() {
    let map = accepted("IN", NEEDS, FINDING, ALL_THREE);
    let on_last_day = said(&map, "2027-03-31");
    assert_eq!(risk(&on_last_day).state, AcceptanceState::Holds);
    let finding = on_last_day
        .findings
        .iter()
        .find(|finding| finding.id == FINDING)
        .unwrap();
    assert_eq!(finding.accepted_by.as_deref(), Some("until-contract"));
    assert!(!finding.is_open() && !risk(&on_last_day).is_stale());
    let day_after = said(&map, "2027-04-01");
    assert_eq!(risk(&day_after).state, AcceptanceState::Expired);
    assert!(is_open(&day_after, FINDING) && risk(&day_after).is_stale());
    // Between the two something got worse, though no verdict did.
    let found = between(&on_last_day, &day_after);
    assert_eq!(found.findings.reopened.len(), 1);
    assert!(found.verdicts.is_empty() && found.gets_worse());
    assert!(!between(&day_after, &on_last_day).gets_worse());
}

#[test]
fn what_is_accepted_is_still_said_under_a_heading_of_its_own() {
    let text = accepted("IN", NEEDS, FINDING, ALL_THREE);
    let source = Source::from_text("map.yaml", text.as_str());
    let assessment = said(&text, "2026-11-01");
    let page = render(&assessment, Some(&source), Look::new());
    let (before, after) = page.split_once("\nAccepted risks").unwrap();
    assert!(!before.contains("NON-EXEMPT"), "{page}");
    assert!(before.contains("\n1 finding accepted, listed apart.\n"), "{page}");
    let line = text.lines().position(|line| line.contains("until-contract")).unwrap() + 1;
    assert!(
        after.contains(&format!(
            "\n  {FINDING}\n    until 2027-03-31: The contract is with the lawyers."
        )),
        "{page}"
    );
    assert!(after.contains(&format!("(map.yaml:{line})")), "{page}");
    assert!(
        after.contains("approved by M. Lei (dpo) on 2026-11-01, A. Chan (it)"),
        "{page}"
    );
    // Whoever wants to see all of it does.
    let all = render(&assessment, None, Look::new().with_all());
    assert!(
        all.split("\nAccepted risks").next().unwrap().contains("NON-EXEMPT"),
        "{all}"
    );
    // The law is what it was.
    let without = said(&shop("2026-11-01", "IN", ""), "2026-11-01");
    assert!(between(&without, &assessment).verdicts.is_empty());
    assert_eq!(without.findings.len(), assessment.findings.len());
}

#[test]
fn two_of_three_roles_are_not_enough() {
    let two = "approved: [{ role: it, by: A. Chan, on: 2026-10-02 }, { role: dpo, by: M. Lei, on: 2026-10-03 }]";
    let assessment = said(&accepted("IN", NEEDS, FINDING, two), "2026-11-01");
    let risk_of_two = risk(&assessment);
    assert_eq!(
        (risk_of_two.state, risk_of_two.lacks.as_slice()),
        (AcceptanceState::LacksApproval, ["legal".to_owned()].as_slice())
    );
    assert!(is_open(&assessment, FINDING));
    let page = render(&assessment, None, Look::new());
    assert!(
        page.contains("lacks approval of legal\n") && page.contains("NON-EXEMPT"),
        "{page}"
    );
    // An approval of tomorrow is none today.
    let three = accepted("IN", NEEDS, FINDING, ALL_THREE);
    assert_eq!(risk(&said(&three, "2026-10-31")).lacks, ["dpo"]);
    assert_eq!(risk(&said(&three, "2026-11-01")).lacks, Vec::<String>::new());
    // Where no role is asked for, somebody still has to approve.
    let nobody = said(&accepted("IN", "", FINDING, "approved: none"), "2026-11-01");
    assert_eq!(risk(&nobody).state, AcceptanceState::LacksApproval);
    let anybody = "approved: [{ role: owner, by: J. Ho, on: 2026-10-02 }]";
    assert_eq!(
        risk(&said(&accepted("IN", "", FINDING, anybody), "2026-11-01")).state,
        AcceptanceState::Holds
    );
}

// It is not known whether the upload is switched on. With clauses that lack their assessment it would be incomplete at worst;
// without clauses, non-exempt.
#[test]
fn what_is_worse_than_was_accepted_is_not_accepted() {
    let finding = "eu-gdpr/chapter_v/sync/orders/undetermined";
    let upload = |mechanism: &str| {
        let rest = format!("{mechanism}settings: {{ upload: {{ values: [on, off] }} }}\n{NEEDS}");
        let map = accepted("IN", &rest, finding, &format!("worst: incomplete, {ALL_THREE}"));
        map.replace("  sync: {", "  sync: { when: { upload: on },")
    };
    let as_accepted = said(
        &upload(
            "mechanisms:
  clauses: { type: eu-gdpr/art-46-2-c-scc, between: [shop, provider], signed: 2026-06-01, module: two,
    annexes_complete: true, text_unmodified: true, assessment_done: false }
",
        ),
        "2026-11-01",
    );
    assert_eq!(risk(&as_accepted).state, AcceptanceState::Holds);
    let cancelled = said(&upload(""), "2026-11-01");
    assert_eq!(
        (risk(&cancelled).state, risk(&cancelled).worst),
        (AcceptanceState::Worse, Some(Outcome::NonExempt))
    );
    assert!(is_open(&cancelled, finding));
}

#[test]
fn an_acceptance_never_covers_another_outcome() {
    let incomplete = "eu-gdpr/chapter_v/sync/orders/incomplete";
    let worse = said(&accepted("IN", NEEDS, incomplete, ALL_THREE), "2026-11-01");
    assert_eq!(risk(&worse).state, AcceptanceState::OtherOutcome);
    assert_eq!(risk(&worse).now, Some(Headline::Firm(Outcome::NonExempt)));
    assert!(is_open(&worse, FINDING));
    // Nor does anybody need it where all is well by now.
    let better = said(&accepted("GB", NEEDS, FINDING, ALL_THREE), "2026-11-01");
    assert_eq!(risk(&better).state, AcceptanceState::OtherOutcome);
    assert_eq!(risk(&better).now, Some(Headline::Firm(Outcome::Exempt)));
    let page = render(&better, None, Look::new());
    assert!(page.contains("it is now exempt"), "{page}");
}

#[test]
fn an_acceptance_of_nothing_is_unused_and_says_what_may_be_meant() {
    let mistyped = said(
        &accepted("IN", NEEDS, "eu-gdpr/chapter_v/sinc/orders/non_exempt", ALL_THREE),
        "2026-11-01",
    );
    assert_eq!(
        (risk(&mistyped).state, risk(&mistyped).near.as_deref()),
        (AcceptanceState::Unused, Some(FINDING))
    );
    assert!(is_open(&mistyped, FINDING) && risk(&mistyped).is_stale());
    // A regime that was left out is no reason to take the acceptance out of the map.
    let map = read(&accepted("IN", NEEDS, FINDING, ALL_THREE), &LAW);
    let others = LAW.clone().only(&["hk-pdpo".to_owned()].into());
    let left_out = assess(&map, &others, &Options::new()).unwrap();
    assert_eq!(risk(&left_out).state, AcceptanceState::NotApplied);
    assert!(!risk(&left_out).is_stale());
    for finding in [
        "xx-law/act/sync/orders/incomplete",
        "x",
        "divergence/sync/orders",
        "////",
    ] {
        let unused = said(&accepted("IN", NEEDS, finding, ALL_THREE), "2026-11-01");
        assert_eq!(risk(&unused).state, AcceptanceState::Unused, "{finding}");
    }
}

#[test]
fn an_acceptance_without_an_end_a_reason_or_a_finding_is_none() {
    let refused = |accepted: &str| {
        let text = shop("2026-11-01", "IN", accepted);
        let problems = map(&Source::from_text("map.yaml", text), LAW.catalogue()).unwrap_err();
        let said = problems.iter().map(|problem| (problem.code, problem.path.clone()));
        said.collect::<Vec<_>>()
    };
    let at = |code, path: &str| (code, path.to_owned());
    assert_eq!(
        refused("accepted: { a: { approved: none } }\n"),
        vec![at(Code::MissingKey, "accepted.a"); 3]
    );
    assert_eq!(
        refused("accepted: { a: { finding: x, reason: y, until: unknown } }\n"),
        [at(Code::MissingKey, "accepted.a")]
    );
    assert_eq!(
        refused(
            "accepted: { a: { finding: x, reason: y, until: 2027-02-30, worst: bad, approved: [{ role: it, on: 1 }], colour: red } }\n"
        ),
        [
            at(Code::BadDate, "accepted.a.until"),
            at(Code::UnknownWord, "accepted.a.worst"),
            at(Code::MissingKey, "accepted.a.approved[0]"),
            at(Code::WrongType, "accepted.a.approved[0].on"),
            at(Code::UnknownKey, "accepted.a.colour"),
        ]
    );
    assert_eq!(
        refused("acceptance: { need: [it] }\n"),
        [at(Code::UnknownKey, "acceptance.need")]
    );
    assert_eq!(
        refused("accepted: { a/b: { finding: x, reason: y, until: 2027-01-01 } }\n"),
        [at(Code::BadId, "accepted.a/b")]
    );
}

#[test]
fn what_the_loader_refuses_of_an_acceptance_the_schema_refuses_too() {
    let validator = jsonschema::validator_for(&transborder::load::schema(LAW.catalogue())).unwrap();
    let map = |acceptance: Json| json!({ "transborder": 1, "acceptance": { "needs": ["it"] }, "accepted": { "a": acceptance } });
    let sound = json!({ "finding": FINDING, "reason": "A reason.", "until": "2027-03-31", "worst": "non_exempt",
        "approved": [{ "role": "it", "by": "A. Chan", "on": "2026-10-02" }] });
    assert!(validator.is_valid(&map(sound.clone())));
    for (key, value) in [
        ("until", json!("unknown")),
        ("reason", json!("")),
        ("worst", json!("undetermined")),
        ("approved", json!([{}])),
    ] {
        let mut broken = sound.clone();
        broken[key] = value;
        assert!(!validator.is_valid(&map(broken)), "{key}");
    }
}

#[test]
fn every_field_of_an_acceptance_and_of_a_baseline_is_documented() {
    let two = "approved: [{ role: it, by: A. Chan, on: 2026-10-02 }]";
    let mut assessment = said(
        &accepted("IN", NEEDS, "eu-gdpr/chapter_v/sinc/orders/non_exempt", two),
        "2026-11-01",
    );
    Baseline::from(&assessment).apply(&mut assessment);
    let shape: Json = serde_json::from_str(&report::json(&assessment)).unwrap();
    let mut fields = std::collections::BTreeSet::new();
    crate::readme::fields(&shape, &mut fields);
    let page = include_str!("../../src/report/json.md");
    let undocumented: Vec<&&str> = fields
        .iter()
        .filter(|field| !page.contains(&format!("`{field}`")))
        .collect();
    assert!(
        undocumented.is_empty() && fields.contains("near") && fields.contains("gone"),
        "{undocumented:?}"
    );
}

fn baseline(text: &str) -> Baseline {
    Baseline::read(&Source::from_text("known.yaml", text)).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

/// The assessment against what was found on another map, written and read.
fn against(old: &Assessment, new: &Assessment) -> Assessment {
    let mut compared = new.clone();
    baseline(&Baseline::from(old).write()).apply(&mut compared);
    compared
}

#[test]
fn against_a_baseline_only_what_is_new_counts() {
    let first = said(&shop("2026-11-01", "IN", ""), "2026-11-01");
    let same = against(&first, &first);
    assert!(same.findings.iter().all(|finding| finding.known) && !same.findings.is_empty());
    let compared = same.baseline.as_ref().unwrap();
    assert_eq!(
        (compared.known, compared.gone.len(), compared.worse.len()),
        (first.findings.len(), 0, 0)
    );
    assert_eq!(compared.as_of, "2026-11-01");
    // A second flow of the same data to the same place.
    let flow = "  copy: { from: till, to: store, carries: [orders], kind: backup, access: actual, purpose: same }\n";
    let second = said(
        &(shop("2026-11-01", "IN", "").trim_end().to_owned() + "\n" + flow),
        "2026-11-01",
    );
    let more = against(&first, &second);
    assert!(!is_open(&more, FINDING));
    let open: Vec<&str> = more
        .findings
        .iter()
        .filter(|f| f.is_open())
        .map(|f| f.subject.as_str())
        .collect();
    assert!(
        !open.is_empty() && open.iter().all(|subject| *subject == "copy"),
        "{open:?}"
    );
    let fewer = against(&second, &first);
    assert!(fewer.findings.iter().all(|finding| finding.known));
    assert!(fewer.baseline.unwrap().gone.iter().all(|id| id.contains("/copy/")));
}

#[test]
fn what_got_worse_since_the_baseline_counts() {
    let clauses = "mechanisms:
  clauses: { type: eu-gdpr/art-46-2-c-scc, between: [shop, provider], signed: 2026-06-01, module: two,
    annexes_complete: true, text_unmodified: true, assessment_done: false }
";
    let incomplete = said(&shop("2026-11-01", "IN", clauses), "2026-11-01");
    let non_exempt = said(&shop("2026-11-01", "IN", ""), "2026-11-01");
    let worse = against(&incomplete, &non_exempt);
    assert!(is_open(&worse, FINDING));
    assert_eq!(worse.baseline.unwrap().worse, [FINDING]);
    let better = against(&non_exempt, &incomplete);
    assert!(!is_open(&better, "eu-gdpr/chapter_v/sync/orders/incomplete"));
    assert!(better.baseline.unwrap().gone.is_empty());
}

// A copy that is pseudonymised goes the same way as the one that is not: two findings read the same.
#[test]
fn findings_that_read_the_same_are_known_together() {
    let text = shop("2026-11-01", "IN", "").replace("flows:", "  desk: { operator: shop, located_in: IE }\nflows:");
    let text = text.replace("from: till, to: store, carries: [orders],", "from: desk, to: store,")
        + "  plain: { from: till, to: desk, carries: [orders] }
  stripped: { from: till, to: desk, carries: [orders], transforms: { state: pseudonymised } }
";
    let assessment = said(&text, "2026-11-01");
    let twice = assessment
        .findings
        .iter()
        .filter(|finding| finding.id == FINDING)
        .count();
    assert_eq!(twice, 2, "{:?}", assessment.findings);
    let same = against(&assessment, &assessment);
    assert!(same.findings.iter().all(|finding| finding.known));
    let themselves = between(&assessment, &assessment);
    assert!(themselves.verdicts.is_empty() && !themselves.gets_worse());
    // An acceptance covers both.
    let map = text
        + &format!("{NEEDS}accepted: {{ a: {{ finding: {FINDING}, reason: R., until: 2027-03-31, {ALL_THREE} }} }}\n");
    assert!(
        said(&map, "2026-11-01")
            .findings
            .iter()
            .filter(|f| f.id == FINDING)
            .all(|f| !f.is_open())
    );
}

#[test]
fn a_baseline_does_not_outlive_an_acceptance() {
    let map = accepted("IN", NEEDS, FINDING, ALL_THREE);
    let then = said(&map, "2027-03-31");
    let file = Baseline::from(&then).write();
    assert!(!file.contains(FINDING), "{file}");
    assert!(is_open(&against(&then, &said(&map, "2027-04-01")), FINDING));
}

#[test]
fn findings_of_a_regime_that_was_left_out_are_not_gone() {
    let map = read(&shop("2026-11-01", "IN", ""), &LAW);
    let all = assess(&map, &LAW, &Options::new()).unwrap();
    let others = LAW.clone().only(&["hk-pdpo".to_owned()].into());
    let compared = against(&all, &assess(&map, &others, &Options::new()).unwrap());
    assert_eq!(compared.baseline.unwrap().gone, Vec::<String>::new());
}

#[test]
fn a_hostile_baseline_is_refused_with_all_that_is_wrong() {
    let refused = |text: &str| -> Vec<(Code, Option<u32>)> {
        let problems = Baseline::read(&Source::from_text("known.yaml", text)).unwrap_err();
        problems
            .iter()
            .map(|problem| (problem.code, problem.position.map(|at| at.line)))
            .collect()
    };
    let of = |findings: &str| format!("transborder_baseline: 1\nas_of: 2026-11-01\nfindings:\n{findings}");
    assert_eq!(refused("7"), [(Code::WrongType, Some(1))]);
    assert_eq!(
        refused("transborder_baseline: 2\nas_of: 2026-11-01\nfindings: []"),
        [(Code::Version, Some(1))]
    );
    assert_eq!(
        refused("transborder: 1\nfindings: []"),
        [(Code::MissingKey, Some(1)), (Code::UnknownKey, Some(1))]
    );
    assert_eq!(
        refused(&of(
            "  - { id: a/b, kind: outcome, outcome: incomplete, worst: incomplete }\n  - { id: a/b, kind: duty, worst: exempt }\n  - { id: [], kind: guess }\n  - 7\n"
        )),
        [
            // The id says another outcome than the entry.
            (Code::UnknownWord, Some(4)),
            (Code::UnknownKey, Some(5)),
            (Code::WrongType, Some(6)),
            (Code::UnknownWord, Some(6)),
            (Code::WrongType, Some(7)),
        ]
    );
    assert_eq!(
        refused(&of("  - { id: a/incomplete, kind: outcome, outcome: incomplete }\n")),
        [(Code::MissingKey, Some(4))]
    );
    assert_eq!(refused(&of("  - &a [*a]\n"))[0].0, Code::Syntax);
    let many = "  - { id: a/incomplete, kind: outcome, outcome: incomplete, worst: incomplete }\n".repeat(20_000);
    assert_eq!(baseline(&of(&many)).write().matches("a/incomplete").count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_map_against_its_own_baseline_has_nothing_open(seed in any::<u64>()) {
        let kind = Kind { places: crate::dice::PLACES, complete: false };
        let text = random_map(seed, kind);
        // Ids that a file has to put in quotes.
        for text in [text.replace("\"flow-0\"", "\"流-0'#{\\\"\""), text] {
            let assessment = assess(&read(&text, &LAW), &LAW, &Options::new()).unwrap();
            let same = against(&assessment, &assessment);
            prop_assert!(same.findings.iter().all(|finding| finding.known), "{text}");
            prop_assert!(same.baseline.as_ref().unwrap().gone.is_empty());
            let file = Baseline::from(&assessment).write();
            prop_assert_eq!(&baseline(&file).write(), &file);
            let _ = Baseline::read(&Source::from_text("known.yaml", mutated(&file, seed)));
        }
    }
}
