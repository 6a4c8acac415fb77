//! Regimes side by side: what is tagged, what is found by itself, and what is said where a pack says nothing.

use std::collections::BTreeSet;

use serde_yaml::{Mapping, Value as Yaml};
use transborder::date::{Date, Period};
use transborder::error::Error;
use transborder::law::Law;
use transborder::law::compare::{Comparison, Derived, Entry, Limit, Subject, compare};
use transborder::law::pack::{Since, Status};
use transborder::report;
use transborder::report::compare::render;

use crate::dice::Dice;
use crate::fifth_regime::FREEDONIA;
use crate::law_changes::TARIFF;
use crate::world::{LAW, files as files_below, repository};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The Data Act of Freedonia with topics, a common requirement and a deadline; beside it the Tariff, which has none.
fn files() -> Vec<(String, String)> {
    let tags = [
        (
            "s9-secret.yaml",
            "because: No secret",
            "about: localisation\nbecause: No secret",
        ),
        (
            "s5-friend.yaml",
            "because: The country",
            "about: [authority]\nbecause: The country",
        ),
        ("s6-pledge.yaml", "gates:", "about: contract\ngroup: pledge\ngates:"),
        (
            "s6-pledge.yaml",
            "cite: ACT s.6(2), because",
            "cite: ACT s.6(2), about: sensitive, because",
        ),
        (
            "s6-pledge.yaml",
            "cite: ACT s.6(3), cure",
            "cite: ACT s.6(3), about: [contract, authority], cure",
        ),
        (
            "s6-pledge.yaml",
            "then: covered",
            "  shown: { when: { as_of: { on_or_before: { fact: mechanism.sealed_on, plus_working_days: 5, plus_months: 1 } } }, cure: Show it. }\nthen: covered",
        ),
        (
            "s7-tell.yaml",
            "cure: Tell them.",
            "cure: { en: Tell them., pt: Diga-lhes. }\nabout: notice",
        ),
    ];
    let mut files: Vec<(String, String)> = FREEDONIA
        .iter()
        .chain(TARIFF)
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    for (name, old, new) in tags {
        let file = files.iter_mut().find(|(path, _)| path.ends_with(name)).unwrap();
        assert!(file.1.contains(old), "{name} has no {old}");
        file.1 = file.1.replacen(old, new, 1);
    }
    files.push((
        "xf-data-act/requirements/s8-lock.yaml".to_owned(),
        "id: xf-data-act/s8-lock\ntitle: Lock\ncite: ACT s.8\nof: [pledge]\nabout: security\nconfidence: memory\nwhen: { flow.protection: { any_of: [in_transit, exporter_keys] } }\ncure: Lock it.\n"
            .to_owned(),
    ));
    // Something that travellers take for a mechanism, and one that ran out.
    for (stem, when) in [
        ("s6a-wave", "never"),
        ("s6b-old-pledge", "{ as_of: { before: 2023-01-01 } }"),
    ] {
        files.push((
            format!("xf-data-act/mechanisms/{stem}.yaml"),
            format!(
                "id: xf-data-act/{stem}\ntitle: Wave\ncite: ACT s.6\nabout: contract\nconfidence: memory\ngates:\n  helps: {{ when: {when}, because: A wave is no pledge. }}\nrequirements:\n  hand: {{ when: {{ as_of: {{ before: {{ fact: mechanism.signed, plus_years: 1 }} }} }}, about: contract, cure: Wave again. }}\nbecause: Somebody waved.\n"
            ),
        ));
    }
    files
}

fn law_of(files: &[(String, String)]) -> Result<Law, String> {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    Law::from_texts(&files).map_err(|problems| problems.to_string())
}

fn law() -> Law {
    law_of(&files()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn entries<'c>(comparison: &'c Comparison, topic: &str, regime: &str) -> &'c [Entry] {
    let topic = comparison
        .topics
        .iter()
        .find(|compared| compared.topic == topic)
        .unwrap();
    &topic
        .regimes
        .iter()
        .find(|of_regime| of_regime.regime == regime)
        .unwrap()
        .entries
}

/// The rules under a topic: the kind of thing, the stem, the provision.
fn told(entries: &[Entry]) -> Vec<String> {
    let one = |entry: &Entry| {
        let what = match &entry.what {
            Subject::Block => "block".to_owned(),
            Subject::Exemption => "exemption".to_owned(),
            Subject::Mechanism { serves: true, .. } => "mechanism".to_owned(),
            Subject::Mechanism { .. } => "no mechanism".to_owned(),
            Subject::Gate { name } => format!("gate {name}"),
            Subject::Requirement { name } => format!("requirement {name}"),
            Subject::CommonRequirement { of } => format!("common {of:?}"),
            Subject::Duty => "duty".to_owned(),
            other => format!("{other:?}"),
        };
        format!("{what}: {}, {}", entry.rule, entry.cite)
    };
    entries.iter().map(one).collect()
}

#[test]
fn what_is_tagged_stands_under_its_topic_with_provision_layer_and_cure() {
    let law = law();
    let compared = compare(&law, Some(day("2024-01-01")), None).unwrap();
    let on = |topic| told(entries(&compared, topic, "xf-data-act"));
    assert_eq!(on("localisation"), ["block: xf-data-act/s9-secret, ACT s.9"]);
    assert_eq!(
        on("authority"),
        [
            "exemption: xf-data-act/s5-friend, ACT s.5",
            "requirement sealed: xf-data-act/s6-pledge, ACT s.6(3)"
        ]
    );
    assert_eq!(
        on("contract"),
        [
            "mechanism: xf-data-act/s6-pledge, ACT s.6",
            "requirement sealed: xf-data-act/s6-pledge, ACT s.6(3)",
            // Tagged, too, and no mechanism on that day: the reader is told so.
            "no mechanism: xf-data-act/s6a-wave, ACT s.6",
            "no mechanism: xf-data-act/s6b-old-pledge, ACT s.6"
        ]
    );
    assert_eq!(
        on("sensitive"),
        ["gate not-intimate: xf-data-act/s6-pledge, ACT s.6(2)"]
    );
    assert_eq!(
        on("security"),
        ["common Some([\"pledge\"]): xf-data-act/s8-lock, ACT s.8"]
    );
    assert_eq!(on("notice"), ["duty: xf-data-act/s7-tell, ACT s.7"]);
    let duty = &entries(&compared, "notice", "xf-data-act")[0];
    assert_eq!(duty.says.in_language("pt"), "Diga-lhes.");
    let layers: Vec<(&str, Status)> = duty
        .layers
        .iter()
        .map(|layer| (layer.id.as_str(), layer.status))
        .collect();
    assert_eq!(layers, [("act", Status::InForce), ("part-9", Status::NotCommenced)]);
    // Nobody tagged minors, and the Tariff is tagged nowhere: said plainly, in the place of an entry.
    assert!(on("minors").is_empty() && entries(&compared, "notice", "xt").is_empty());
    let page = render(&compare(&law, Some(day("2024-01-01")), Some("notice")).unwrap(), "pt");
    assert!(
        page.contains("Diga-lhes.") && page.contains("  xt\n    nothing in the pack\n"),
        "{page}"
    );
}

#[test]
fn mechanisms_counts_and_deadlines_need_no_tag() {
    let compared = compare(&law(), Some(day("2024-01-01")), None).unwrap();
    assert_eq!(
        told(entries(&compared, "mechanism", "xf-data-act")),
        [
            "exemption: xf-data-act/s5-friend, ACT s.5",
            "mechanism: xf-data-act/s6-pledge, ACT s.6",
            "no mechanism: xf-data-act/s6a-wave, ACT s.6",
            "no mechanism: xf-data-act/s6b-old-pledge, ACT s.6",
        ]
    );
    // `not: many_people` of the exemption, by the name.
    let [count] = entries(&compared, "counting", "xf-data-act") else {
        panic!()
    };
    let Subject::Count { since, thresholds, .. } = &count.what else {
        panic!("{count:?}")
    };
    assert_eq!(*since, Some(Since::January1OfThisYear));
    let [threshold] = thresholds.as_slice() else {
        panic!("{thresholds:?}")
    };
    assert_eq!((threshold.test, threshold.number), (Limit::AtLeast, 1000));
    assert_eq!(threshold.rules, ["xf-data-act/s5-friend"]);
    // One period; that of the wave, which is no mechanism, binds nobody.
    let [deadline] = entries(&compared, "deadline", "xf-data-act") else {
        panic!()
    };
    let Subject::Deadline { part, period, from, .. } = &deadline.what else {
        panic!("{deadline:?}")
    };
    assert_eq!(
        (part.as_deref(), from.as_str()),
        (Some("requirement shown"), "mechanism.sealed_on")
    );
    let expected = Period {
        working_days: 5,
        months: 1,
        ..Period::default()
    };
    assert_eq!(*period, expected);
    let note = compared
        .topics
        .iter()
        .find(|topic| topic.topic == "deadline")
        .unwrap()
        .note
        .unwrap();
    assert!(note.contains("Monday to Friday") && note.contains("holidays"));
    assert!(render(&compared, "en").contains("1 month and 5 working days from mechanism.sealed_on"));
}

#[test]
fn the_law_is_that_of_the_day() {
    let law = law();
    // The old pledge still served on the last day of 2022, and its tagged requirement with it.
    let before = compare(&law, Some(day("2022-12-31")), None).unwrap();
    let contract = told(entries(&before, "contract", "xf-data-act"));
    assert!(
        contract.contains(&"mechanism: xf-data-act/s6b-old-pledge, ACT s.6".to_owned()),
        "{contract:?}"
    );
    assert!(
        contract.contains(&"requirement hand: xf-data-act/s6b-old-pledge, ACT s.6".to_owned()),
        "{contract:?}"
    );
    // Before its first day a regime says nothing, and that is said.
    let early = compare(&law, Some(day("2019-12-31")), None).unwrap();
    assert!(early.regimes.iter().all(|regime| !regime.is_law));
    assert!(
        early
            .topics
            .iter()
            .flat_map(|topic| &topic.regimes)
            .all(|regime| regime.entries.is_empty())
    );
    assert!(render(&early, "en").contains("not law on that day"));
    // Without a day: the newest one on which a pack was compared. Freedonia was in November 2026, the Tariff in January.
    assert_eq!(compare(&law, None, None).unwrap().as_of, day("2026-11-22"));
    let tariff = law.only(&BTreeSet::from(["xt".to_owned()]));
    assert_eq!(compare(&tariff, None, None).unwrap().as_of, day("2026-01-01"));
}

#[test]
fn the_thresholds_of_order_11_are_those_of_its_time() {
    let at_least = |as_of: &str, count: &str| -> Vec<u64> {
        let compared = compare(&LAW, Some(day(as_of)), Some("counting")).unwrap();
        let of_count = |entry: &&Entry| entry.rule == format!("cn-pipl/{count}");
        let entry = entries(&compared, "counting", "cn-pipl").iter().find(of_count).unwrap();
        let Subject::Count { thresholds, .. } = &entry.what else {
            panic!()
        };
        let at_least = thresholds.iter().filter(|threshold| threshold.test == Limit::AtLeast);
        at_least.map(|threshold| threshold.number).collect()
    };
    // Order 11 Article 4: 100,000 people whoever they are; Order 16 Article 7: a million of ordinary data.
    assert!(at_least("2024-03-21", "any_person").contains(&100_000));
    assert!(at_least("2024-03-22", "any_person").is_empty());
    assert!(at_least("2024-03-22", "ordinary").contains(&1_000_000));
    assert!(at_least("2024-03-21", "ordinary").is_empty());
    // Both: ten thousand of sensitive data.
    assert!(
        at_least("2024-03-21", "sensitive").contains(&10_000) && at_least("2024-03-22", "sensitive").contains(&10_000)
    );
}

#[test]
fn the_standard_contract_is_filed_within_ten_working_days_of_taking_effect() {
    let compared = compare(&LAW, Some(day("2026-01-01")), Some("deadline")).unwrap();
    let filing = entries(&compared, "deadline", "cn-pipl")
        .iter()
        .find(|entry| entry.rule == "cn-pipl/standard-contract");
    let Subject::Deadline { period, from, .. } = &filing.unwrap().what else {
        panic!()
    };
    assert_eq!((period.working_days, from.as_str()), (10, "mechanism.effective"));
}

#[test]
fn an_unknown_topic_is_refused_with_a_near_match() {
    let error = compare(&LAW, None, Some("notise")).unwrap_err();
    assert!(matches!(&error, Error::UnknownTopic { topic, .. } if topic == "notise"));
    assert!(error.to_string().contains("did you mean `notice`?"), "{error}");
    assert!(
        compare(&LAW, None, Some("zzz"))
            .unwrap_err()
            .to_string()
            .contains("counting")
    );
}

#[test]
fn a_mistyped_topic_of_a_rule_is_an_error_with_its_line_wherever_it_stands() {
    let slips = [
        (
            "s9-secret.yaml",
            "about: localisation",
            "about: localization",
            "did you mean `localisation`?",
        ),
        (
            "s6-pledge.yaml",
            "about: sensitive",
            "about: [sensitve]",
            "did you mean `sensitive`?",
        ),
        (
            "s6-pledge.yaml",
            "about: [contract, authority]",
            "about: [contract, 7]",
            "expected one of",
        ),
        (
            "s7-tell.yaml",
            "about: notice",
            "about: { notice: true }",
            "expected a list",
        ),
        (
            "s8-lock.yaml",
            "about: security",
            "about: secrity",
            "did you mean `security`?",
        ),
        // What is found by itself needs no word.
        (
            "s5-friend.yaml",
            "about: [authority]",
            "about: deadline",
            "found `deadline`",
        ),
        // A rule of transfer is about nothing else.
        (
            "s3-out.yaml",
            "then: transfer",
            "about: notice\nthen: transfer",
            "unknown key `about`",
        ),
    ];
    for (name, old, new, says) in slips {
        let mut files = files();
        let file = files.iter_mut().find(|(path, _)| path.ends_with(name)).unwrap();
        assert!(file.1.contains(old), "{name} has no {old}");
        file.1 = file.1.replacen(old, new, 1);
        let problems = law_of(&files).map(|_| ()).unwrap_err();
        assert!(
            problems.contains(says) && problems.contains(&format!("{name}:")),
            "{new}\n{problems}"
        );
        assert_eq!(
            problems.matches("error[").count(),
            1,
            "{new} is reported twice\n{problems}"
        );
    }
}

#[test]
fn no_topic_has_the_name_of_one_that_is_found_by_itself() {
    let topics: Vec<&str> = LAW.topics().iter().map(|topic| topic.id.as_str()).collect();
    for word in [
        "consent",
        "notice",
        "contract",
        "assessment",
        "authority",
        "onward",
        "security",
        "processor",
        "representative",
        "localisation",
        "authority_request",
        "sensitive",
        "minors",
    ] {
        assert!(topics.contains(&word), "{word}");
    }
    assert!(topics.iter().all(|topic| Derived::from_word(topic).is_none()));
}

#[test]
fn the_order_of_keys_in_a_rule_changes_no_byte() {
    let root = repository("jurisdictions");
    let mut dice = Dice(7);
    let (mut written, mut shuffled) = (Vec::new(), Vec::new());
    for path in files_below(&root, ".yaml") {
        let inside = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        if inside.contains("/cases/") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Of a regime, a list of topics, a gate and a requirement the order is what the page follows: whole rules only.
        let mut lines: Vec<(Yaml, Yaml)> = match serde_yaml::from_str(&text).unwrap() {
            Yaml::Mapping(rule) => rule.into_iter().collect(),
            other => panic!("{inside}: {other:?}"),
        };
        for last in (1..lines.len()).rev() {
            lines.swap(last, dice.below(last + 1));
        }
        let turned: Mapping = lines.into_iter().collect();
        shuffled.push((inside.clone(), serde_yaml::to_string(&turned).unwrap()));
        written.push((inside, text));
    }
    let said = |files: &[(String, String)]| {
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let law = Law::from_texts(&files).unwrap();
        let compared = compare(&law, None, None).unwrap();
        [
            report::compare::json(&compared),
            render(&compared, "en"),
            report::law::state(&law, "en"),
        ]
    };
    assert_ne!(written, shuffled);
    assert_eq!(said(&written), said(&shuffled));
}
