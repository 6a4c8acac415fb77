//! A fifth regime, made up, given as texts and as a folder: judged end to end, and no Rust is touched.

use std::fs;
use std::path::PathBuf;

use transborder::assess::assessment::AssessedMovement;
use transborder::assess::verdict::{DutyState, MechanismState, Verdict};
use transborder::assess::{Assessment, Options, assess};
use transborder::case::run;
use transborder::law::Law;
use transborder::load::Source;
use transborder::outcome::{Headline, Outcome};

use crate::world::read;

/// The Data Act of Freedonia, which claims Andorra as its territory, since Freedonia has no code.
pub(crate) const FREEDONIA: &[(&str, &str)] = &[
    (
        "xf-data-act/regime.yaml",
        "
id: xf-data-act
title: { en: Data Act of Freedonia, pt: Lei de Dados da Freedónia }
territory: [AD]
authority: Ministry of Mirrors
checked_on: 2026-11-22
effective: { from: 2020-01-01 }
instruments:
  ACT: { title: Data Act, from: 2020-01-01 }
layers:
  act: { title: Data Act, status: in_force }
  part-9: { title: Localisation of everything, status: not_commenced }
readings:
  family:
    question: Are parent and subsidiary one recipient?
    default: apart
    options: { apart: Each company is a recipient of its own, together: A group is one recipient }
facts:
  data.state_secret: { type: bool, ask: \"Is it a secret of the state?\", who: legal }
  entity.friend_of_freedonia: { type: bool, ask: \"Is the entity on the list of friends?\", who: legal }
  mechanism.sealed_on: { type: date, ask: \"When was the pledge sealed?\", who: legal }
  mechanism.ribbon: { type: [red, green], ask: \"Which ribbon was tied around it?\", who: legal }
  flow.told: { type: bool, ask: \"Were the people told?\", who: privacy }
categories: { intimate: [health, xf-anthem] }
vocabulary: { xf-anthem: how a person sings the anthem }
otherwise:
  before: { cite: ACT s.1, because: The Act is not law yet. }
  scope: { cite: ACT s.2, because: Nobody is in Freedonia. }
  transfer: { cite: ACT s.3, because: Nothing leaves. }
  mechanism: { cite: ACT s.4, because: Nobody pledged anything. }
",
    ),
    (
        "xf-data-act/sets/friends.yaml",
        "
id: xf-data-act/friends
title: Friendly countries
cite: ACT schedule 1
checked_on: 2026-11-22
confidence: verified
members:
  - { place: SM, from: 2020-01-01, to: 2023-06-30, ended_by: the war, cite: ACT schedule 1 }
  - { place: LI, from: 2020-01-01, when: { importer.friend_of_freedonia: true }, cite: ACT schedule 1 }
",
    ),
    (
        "xf-data-act/conditions.yaml",
        "
intimate: { data.categories: { any_of: [intimate] } }
many_people: { count.people: { at_least: 1000 } }
",
    ),
    (
        "xf-data-act/scope/s2-in-freedonia.yaml",
        "
id: xf-data-act/s2-in-freedonia
title: Done in Freedonia
cite: ACT s.2
confidence: verified
when: { flow.from_place: { touches: AD } }
then: in_scope
because: The data lie in Freedonia.
",
    ),
    (
        "xf-data-act/transfer/s3-out.yaml",
        "
id: xf-data-act/s3-out
title: Out of Freedonia
cite: ACT s.3
confidence: verified
when: { not: { flow.to_place: { within: AD } } }
then: transfer
because: The data leave Freedonia.
",
    ),
    (
        "xf-data-act/transfer/s3-family.yaml",
        "
id: xf-data-act/s3-family
title: Within a family
cite: ACT s.3(2)
rank: 10
confidence: interpretation
when: { all: [{ reading: { family: together } }, { parties.same_group: true }] }
then: not_a_transfer
because: The data stay in the family.
",
    ),
    (
        "xf-data-act/blocks/s9-secret.yaml",
        "
id: xf-data-act/s9-secret
title: State secret
cite: ACT s.9
confidence: verified
when: { data.state_secret: true }
then: non_exempt
because: No secret of the state leaves.
",
    ),
    (
        "xf-data-act/blocks/s99-nothing-leaves.yaml",
        "
id: xf-data-act/s99-nothing-leaves
title: Nothing leaves
cite: ACT s.99
layers: [part-9]
confidence: verified
when: { rule: s3-out }
then: non_exempt
because: Under Part 9 nothing may leave at all.
",
    ),
    (
        "xf-data-act/exemptions/s5-friend.yaml",
        "
id: xf-data-act/s5-friend
title: To a friend
cite: ACT s.5
confidence: verified
when: { all: [{ flow.to_place: { within: friends } }, { not: many_people }] }
then: exempt
because: The country is friendly, and no crowd is sent there.
",
    ),
    (
        "xf-data-act/mechanisms/s6-pledge.yaml",
        "
id: xf-data-act/s6-pledge
title: Pledge
cite: ACT s.6
confidence: verified
gates:
  not-intimate: { when: { not: intimate }, cite: ACT s.6(2), because: A pledge is no comfort for intimate data. }
requirements:
  sealed: { when: { mechanism.sealed_on: { on_or_before: as_of } }, cite: ACT s.6(3), cure: Have it sealed. }
  ribbon: { when: { mechanism.ribbon: green }, cite: ACT s.6(4), cure: Tie a green ribbon. }
then: covered
because: The recipient has pledged itself.
",
    ),
    (
        "xf-data-act/duties/s7-tell.yaml",
        "
id: xf-data-act/s7-tell
title: Tell the people
cite: ACT s.7
confidence: verified
applies: { rule: s3-out }
when: { flow.told: true }
cure: Tell them.
because: People like to know.
",
    ),
    (
        "xf-data-act/counts/people.yaml",
        "
id: xf-data-act/people
title: People whose data one exporter sends out
cite: ACT s.5(2)
counts: individuals
per: exporter
over: { rule: s3-out }
window: [{ effective: { from: 2020-01-01 }, since: january_1_of_this_year }]
confidence: verified
",
    ),
];

/// A hotel in Freedonia that sends guests to San Marino and staff to a bureau there.
fn map(as_of: &str, guests: u64, pledge: &str) -> String {
    format!(
        "
transborder: 1
as_of: {as_of}
entities:
  hotel: {{ established_in: [AD], kind: company, parent: chain }}
  chain: {{ established_in: [SM], kind: company, parent: none }}
  bureau: {{ established_in: [SM], kind: company, parent: none }}
assets:
  guests: {{ controller: hotel, categories: [name], collected_in: [AD], xf-data-act: {{ state_secret: false }},
    subjects: [{{ group: guests, located_in: AD, count: {guests}, overlaps: none }}] }}
  staff: {{ controller: hotel, categories: [name, payroll], collected_in: [AD], xf-data-act: {{ state_secret: false }},
    subjects: [{{ group: staff, located_in: AD, count: 600, overlaps: none }}] }}
  singing: {{ controller: hotel, categories: [xf-anthem], collected_in: [AD], xf-data-act: {{ state_secret: false }},
    subjects: [{{ group: staff, located_in: AD, count: 600, overlaps: none }}] }}
  odd: {{ controller: hotel, categories: [name], collected_in: [AD] }}
processors:
  desk: {{ operator: hotel, located_in: AD }}
  back-office: {{ operator: hotel, located_in: AD }}
  chain-crm: {{ operator: chain, acts_for: none, located_in: SM }}
  payroll: {{ operator: bureau, acts_for: hotel, located_in: SM }}
flows:
  to-chain: {{ from: desk, to: chain-crm, carries: [guests], kind: transmission, xf-data-act: {{ told: false }} }}
  to-bureau: {{ from: desk, to: payroll, carries: [staff, singing], kind: transmission, xf-data-act: {{ told: true }} }}
  inside: {{ from: desk, to: back-office, carries: [guests], kind: transmission }}
mechanisms:
  pledge: {{ type: xf-data-act/s6-pledge, between: [hotel, bureau]{pledge} }}
"
    )
}

fn freedonia() -> Law {
    match Law::from_texts(FREEDONIA) {
        Ok(law) => {
            assert!(law.warnings().is_empty(), "{}", law.warnings());
            law
        }
        Err(problems) => panic!("{problems}"),
    }
}

fn said(text: &str, options: &Options) -> Assessment {
    let law = freedonia();
    assess(&read(text, &law), &law, options).unwrap()
}

#[track_caller]
fn movement<'a>(assessment: &'a Assessment, flow: &str, asset: &str) -> &'a AssessedMovement {
    let found = assessment.movements.iter().find(|m| m.flow == flow && m.asset == asset);
    found.unwrap_or_else(|| panic!("no movement {flow}/{asset}"))
}

#[track_caller]
fn verdict<'a>(assessment: &'a Assessment, flow: &str, asset: &str, layer: &str) -> &'a Verdict {
    let verdicts = &movement(assessment, flow, asset).verdicts;
    &verdicts
        .iter()
        .find(|judged| judged.verdict.layer == layer)
        .unwrap()
        .verdict
}

#[track_caller]
fn outcome(assessment: &Assessment, flow: &str, asset: &str) -> Headline {
    verdict(assessment, flow, asset, "act").outcome
}

const SEALED: &str = ", sealed_on: 2020-02-01, ribbon: green";

#[test]
fn a_country_is_friendly_until_the_day_it_is_not() {
    // Guests and staff are 900 people, not yet a crowd.
    let friendly = said(&map("2023-06-30", 300, SEALED), &Options::new());
    assert_eq!(
        outcome(&friendly, "to-chain", "guests"),
        Headline::Firm(Outcome::Exempt)
    );
    let verdict_of_friend = verdict(&friendly, "to-chain", "guests", "act");
    assert_eq!(
        verdict_of_friend.decided_by.rule.as_deref(),
        Some("xf-data-act/s5-friend")
    );
    let at_war = said(&map("2023-07-01", 300, SEALED), &Options::new());
    assert_eq!(
        outcome(&at_war, "to-chain", "guests"),
        Headline::Firm(Outcome::NonExempt)
    );
}

#[test]
fn the_people_of_two_flows_are_counted_together() {
    // 400 guests and 600 staff leave: a thousand, and neither flow is exempt any more. The staff are counted once,
    // although they go twice.
    let crowd = said(&map("2023-06-30", 400, SEALED), &Options::new());
    assert_eq!(
        outcome(&crowd, "to-chain", "guests"),
        Headline::Firm(Outcome::NonExempt)
    );
    assert_eq!(outcome(&crowd, "to-bureau", "staff"), Headline::Firm(Outcome::Covered));
    let just_under = said(&map("2023-06-30", 399, SEALED), &Options::new());
    assert_eq!(
        outcome(&just_under, "to-chain", "guests"),
        Headline::Firm(Outcome::Exempt)
    );
    assert_eq!(
        outcome(&just_under, "to-bureau", "staff"),
        Headline::Firm(Outcome::Exempt)
    );
}

#[test]
fn a_pledge_covers_is_unfinished_or_void() {
    let day = "2024-01-01";
    let whole = said(&map(day, 300, SEALED), &Options::new());
    assert_eq!(outcome(&whole, "to-bureau", "staff"), Headline::Firm(Outcome::Covered));
    // Sealed the day after: not sealed yet.
    let unsealed = said(&map(day, 300, ", sealed_on: 2024-01-02, ribbon: red"), &Options::new());
    let staff = verdict(&unsealed, "to-bureau", "staff", "act");
    assert_eq!(staff.outcome, Headline::Firm(Outcome::Incomplete));
    let missing: Vec<&str> = staff.mechanisms[0]
        .missing
        .iter()
        .map(|part| part.name.as_str())
        .collect();
    assert_eq!(missing, ["sealed", "ribbon"]);
    // How somebody sings is intimate, by the pack's own word: the best pledge cannot carry it.
    let singing = verdict(&whole, "to-bureau", "singing", "act");
    assert_eq!(singing.outcome, Headline::Firm(Outcome::NonExempt));
    assert_eq!(singing.mechanisms[0].state, MechanismState::Void);
    assert_eq!(singing.mechanisms[0].failed[0].name, "not-intimate");
    assert!(!singing.eligible.contains(&"xf-data-act/s6-pledge".to_owned()));
    // Of a pledge of which nothing is said it is not known whether it is sealed.
    let open = said(&map(day, 300, ""), &Options::new());
    let staff = verdict(&open, "to-bureau", "staff", "act");
    assert_eq!(
        (staff.outcome, staff.best, staff.worst),
        (Headline::Undetermined, Outcome::Covered, Outcome::Incomplete)
    );
    assert!(staff.ask.contains(&"mechanism.sealed_on".to_owned()), "{:?}", staff.ask);
    // The pledge is between the hotel and the bureau, so it does nothing for the chain.
    assert_eq!(
        outcome(&whole, "to-chain", "guests"),
        Headline::Firm(Outcome::NonExempt)
    );
}

#[test]
fn a_reading_decides_whether_a_family_is_one_recipient_and_is_shown() {
    let text = map("2024-01-01", 300, SEALED);
    let apart = said(&text, &Options::new());
    let guests = verdict(&apart, "to-chain", "guests", "act");
    assert_eq!(guests.outcome, Headline::Firm(Outcome::NonExempt));
    assert!(
        guests
            .readings
            .iter()
            .any(|used| used.point == "family" && used.reading == "apart")
    );
    let together = said(&text, &Options::new().reading("xf-data-act", "family", "together"));
    assert_eq!(
        outcome(&together, "to-chain", "guests"),
        Headline::Firm(Outcome::NotATransfer)
    );
    // The bureau is no family.
    assert_eq!(
        outcome(&together, "to-bureau", "staff"),
        Headline::Firm(Outcome::Covered)
    );
}

#[test]
fn a_layer_that_has_not_commenced_is_judged_apart() {
    let assessment = said(&map("2023-06-30", 300, SEALED), &Options::new());
    assert_eq!(
        outcome(&assessment, "to-chain", "guests"),
        Headline::Firm(Outcome::Exempt)
    );
    let part_9 = verdict(&assessment, "to-chain", "guests", "part-9");
    assert_eq!(part_9.outcome, Headline::Firm(Outcome::NonExempt));
    assert_eq!(
        part_9.decided_by.rule.as_deref(),
        Some("xf-data-act/s99-nothing-leaves")
    );
}

#[test]
fn a_duty_unmet_stands_beside_an_exempt_transfer() {
    let assessment = said(&map("2023-06-30", 300, SEALED), &Options::new());
    let state = |flow, asset| verdict(&assessment, flow, asset, "act").duties[0].state;
    assert_eq!(state("to-chain", "guests"), DutyState::Unmet);
    assert_eq!(state("to-bureau", "staff"), DutyState::Met);
    assert!(
        assessment
            .findings
            .iter()
            .any(|finding| finding.rule.as_deref() == Some("xf-data-act/s7-tell"))
    );
    // Where nothing is transferred nothing is owed.
    assert!(verdict(&assessment, "inside", "guests", "act").duties.is_empty());
    assert_eq!(
        outcome(&assessment, "inside", "guests"),
        Headline::Firm(Outcome::NotATransfer)
    );
}

#[test]
fn before_its_first_day_the_act_says_nothing() {
    let assessment = said(&map("2019-12-31", 300, SEALED), &Options::new());
    for movement in &assessment.movements {
        for judged in &movement.verdicts {
            assert_eq!(judged.verdict.outcome, Headline::Firm(Outcome::OutOfScope));
        }
    }
    assert!(assessment.findings.iter().all(|finding| finding.regime.is_none()));
}

#[test]
fn a_fact_left_out_blocks_nothing_and_clears_nothing() {
    // Nobody says whether it is a secret of the state.
    let text = map("2023-06-30", 300, SEALED).replace(
        "xf-data-act: { state_secret: false },\n    subjects: [{ group: guests",
        "\n    subjects: [{ group: guests",
    );
    let guests = said(&text, &Options::new());
    let guests = verdict(&guests, "to-chain", "guests", "act");
    assert_eq!(
        (guests.outcome, guests.best, guests.worst),
        (Headline::Undetermined, Outcome::Exempt, Outcome::NonExempt)
    );
    assert_eq!(guests.ask, ["data.state_secret"]);
}

/// The pack in a folder of its own, gone when dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn texts_and_folders_are_the_same_law() {
    let folder = Folder::new("freedonia");
    for (path, text) in FREEDONIA {
        folder.write(path, text);
    }
    // A folder of regimes, and the folder of one.
    for path in [folder.0.clone(), folder.0.join("xf-data-act")] {
        let law = Law::from_folders(&[path]).unwrap();
        let text = map("2024-01-01", 300, SEALED);
        let of_folder = assess(&read(&text, &law), &law, &Options::new()).unwrap();
        let of_texts = said(&text, &Options::new());
        let outcomes = |assessment: &Assessment| -> Vec<String> {
            assessment.findings.iter().map(|finding| finding.id.clone()).collect()
        };
        assert!(!of_texts.findings.is_empty());
        assert_eq!(outcomes(&of_folder), outcomes(&of_texts));
    }
}

#[cfg(feature = "packs")]
#[test]
fn it_stands_beside_the_built_in_law() {
    let folder = Folder::new("freedonia-beside");
    for (path, text) in FREEDONIA {
        folder.write(path, text);
    }
    let law = Law::with_folders(std::slice::from_ref(&folder.0)).unwrap();
    let assessment = assess(&read(&map("2024-01-01", 300, SEALED), &law), &law, &Options::new()).unwrap();
    let regimes: Vec<&str> = assessment.law.iter().map(|regime| regime.id.as_str()).collect();
    assert_eq!(regimes.len(), crate::world::regimes().len() + 1);
    assert!(regimes.contains(&"xf-data-act"), "{regimes:?}");
}

/// The pack with one text put for another in one of its files.
fn with(path: &str, old: &str, new: &str) -> Result<Law, String> {
    let mut files: Vec<(&str, String)> = FREEDONIA
        .iter()
        .map(|(path, text)| (*path, (*text).to_owned()))
        .collect();
    let file = files.iter_mut().find(|(name, _)| name.ends_with(path)).unwrap();
    assert!(file.1.contains(old), "{path} has no {old}");
    file.1 = file.1.replace(old, new);
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    Law::from_texts(&files).map_err(|problems| problems.to_string())
}

#[test]
fn a_slip_of_the_pen_is_an_error_with_its_line() {
    let slips = [
        (
            "s9-secret.yaml",
            "data.state_secret: true",
            "data.state_secrets: true",
            "data.state_secret",
        ),
        (
            "s9-secret.yaml",
            "data.state_secret: true",
            "data.state_secret: { at_least: 3 }",
            "`true`",
        ),
        ("s5-friend.yaml", "within: friends", "within: fiends", "fiends"),
        ("s5-friend.yaml", "not: many_people", "not: many_poeple", "many_people"),
        ("s5-friend.yaml", "cite: ACT s.5", "cite: CODE s.5", "CODE"),
        ("s5-friend.yaml", "then: exempt", "then: covered", "covered"),
        ("s3-out.yaml", "id: xf-data-act/s3-out", "id: xf-data-act/s3-in", "s3"),
        ("s3-family.yaml", "family: together", "family: united", "united"),
        ("s2-in-freedonia.yaml", "touches: AD", "touches: ZZ", "ZZ"),
        (
            "s6-pledge.yaml",
            "mechanism.ribbon: green",
            "mechanism.ribbon: blue",
            "blue",
        ),
        ("people.yaml", "rule: s3-out", "rule: s3-outer", "s3-outer"),
        (
            "regime.yaml",
            "status: not_commenced",
            "status: not_commenced, from: 2020-01-01",
            "no first day",
        ),
    ];
    for (file, old, new, named) in slips {
        match with(file, old, new) {
            Ok(_) => panic!("{file}: `{new}` was accepted"),
            Err(problems) => {
                assert!(problems.contains(named), "{file}: `{new}`\n{problems}");
                // The file, the line and the column.
                assert!(problems.contains(&format!("{file}:")), "{file}: `{new}`\n{problems}");
            }
        }
    }
}

#[test]
fn a_period_that_is_too_long_to_be_meant_loses_no_rule() {
    // A rule that cannot be read would be a rule less.
    let years = |years: u32| format!("on_or_before: {{ fact: as_of, plus_years: {years} }}");
    let pledge = |when: &str| with("s6-pledge.yaml", "on_or_before: as_of", when);
    let problems = pledge(&years(10_000)).unwrap_err();
    assert!(
        problems.contains(
            "s6-pledge.yaml:9:85: error[file/wrong-type]: expected a number below 10000, found the number `10000`"
        ),
        "{problems}"
    );
    let law = pledge(&years(9_999)).unwrap();
    assert_eq!(law.packs()[0].heads().count(), FREEDONIA.len() - 2);
}

#[test]
fn an_option_called_like_the_key_of_the_point_is_refused_where_a_conclusion_hangs_on_it() {
    let mut files: Vec<(&str, String)> = FREEDONIA
        .iter()
        .map(|(path, text)| {
            let text = text.replace("together: A group", "reading: The reading, together: A group");
            let by_reading = "then: { reading: family, apart: covered, together: exempt }";
            (*path, text.replace("then: covered", by_reading))
        })
        .collect();
    let law = |files: &[(&str, String)]| {
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        Law::from_texts(&files).map_err(|problems| problems.to_string())
    };
    let problems = law(&files).unwrap_err();
    assert!(
        problems.contains("s6-pledge.yaml:11:18: error[pack/name-clash]: an option of `family` is called like the key"),
        "{problems}"
    );
    // Elsewhere it is a word like another.
    files.retain(|(path, _)| !path.ends_with("s6-pledge.yaml"));
    assert!(law(&files).is_ok());
}

#[test]
fn law_in_force_is_not_put_off_by_taking_it_as_commenced() {
    let commenced = |layer: &str, from: &str| freedonia().commence("xf-data-act", layer, from.parse().ok());
    for from in ["", "2030-01-01", "0001-01-01"] {
        assert!(commenced("act", from).is_err(), "{from}");
    }
    // What is brought forward stays so.
    let law = commenced("part-9", "2030-01-01").unwrap();
    let earlier = law.clone().commence("xf-data-act", "part-9", "2027-01-01".parse().ok());
    assert_eq!(earlier.unwrap().packs()[0].layers[1].from, "2027-01-01".parse().ok());
    assert!(
        law.commence("xf-data-act", "part-9", "2030-01-02".parse().ok())
            .is_err()
    );
}

#[test]
fn what_several_layers_say_together_is_not_expected_of_one() {
    let case = "title: The chain
facts: { as_of: 2021-01-01, flow.from_place: [AD], flow.to_place: [SM], data.state_secret: true }
expect: { outcome: non_exempt, layers: { part-9: { outcome: non_exempt, combined: exempt } } }
";
    let problems = run(&Source::from_text("chain.yaml", case), "xf-data-act", &freedonia()).unwrap_err();
    assert!(
        problems
            .to_string()
            .contains("chain.yaml:3:73: error[file/unknown-key]: unknown key `combined`"),
        "{problems}"
    );
}

#[test]
fn conditions_that_lead_back_to_themselves_are_refused() {
    let circular = with(
        "conditions.yaml",
        "intimate: { data.categories: { any_of: [intimate] } }",
        "intimate: { not: more_than_intimate }\nmore_than_intimate: { all: [intimate] }",
    );
    assert!(circular.unwrap_err().contains("intimate"));
    // A count over a rule that reads the count.
    let count = with("people.yaml", "over: { rule: s3-out }", "over: { not: many_people }");
    assert!(count.is_err(), "a count that counts by itself was accepted");
    // A rule that is its own condition.
    let rule = with(
        "s9-secret.yaml",
        "when: { data.state_secret: true }",
        "when: { not: { rule: s9-secret } }",
    );
    assert!(rule.is_err(), "a rule that holds if it does not hold was accepted");
}
