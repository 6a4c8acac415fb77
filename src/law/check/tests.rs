use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::diagnostic::{Diagnostic, Severity};
use crate::law::Law;

const REGIME: &str = "\
id: xx
title: Law of nowhere
territory: [SG]
authority: Nobody
checked_on: 2026-01-01
effective: { from: 2010-01-01, to: 2029-12-31 }
instruments: { ACT: { title: The Act } }
layers:
  one: { title: One, status: in_force }
  two: { title: Two, status: in_force }
otherwise:
  before: { cite: ACT, because: Not yet. }
  scope: { cite: ACT, because: No. }
  transfer: { cite: ACT, because: No. }
  mechanism: { cite: ACT, because: No. }
";

/// A rule whose own keys begin in line 6.
fn rule(stem: &str, keys: &str) -> (String, String) {
    let name = stem.rsplit('/').next().unwrap();
    let head = format!("id: xx/{name}\ntitle: T\ncite: ACT s. 1\nconfidence: memory\nbecause: So.\n");
    (format!("xx/{stem}.yaml"), head + keys)
}

fn file(name: &str, text: &str) -> (String, String) {
    (format!("xx/{name}.yaml"), text.to_owned())
}

/// The regime with more keys, which begin in line 16.
fn regime(keys: &str) -> (String, String) {
    file("regime", &format!("{REGIME}{keys}"))
}

fn base() -> Vec<(String, String)> {
    vec![
        regime(""),
        rule("scope/in", "when: { data.personal: true }\nthen: in_scope\n"),
        rule(
            "transfer/out",
            "when: { not: { flow.to_place: { within: SG } } }\nthen: transfer\n",
        ),
        rule(
            "transfer/stays",
            "when: { flow.to_place: { within: SG } }\nthen: not_a_transfer\n",
        ),
    ]
}

fn found(changes: Vec<(String, String)>) -> Vec<Diagnostic> {
    let mut files: BTreeMap<String, String> = base().into_iter().collect();
    files.extend(changes);
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    match Law::from_texts(&files) {
        Ok(law) => law.warnings().iter().cloned().collect(),
        Err(problems) => problems.into_iter().collect(),
    }
}

/// What is found in the small pack with some files changed or added, in a line each.
fn lint(changes: Vec<(String, String)>) -> Vec<String> {
    let line = |diagnostic: &Diagnostic| {
        let at = diagnostic.position.unwrap();
        let file = diagnostic.file.strip_prefix("xx/").unwrap();
        let severity = if diagnostic.severity == Severity::Error {
            "error"
        } else {
            "warning"
        };
        format!("{file}:{}:{} {severity} {}", at.line, at.column, diagnostic.code)
    };
    found(changes).iter().map(line).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_sound_pack_passes_in_silence() {
    assert_eq!(lint(vec![]), NOTHING);
}

#[test]
fn a_topic_does_not_use_a_group_of_categories_of_the_same_name() {
    let duty = rule(
        "duties/d",
        "about: sensitive\nwhen: { data.minors: false }\ncure: Do.\n",
    );
    let group = regime("categories: { sensitive: [health] }\n");
    assert_eq!(lint(vec![group, duty]), ["regime.yaml:16:15 warning pack/unused"]);
}

#[test]
fn the_built_in_packs_have_no_errors() {
    if let Err(problems) = Law::built_in() {
        panic!("{problems}");
    }
}

#[test]
fn names_that_lead_back_to_themselves_are_circular() {
    let names = |c: &str| {
        file(
            "conditions",
            &format!("a: {{ all: [b, {{ data.minors: true }}] }}\nb: {{ not: c }}\nc: {c}\n"),
        )
    };
    let by_name = rule("exemptions/e", "when: a\n");
    assert_eq!(
        lint(vec![names("a"), by_name.clone()]),
        ["conditions.yaml:1:12 error pack/circular"]
    );
    assert_eq!(
        lint(vec![names("{ rule: e }"), by_name.clone()]),
        ["conditions.yaml:1:12 error pack/circular"]
    );
    assert_eq!(lint(vec![names("{ flow.transit_only: true }"), by_name]), NOTHING);
}

#[test]
fn a_set_may_not_depend_on_itself() {
    let set = |when: &str| {
        rule(
            "sets/s",
            &format!("members:\n  - {{ place: HK, when: {{ {when} }} }}\n"),
        )
    };
    let reads = rule("exemptions/e", "when: { flow.to_place: { within: s } }\n");
    let circle = set("flow.to_place: { touches: s }");
    assert_eq!(
        lint(vec![circle, reads.clone()]),
        ["sets/s.yaml:7:41 error pack/circular"]
    );
    assert_eq!(lint(vec![set("flow.occasional: true"), reads]), NOTHING);
}

#[test]
fn a_count_may_not_ask_how_many_there_are() {
    let count = |over: &str| {
        let keys = format!(
            "counts: individuals\nper: exporter\nover: {over}\nwindow: [{{ since: january_1_of_this_year }}]\n"
        );
        rule("counts/many", &keys)
    };
    let reads = rule("exemptions/e", "when: { count.many: { below: 10 } }\n");
    let not = file("conditions", "small: { count.many: { below: 5 } }\n");
    let own = count("{ count.many: { below: 5 } }");
    assert_eq!(
        lint(vec![own, reads.clone()]),
        ["counts/many.yaml:8:21 error pack/circular"]
    );
    let by_name = count("{ all: [{ data.personal: true }, { not: small }] }");
    assert_eq!(
        lint(vec![by_name, not, reads.clone()]),
        ["counts/many.yaml:8:47 error pack/circular"]
    );
    assert_eq!(lint(vec![count("{ data.personal: true }"), reads]), NOTHING);
}

#[test]
fn conditions_may_not_be_nested_without_end() {
    let names = |length: usize| {
        let mut text: String = (0..length).map(|n| format!("c{n}: {{ not: c{} }}\n", n + 1)).collect();
        text.push_str(&format!("c{length}: {{ data.minors: true }}\n"));
        file("conditions", &text)
    };
    let reads = rule("exemptions/e", "when: c0\n");
    assert_eq!(
        lint(vec![names(5_000), reads.clone()]),
        ["conditions.yaml:1:5 error pack/circular"]
    );
    assert_eq!(lint(vec![names(50), reads]), NOTHING);
}

#[test]
fn only_rules_with_a_condition_can_be_referred_to() {
    let uses = |stem: &str| {
        rule(
            "exemptions/e",
            &format!("when: {{ all: [{{ rule: {stem} }}, {{ data.minors: true }}] }}\n"),
        )
    };
    let duty = rule("duties/d", "when: { flow.occasional: true }\ncure: Do it.\n");
    assert_eq!(
        lint(vec![uses("d"), duty.clone()]),
        [
            "exemptions/e.yaml:6:7 error pack/never-fires",
            "exemptions/e.yaml:6:23 error pack/unknown-rule",
        ]
    );
    assert_eq!(lint(vec![uses("in"), duty]), NOTHING);
}

#[test]
fn a_requirement_names_a_group_that_some_mechanism_has() {
    let mechanism = rule("mechanisms/m", "group: safe\n");
    let requirement = |of: &str| {
        rule(
            "requirements/r",
            &format!("of: {of}\nwhen: {{ flow.occasional: true }}\ncure: Do it.\n"),
        )
    };
    assert_eq!(
        lint(vec![mechanism.clone(), requirement("[safe, sure]")]),
        ["requirements/r.yaml:6:12 error pack/unknown-rule"]
    );
    assert_eq!(
        lint(vec![mechanism.clone(), requirement("[]")]),
        ["requirements/r.yaml:6:5 error pack/unused"]
    );
    assert_eq!(lint(vec![mechanism, requirement("[safe]")]), NOTHING);
}

#[test]
fn a_rule_belongs_to_some_layer() {
    let exemption = |layers: &str| {
        rule(
            "exemptions/e",
            &format!("layers: {layers}\nwhen: {{ data.minors: true }}\n"),
        )
    };
    assert_eq!(
        lint(vec![exemption("[]")])[0],
        "exemptions/e.yaml:6:9 error pack/unused"
    );
    assert_eq!(lint(vec![exemption("[two]")]), NOTHING);
}

#[test]
fn a_gap_between_memberships_says_what_ended_the_first() {
    let set = |first: &str, second: &str| {
        let keys = format!("members:\n  - {{ place: HK, {first} }}\n  - {{ places: [JP, HK], {second} }}\n");
        vec![
            rule("sets/s", &keys),
            rule("exemptions/e", "when: { flow.to_place: { within: s } }\n"),
        ]
    };
    let gap = "sets/s.yaml:7:40 error pack/date-gap";
    assert_eq!(lint(set("from: 2011-01-01, to: 2012-01-01", "from: 2012-01-03")), [gap]);
    assert_eq!(
        lint(set("from: 2011-01-01, to: 2012-01-01", "from: 2012-01-02")),
        NOTHING
    );
    assert_eq!(
        lint(set(
            "from: 2011-01-01, to: 2012-01-01, ended_by: a war",
            "from: 2012-01-03"
        )),
        NOTHING
    );
    assert_eq!(
        lint(set("from: 2011-01-01, to: 2012-01-01", "from: 2012-01-01")),
        ["sets/s.yaml:8:5 warning pack/date-gap"]
    );
    let on_condition = "from: 2012-01-01, when: { flow.occasional: true }";
    assert_eq!(lint(set("from: 2011-01-01, to: 2012-01-01", on_condition)), NOTHING);
}

#[test]
fn the_windows_of_a_count_cover_the_life_of_the_regime() {
    let count = |windows: &[&str]| {
        let windows: String = windows
            .iter()
            .map(|w| format!("  - {{ effective: {{ {w} }}, since: january_1_of_this_year }}\n"))
            .collect();
        let keys = format!("counts: individuals\nper: exporter\nover: {{ data.personal: true }}\nwindow:\n{windows}");
        vec![
            rule("counts/many", &keys),
            rule("exemptions/e", "when: { count.many: { below: 10 } }\n"),
        ]
    };
    assert_eq!(lint(count(&["to: 2020-01-01", "from: 2020-01-02"])), NOTHING);
    assert_eq!(
        lint(count(&[
            "from: 2010-01-01, to: 2020-01-01",
            "from: 2020-01-02, to: 2029-12-31"
        ])),
        NOTHING
    );
    assert_eq!(
        lint(count(&["to: 2020-01-01", "from: 2020-01-03"])),
        ["counts/many.yaml:11:5 error pack/date-gap"]
    );
    assert_eq!(
        lint(count(&["to: 2020-01-02", "from: 2020-01-02"])),
        ["counts/many.yaml:11:5 error pack/date-gap"]
    );
    assert_eq!(
        lint(count(&["from: 2010-01-02"])),
        ["counts/many.yaml:10:5 error pack/date-gap"]
    );
    assert_eq!(
        lint(count(&["to: 2029-12-30"])),
        ["counts/many.yaml:10:5 error pack/date-gap"]
    );
}

#[test]
fn a_rule_lives_while_its_regime_does() {
    let exemption = |period: &str| {
        vec![rule(
            "exemptions/e",
            &format!("effective: {{ {period} }}\nwhen: {{ data.minors: true }}\n"),
        )]
    };
    assert_eq!(
        lint(exemption("from: 2009-12-31")),
        ["exemptions/e.yaml:6:20 warning pack/date-gap"]
    );
    assert_eq!(
        lint(exemption("to: 2030-01-01")),
        ["exemptions/e.yaml:6:18 warning pack/date-gap"]
    );
    assert_eq!(
        lint(exemption("from: 2030-01-01")),
        ["exemptions/e.yaml:6:12 error pack/never-fires"]
    );
    assert_eq!(lint(exemption("from: 2010-01-01, to: 2029-12-31")), NOTHING);
}

/// An exemption with this condition, beside a set, names, own facts and an open point.
fn exempt(when: &str) -> Vec<(String, String)> {
    let declared = regime(
        "\
readings:
  point: { question: Which?, default: a, options: { a: This., b: That. } }
facts:
  data.colour: { type: [red, green, blue], ask: Which colour? }
  data.seen_on: { type: date, ask: When? }
  entity.listed: { type: bool, ask: Is it? }
places:
  CN-GD: { title: Guangdong }
  CNSZX: { title: Shenzhen, within: CN-GD }
",
    );
    let set = "members:\n  - { place: US, from: 2015-01-01, to: 2019-12-31, when: { importer.listed: true } }\n  - { place: JP, from: 2015-01-01 }\n";
    // A rule that uses all of it, so that nothing is unused.
    let uses = "\
when:
  any:
    - reading: { point: a }
    - data.colour: red
    - data.seen_on: { before: 2011-01-01 }
    - importer.listed: true
    - flow.to_place: { touches: [s, empty, CNSZX] }
    - small
cure: Do it.
";
    vec![
        declared,
        rule("sets/s", set),
        rule("sets/empty", "members: []\n"),
        file("conditions", "small: { data.count: { below: 10 } }\n"),
        rule("duties/d", uses),
        rule("exemptions/e", &format!("when: {{ all: [{when}] }}\n")),
    ]
}

#[test]
fn conditions_that_can_never_hold_are_found() {
    let never = [
        "{ data.minors: true }, { not: { data.minors: true } }",
        "{ flow.kind: backup }, { flow.kind: telemetry }",
        "{ flow.purpose: { any_of: [same, related] } }, { not: { flow.purpose: same } }, { not: { flow.purpose: related } }",
        "{ not: { data.colour: { any_of: [red, green] } } }, { not: { data.colour: blue } }",
        "{ data.subjects_relation: { within: [employee] } }, { data.subjects_relation: { any_of: [patient, student] } }",
        "{ data.purposes: { all_of: [pay, advertise] } }, { data.purposes: { none_of: [pay] } }",
        "{ data.purposes: { any_of: [pay] } }, { data.purposes: { any_of: [mail] } }, { not: { data.purposes: { all_of: [pay, mail] } } }",
        "{ flow.to_place: { within: CNSZX } }, { flow.to_place: { outside: CN } }",
        "{ flow.to_place: { within: [CN, HK] } }, { flow.to_place: { outside: [CN-GD, HK] } }, { flow.to_place: { touches: CNSZX } }",
        "{ flow.to_place: { same_as: flow.from_place } }, { flow.from_place: { within: JP } }, { not: { flow.to_place: { touches: JP } } }",
        "{ not: { flow.to_place: { same_as: flow.from_place } } }, { flow.from_place: { within: CN-GD } }, { flow.to_place: { within: CN } }",
        "{ data.count: { at_least: 10 } }, small",
        "{ data.count: { above: 9 } }, { not: { data.count: { at_least: 10 } } }",
        "{ data.seen_on: { on_or_after: 2020-01-02 } }, { data.seen_on: { before: 2020-01-02 } }",
        "{ data.seen_on: { on_or_before: as_of } }, { as_of: { before: 2015-01-01 } }, { data.seen_on: { after: 2014-12-31 } }",
        "{ as_of: { before: 2010-01-01 } }",
        "{ reading: { point: a } }, { reading: { point: b } }",
        "{ flow.to_place: { within: s } }, { flow.to_place: { touches: US } }, { not: { importer.listed: true } }",
        "{ flow.to_place: { within: s } }, { as_of: { before: 2015-01-01 } }",
        "{ onward.places: { within: s } }, { as_of: { before: 2015-01-01 } }",
        "{ flow.to_place: { within: s } }, { flow.to_place: { touches: US } }, { as_of: { after: 2019-12-31 } }",
        "{ any: [{ flow.kind: backup }, { flow.kind: telemetry }] }, { any: [{ flow.kind: disclosure }, { data.minors: true }] }, { data.minors: false }",
    ];
    for when in never {
        assert_eq!(
            lint(exempt(when)),
            ["exemptions/e.yaml:6:7 error pack/never-fires"],
            "{when}"
        );
    }
}

#[test]
fn conditions_that_can_hold_are_left_alone() {
    let may = [
        "{ data.minors: true }, { not: { flow.occasional: true } }",
        "{ not: { data.colour: { any_of: [red, green] } } }",
        "{ data.subjects_relation: { within: [employee] } }, { data.subjects_relation: { none_of: [employee] } }",
        "{ data.purposes: { any_of: [pay] } }, { data.purposes: { any_of: [mail] } }, { not: { data.purposes: { all_of: [pay, mail, love] } } }",
        "{ not: { data.purposes: { within: [pay] } } }, { data.purposes: { none_of: [mail] } }",
        "{ flow.to_place: { touches: CN } }, { flow.to_place: { outside: CN-GD } }",
        "{ flow.to_place: { touches: CN } }, { flow.to_place: { touches: HK } }, { not: { flow.to_place: { within: [CN, HK] } } }",
        "{ flow.to_place: { same_as: flow.from_place } }, { flow.from_place: { within: CN-GD } }, { flow.to_place: { outside: CN-GD } }",
        "{ not: { flow.to_place: { same_as: flow.from_place } } }, { flow.from_place: { within: [CN, HK] } }, { flow.to_place: { within: [CN, HK] } }",
        "{ data.count: { at_least: 9 } }, small",
        "{ not: { data.seen_on: { on_or_after: 2020-01-02 } } }, { not: { data.seen_on: { before: 2020-01-02 } } }",
        "{ data.seen_on: { after: 2014-12-31 } }, { data.seen_on: { on_or_before: as_of } }, { as_of: { on_or_before: 2015-01-01 } }",
        "{ data.seen_on: { before: { fact: as_of, plus_years: 3 } } }, { data.seen_on: { after: 2012-12-31 } }",
        "{ as_of: { on_or_after: 2010-01-01 } }, { as_of: { before: 2010-01-02 } }",
        "{ flow.to_place: { within: s } }, { flow.to_place: { touches: US } }, { importer.listed: true }",
        "{ flow.to_place: { touches: s } }, { flow.to_place: { touches: US } }, { as_of: { after: 2019-12-31 } }",
        "{ flow.to_place: { within: empty } }",
        "{ not: { flow.to_place: { within: empty } } }, { flow.to_place: { touches: empty } }",
        "{ onward.places: { within: SG } }, { onward.places: { outside: SG } }",
    ];
    for when in may {
        assert_eq!(lint(exempt(when)), NOTHING, "{when}");
    }
}

#[test]
fn names_gates_requirements_and_duties_can_never_hold_either() {
    const BOTH: &str = "{ all: [{ data.minors: true }, { data.minors: false }] }";
    let named = file("conditions", &format!("a: {{ when: {BOTH} }}\n"));
    let uses = rule("exemptions/e", "when: { any: [a, { flow.occasional: true }] }\n");
    assert_eq!(lint(vec![named, uses]), ["conditions.yaml:1:12 error pack/never-fires"]);
    let gates = |gates: &str| vec![rule("mechanisms/m", &format!("gates:\n{gates}"))];
    assert_eq!(
        lint(gates(&format!("  g: {{ when: {BOTH} }}\n"))),
        ["mechanisms/m.yaml:7:14 error pack/never-fires"]
    );
    assert_eq!(lint(gates("  g: { when: never }\n")), NOTHING);
    let apart = "  g: { when: { data.minors: true } }\n  h: { when: { data.minors: false } }\n";
    assert_eq!(lint(gates(apart)), ["mechanisms/m.yaml:7:3 error pack/never-fires"]);
    let duty = |keys: &str| vec![rule("duties/d", &format!("{keys}\ncure: Do it.\n"))];
    assert_eq!(
        lint(duty(&format!("when: {BOTH}"))),
        ["duties/d.yaml:6:7 error pack/never-fires"]
    );
    assert_eq!(lint(duty("when: never")), NOTHING);
    assert_eq!(
        lint(duty("applies: never\nwhen: never")),
        ["duties/d.yaml:6:10 error pack/never-fires"]
    );
    let requirement = |keys: &str| vec![rule("requirements/r", &format!("{keys}\ncure: Do it.\n"))];
    assert_eq!(
        lint(requirement("when: never")),
        ["requirements/r.yaml:6:7 error pack/never-fires"]
    );
    let where_it_binds = "applies: { flow.kind: backup }\nwhen: { not: { flow.kind: backup } }";
    assert_eq!(
        lint(requirement(where_it_binds)),
        ["requirements/r.yaml:7:7 error pack/never-fires"]
    );
    assert_eq!(
        lint(requirement(
            "applies: { flow.kind: backup }\nwhen: { flow.occasional: true }"
        )),
        NOTHING
    );
}

#[test]
fn gates_and_requirements_can_be_met_together() {
    let mechanism = |module: &str| {
        let keys = format!(
            "group: safe\ngates:\n  g: {{ when: {{ flow.kind: backup }} }}\nrequirements:\n  r: {{ when: {{ flow.kind: {module} }}, cure: Do it. }}\n"
        );
        rule("mechanisms/m", &keys)
    };
    assert_eq!(
        lint(vec![mechanism("telemetry")]),
        ["mechanisms/m.yaml:10:3 error pack/never-fires"]
    );
    assert_eq!(lint(vec![mechanism("backup")]), NOTHING);
    let common = |keys: &str| {
        rule(
            "requirements/c",
            &format!("{keys}when: {{ not: {{ flow.kind: backup }} }}\ncure: Do it.\n"),
        )
    };
    assert_eq!(
        lint(vec![mechanism("backup"), common("of: [safe]\n")]),
        ["mechanisms/m.yaml:10:3 error pack/never-fires"]
    );
    assert_eq!(lint(vec![mechanism("backup"), common("layers: [two]\n")]), NOTHING);
    assert_eq!(
        lint(vec![mechanism("backup"), common("effective: { from: 2020-01-01 }\n")]),
        NOTHING
    );
}

#[test]
fn a_rule_that_others_always_forestall_never_decides() {
    let first = |keys: &str| rule("exemptions/a", &format!("{keys}when: {{ data.minors: true }}\n"));
    let second = |keys: &str| {
        rule(
            "exemptions/b",
            &format!("{keys}when: {{ all: [{{ data.minors: true }}, {{ flow.occasional: true }}] }}\n"),
        )
    };
    assert_eq!(
        lint(vec![first(""), second("")]),
        ["exemptions/b.yaml:6:7 error pack/never-fires"]
    );
    assert_eq!(lint(vec![first(""), second("rank: 1\n")]), NOTHING);
    assert_eq!(lint(vec![first("layers: [one]\n"), second("")]), NOTHING);
    assert_eq!(
        lint(vec![first("layers: [one]\n"), second("layers: [one]\n")]),
        ["exemptions/b.yaml:7:7 error pack/never-fires"]
    );
    assert_eq!(
        lint(vec![first("effective: { from: 2020-01-01 }\n"), second("")]),
        NOTHING
    );
    let scope = |rank: u32| {
        let keys = format!(
            "rank: {rank}\nwhen: {{ all: [{{ data.minors: true }}, {{ data.personal: true }}] }}\nthen: in_scope\n"
        );
        rule("scope/minors", &keys)
    };
    let shut = rule(
        "scope/shut",
        "rank: 5\nwhen: { data.minors: true }\nthen: out_of_scope\n",
    );
    assert_eq!(
        lint(vec![scope(1), shut.clone()]),
        ["scope/minors.yaml:7:7 error pack/never-fires"]
    );
    assert_eq!(lint(vec![scope(6), shut]), NOTHING);
}

#[test]
fn two_rules_together_may_forestall_a_third() {
    let young = rule("exemptions/a", "when: { data.minors: true }\n");
    let old = rule("exemptions/b", "when: { data.minors: false }\n");
    let all = rule("exemptions/c", "when: { flow.occasional: true }\n");
    let problems = found(vec![young.clone(), old, all.clone()]);
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems[0].message,
        "the rule never decides: one of the rules before it holds wherever this one does, and prevails"
    );
    assert_eq!(lint(vec![young, all]), NOTHING);
}

#[test]
fn rules_of_one_rank_that_can_both_hold_contradict_each_other() {
    let transit = |keys: &str| {
        rule(
            "transfer/transit",
            &format!("{keys}when: {{ flow.transit_only: true }}\nthen: not_a_transfer\n"),
        )
    };
    let problems = found(vec![transit("")]);
    assert_eq!(
        lint(vec![transit("")]),
        ["transfer/transit.yaml:6:7 error pack/contradiction"]
    );
    assert_eq!(
        problems[0].message,
        "`out` concludes `transfer` and this rule `not_a_transfer`; both can hold, and neither prevails"
    );
    assert_eq!(
        problems[0].help.as_deref(),
        Some(
            "give the one that prevails a higher `rank`; both hold as of 2010-01-01 where `flow.transit_only` is true, \
             `flow.to_place` is not within SG"
        )
    );
    assert_eq!(lint(vec![transit("rank: 1\n")]), NOTHING);
}

#[test]
fn rules_contradict_each_other_only_on_one_day_in_one_layer() {
    let out = |keys: &str| {
        rule(
            "transfer/out",
            &format!("{keys}when: {{ not: {{ flow.to_place: {{ within: SG }} }} }}\nthen: transfer\n"),
        )
    };
    let transit = |keys: &str| {
        rule(
            "transfer/transit",
            &format!("{keys}when: {{ flow.transit_only: true }}\nthen: not_a_transfer\n"),
        )
    };
    let (early, late) = ("effective: { to: 2019-12-31 }\n", "effective: { from: 2020-01-01 }\n");
    assert_eq!(lint(vec![out(early), transit(late)]), NOTHING);
    assert_eq!(
        lint(vec![out(early), transit("effective: { from: 2019-12-31 }\n")]),
        ["transfer/transit.yaml:7:7 error pack/contradiction"]
    );
    assert_eq!(lint(vec![out("layers: [one]\n"), transit("layers: [two]\n")]), NOTHING);
    assert_eq!(
        lint(vec![out("layers: [one]\n"), transit("layers: [one, two]\n")]),
        ["transfer/transit.yaml:7:7 error pack/contradiction"]
    );
}

#[test]
fn what_a_higher_rule_settles_is_no_contradiction() {
    let transit = rule(
        "transfer/transit",
        "when: { flow.transit_only: true }\nthen: not_a_transfer\n",
    );
    let settled = rule(
        "transfer/settled",
        "rank: 1\nwhen: { flow.transit_only: true }\nthen: not_a_transfer\n",
    );
    let problems = lint(vec![transit.clone(), settled]);
    assert_eq!(problems, ["transfer/transit.yaml:6:7 error pack/never-fires"]);
    let partly = rule(
        "transfer/partly",
        "rank: 1\nwhen: { all: [{ flow.transit_only: true }, { not: { flow.to_place: { within: SG } } }] }\nthen: not_a_transfer\n",
    );
    assert_eq!(lint(vec![transit, partly]), NOTHING);
}

#[test]
fn a_contradiction_that_rests_on_what_is_not_decided_is_a_warning() {
    let later =
        "when: { all: [{ flow.transit_only: true }, { flow.to_place: { within: list } }] }\nthen: not_a_transfer\n";
    let problems = lint(vec![
        rule("transfer/transit", later),
        rule("sets/list", "members: []\n"),
    ]);
    assert_eq!(problems, ["transfer/transit.yaml:6:7 warning pack/contradiction"]);
}

#[test]
fn what_nothing_uses_is_a_warning() {
    let unused = regime(
        "\
readings:
  point: { question: Which?, default: a, options: { a: This., b: That. } }
facts:
  data.colour: { type: [red, green, blue], ask: Which colour? }
  entity.listed: { type: bool, ask: Is it? }
categories:
  special: [health]
places:
  CN-GD: { title: Guangdong }
",
    );
    let more = regime("").1.replace(
        "{ ACT: { title: The Act } }",
        "{ ACT: { title: The Act }, ACT-2: { title: Another } }",
    );
    assert_eq!(
        lint(vec![unused.clone()]),
        [
            "regime.yaml:17:3 warning pack/unused",
            "regime.yaml:19:3 warning pack/unused",
            "regime.yaml:20:3 warning pack/unused",
            "regime.yaml:22:3 warning pack/unused",
            "regime.yaml:24:3 warning pack/unused",
        ]
    );
    assert_eq!(
        lint(vec![file("regime", &more)]),
        ["regime.yaml:7:41 warning pack/unused"]
    );
    let cites = (
        "xx/exemptions/e.yaml".to_owned(),
        rule("exemptions/e", "when: { data.minors: true }\n")
            .1
            .replace("s. 1", "s. 1; ACT-2"),
    );
    assert_eq!(lint(vec![file("regime", &more), cites]), NOTHING);
    let uses = "\
when:
  any:
    - reading: { point: a }
    - data.colour: red
    - importer.listed: true
    - data.categories: { any_of: [special] }
    - flow.to_place: { touches: CN-GD }
cure: Do it.
";
    assert_eq!(lint(vec![unused, rule("duties/d", uses)]), NOTHING);
}

#[test]
fn names_sets_and_counts_that_nothing_reads_are_unused() {
    let names = file("conditions", "a: b\nb: { flow.to_place: { within: s } }\n");
    let set = rule("sets/s", "members: [{ place: HK }]\n");
    assert_eq!(
        lint(vec![names.clone(), set.clone()]),
        [
            "conditions.yaml:1:1 warning pack/unused",
            "conditions.yaml:2:1 warning pack/unused",
            "sets/s.yaml:1:5 warning pack/unused",
        ]
    );
    assert_eq!(lint(vec![names, set, rule("exemptions/e", "when: a\n")]), NOTHING);
    let count = "counts: individuals\nper: exporter\nover: { data.personal: true }\nwindow: [{ since: january_1_of_this_year }]\n";
    assert_eq!(
        lint(vec![rule("counts/many", count)]),
        ["counts/many.yaml:1:5 warning pack/unused"]
    );
}

/// One change to the text of a pack.
#[derive(Clone, Debug)]
enum Mutation {
    Delete(usize),
    Double(usize),
    Move(usize, usize),
    Bytes(usize, Vec<u8>),
    Word(usize, &'static str),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let words = proptest::sample::select(vec![
        "always",
        "never",
        "small",
        "{ not: small }",
        "{ rule: e }",
        "{ rule: out }",
        "[s, empty]",
        "{ within: s }",
        "- a",
        "null",
        "2015-01-01",
        "9999-12-31",
        "18446744073709551615",
        "{}",
        "[]",
        "as_of",
        "&a [*a]",
        "? x",
        "\"",
        "none",
        "SG",
        "CNSZX",
    ]);
    prop_oneof![
        any::<usize>().prop_map(Mutation::Delete),
        any::<usize>().prop_map(Mutation::Double),
        any::<(usize, usize)>().prop_map(|(from, to)| Mutation::Move(from, to)),
        (any::<usize>(), proptest::collection::vec(any::<u8>(), 0..6))
            .prop_map(|(at, bytes)| Mutation::Bytes(at, bytes)),
        (any::<usize>(), words).prop_map(|(at, word)| Mutation::Word(at, word)),
    ]
}

fn mutate(text: &str, mutation: &Mutation) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return text.to_owned();
    }
    let length = lines.len();
    match mutation {
        Mutation::Delete(at) => drop(lines.remove(at % length)),
        Mutation::Double(at) => lines.insert(at % length, lines[at % length].clone()),
        Mutation::Move(from, to) => lines[to % length] = lines[from % length].clone(),
        Mutation::Bytes(at, bytes) => {
            let mut all = text.as_bytes().to_vec();
            let at = at % all.len();
            let end = (at + bytes.len()).min(all.len());
            all.splice(at..end, bytes.iter().copied());
            return String::from_utf8_lossy(&all).into_owned();
        }
        // After the last `:` of a line, where most values stand.
        Mutation::Word(at, word) => {
            let line = &mut lines[at % length];
            let end = line.rfind(": ").map_or(line.len(), |colon| colon + 2);
            line.truncate(end);
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_of_a_pack_makes_the_reader_or_the_linter_panic(
        changes in proptest::collection::vec((any::<usize>(), mutation()), 1..6),
    ) {
        let when = "{ any: [small, { flow.to_place: { within: s } }, { data.seen_on: { before: { fact: as_of, plus_days: 3 } } }] }";
        let mut files: Vec<(String, String)> = base();
        files.retain(|(path, _)| path != "xx/regime.yaml");
        files.extend(exempt(when));
        files.push(rule("mechanisms/m", "gates:\n  g:\n    when:\n      reading: { point: b }\nrequirements:\n  r:\n    when: { mechanism.signed: { on_or_before: as_of } }\n    cure: Sign.\n"));
        files.push(rule("counts/many", "counts: individuals\nper: exporter\nover: { data.personal: true }\nwindow:\n  - since: january_1_of_this_year\n"));
        for (at, change) in &changes {
            let length = files.len();
            let (_, text) = &mut files[at % length];
            *text = mutate(text, change);
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let _ = Law::from_texts(&files);
    }
}
