//! What changes after the day of judgement: on which day, why, and that no day is missed.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use transborder::assess::forecast::{Cause, Change, Forecast, Standing, Way, forecast};
use transborder::assess::{Options, assess};
use transborder::date::{Date, Period};
use transborder::error::Error;
use transborder::law::Law;
use transborder::law::changes::{Change as LawChange, Thing, What};
use transborder::law::pack::Status;
use transborder::model::Map;
use transborder::outcome::{Headline, Outcome};
use transborder::report;

use crate::dice::{Dice, PLACES};
use crate::random_maps::{Kind, random_map};
use crate::world::{LAW, read};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn ahead(map: &str, until: &str) -> Forecast {
    forecast(&read(map, &LAW), &LAW, &Options::new(), Some(day(until))).unwrap()
}

/// Of each change of a regime the day, and the outcome before and after.
fn said(forecast: &Forecast, regime: &str) -> Vec<(String, String, String)> {
    let of_regime = forecast.changes.iter().filter(|change| change.regime == regime);
    let outcome = |change: &Change| (change.before.outcome.to_string(), change.after.outcome.to_string());
    of_regime
        .map(|change| {
            let (before, after) = outcome(change);
            (change.day.clone(), before, after)
        })
        .collect()
}

fn changed(days: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let owned =
        |(day, before, after): &(&str, &str, &str)| ((*day).to_owned(), (*before).to_owned(), (*after).to_owned());
    days.iter().map(owned).collect()
}

/// The changes of the law that a change is put down to.
fn of_law(change: &Change) -> Vec<&LawChange> {
    let causes = change.causes.iter();
    let of_law = causes.filter_map(|cause| match cause {
        Cause::Law(change) => Some(change.as_ref()),
        Cause::Date { .. } => None,
    });
    of_law.collect()
}

/// A shop in Ireland that sends its orders to a provider elsewhere.
pub(crate) fn shop(as_of: &str, place: &str, mechanisms: &str) -> String {
    format!(
        "
transborder: 1
as_of: {as_of}
entities:
  shop: {{ established_in: [IE], kind: company, parent: none }}
  provider: {{ established_in: [{place}], kind: company, parent: none, eu-gdpr: {{ targets_eea: none }} }}
assets:
  orders: {{ personal: true, state: clear, categories: [name, contact], controller: shop, collected_in: [IE],
    collected_from: person, subjects: [{{ group: buyers, located_in: IE, count: 40, relation: customer, minors: false }}],
    eu-gdpr: {{ related_to_targeting: false }} }}
processors:
  till: {{ operator: shop, located_in: IE }}
  store: {{ operator: provider, acts_for: shop, located_in: {place} }}
flows:
  sync: {{ from: till, to: store, carries: [orders], kind: transmission, access: actual, purpose: same, protection: none,
    transit_only: false, initiated_by: exporter, eu-gdpr: {{ excluded_activity: none, uk_immigration_control: false }} }}
{mechanisms}"
    )
}

// The renewed decision on the United Kingdom ends on 27 December 2031.
#[test]
fn adequacy_that_ends_leaves_a_transfer_uncovered() {
    let map = shop("2026-11-01", "GB", "");
    let ahead_of = ahead(&map, "2032-12-31");
    assert_eq!(
        said(&ahead_of, "eu-gdpr"),
        changed(&[("2031-12-28", "exempt", "non_exempt")])
    );
    let [change] = ahead_of.changes.as_slice() else {
        panic!("{:?}", ahead_of.changes)
    };
    assert_eq!((change.flow.as_str(), change.asset.as_str()), ("sync", "orders"));
    assert_eq!((change.way, change.needs_attention), (Way::Worse, true));
    assert_eq!(change.before.rule.as_deref(), Some("eu-gdpr/art-45-adequacy"));
    assert_eq!(change.after.rule, None);
    // Its end is all that happens to the United Kingdom on that day.
    let [ends] = of_law(change)[..] else {
        panic!("{:?}", change.causes)
    };
    assert_eq!((ends.what, ends.id.as_str()), (What::Ends, "eu-gdpr/adequate"));
    assert!(
        matches!(&ends.thing, Thing::Member { places, .. } if places.len() == 1 && places[0].code == "GB"),
        "{ends:?}"
    );
    assert!(ahead_of.gets_worse());
    // The last day itself is looked at, the day before is not enough.
    assert!(ahead(&map, "2031-12-27").changes.is_empty());
    assert_eq!(ahead(&map, "2031-12-28").changes.len(), 1);
    let text = report::forecast::render(&ahead_of, None, "en");
    assert!(
        text.contains("\n2031-12-28  eu-gdpr  exempt -> non_exempt\n    sync (orders)\n"),
        "{text}"
    );
    assert!(
        text.contains("why: entry of United Kingdom (GB) in the list adequate ends: "),
        "{text}"
    );
    assert!(
        text.contains("(cn-pipl on 2026-11-22, eu-gdpr on 2026-11-22,"),
        "{text}"
    );
}

// In the transition period the Regulation still bound those in the United Kingdom; in the bridge sending there was no
// transfer to a third country either; from 28 June 2021 it is one, to a country with a decision.
#[test]
fn the_united_kingdom_leaves_in_two_steps() {
    let ahead_of = ahead(&shop("2020-06-01", "GB", ""), "2021-12-31");
    let adequate: Vec<&Change> = ahead_of
        .changes
        .iter()
        .filter(|change| change.day == "2021-06-28")
        .collect();
    let [change] = adequate.as_slice() else {
        panic!("{:?}", ahead_of.changes)
    };
    assert_eq!(change.regime, "eu-gdpr");
    assert_eq!(change.before.outcome, Headline::Firm(Outcome::NotATransfer));
    assert_eq!(change.before.rule.as_deref(), Some("eu-gdpr/art-44-importer-in-eea"));
    assert_eq!(change.after.outcome, Headline::Firm(Outcome::Exempt));
    assert_eq!(change.after.rule.as_deref(), Some("eu-gdpr/art-45-adequacy"));
    assert!(!change.needs_attention && !ahead_of.gets_worse());
    let causes: Vec<(What, &str)> = of_law(change).iter().map(|law| (law.what, law.id.as_str())).collect();
    assert!(causes.contains(&(What::Ends, "eu-gdpr/uk-bridge")), "{causes:?}");
    assert!(causes.contains(&(What::Begins, "eu-gdpr/adequate")), "{causes:?}");
}

// Decision 2021/914 Art. 4: the clauses of 2010 serve until 27 December 2022; we take that day as the last.
#[test]
fn the_old_clauses_serve_until_the_end_of_their_transition() {
    let clauses = "mechanisms:
  old-clauses: { type: eu-gdpr/art-46-5-scc-2010, between: [shop, provider], signed: 2020-03-01,
    processing_unchanged: true, assessment_done: true, assessment_result: ok }
";
    let ahead_of = ahead(&shop("2021-01-01", "IN", clauses), "2023-01-31");
    let worse: Vec<&Change> = ahead_of
        .changes
        .iter()
        .filter(|change| change.way == Way::Worse)
        .collect();
    let [change] = worse.as_slice() else {
        panic!("{:?}", ahead_of.changes)
    };
    assert_eq!(change.day, "2022-12-28");
    assert_eq!(change.before.outcome, Headline::Firm(Outcome::Covered));
    assert_eq!(change.after.outcome, Headline::Firm(Outcome::NonExempt));
    let serves_no_more = |law: &&LawChange| {
        let over = matches!(law.thing, Thing::Condition { holds: false, with, .. } if with == day("2022-12-27"));
        over && law.what == What::Changes && law.id == "eu-gdpr/art-46-5-scc-2010"
    };
    assert!(of_law(change).iter().any(serves_no_more), "{:?}", change.causes);
}

/// A platform in Guangzhou with two million people, and what it holds.
fn platform(mechanism: &str) -> String {
    format!(
        "
transborder: 1
as_of: 2026-11-01
entities:
  platform: {{ established_in: [CNCAN], kind: company, cn-pipl: {{ ciio: false, splits_volume: false,
    ftz_registered: false }} }}
  agency: {{ established_in: [JP], kind: company, cn-pipl: {{ on_art_42_list: false }} }}
assets:
  members: {{ personal: true, state: clear, categories: [name, contact], controller: platform, collected_in: [CN],
    subjects: [{{ group: members, located_in: CN, count: 2000000, relation: customer }}], legal_basis: contract,
    cn-pipl: {{ important: none_notified }} }}
processors:
  shop: {{ operator: platform, located_in: CNCAN }}
  desk: {{ operator: agency, located_in: JP, acts_for: none }}
flows:
  to-japan: {{ from: shop, to: desk, carries: [members], kind: transmission, cn-pipl: {{ needed_for: [], notice_given: true,
    impact_assessment: true }} }}
mechanisms:
  assessment: {{ type: cn-pipl/security-assessment, between: [platform, agency], {mechanism} }}
"
    )
}

// Order 16 Art. 9: the result serves three years from its issue, so on 31 May 2027 for the last time.
#[test]
fn a_security_assessment_runs_out_after_three_years() {
    let held = "result: passed, issued_on: 2024-06-01, extended: false, within_scope: true, change: unchanged";
    let ahead_of = ahead(&platform(held), "2031-11-01");
    assert_eq!(
        said(&ahead_of, "cn-pipl"),
        changed(&[("2027-06-01", "covered", "non_exempt")])
    );
    let date = Cause::Date {
        at: "mechanisms.assessment.issued_on".to_owned(),
        date: "2024-06-01".to_owned(),
        moved: Some("plus 3 years".to_owned()),
    };
    assert_eq!(ahead_of.changes[0].causes, [date]);
    // The people are counted anew each year, and nobody knows yet how many they will be.
    let ordinary = ahead_of
        .anew
        .iter()
        .find(|count| count.count == "cn-pipl/ordinary")
        .unwrap();
    assert_eq!(
        ordinary.days,
        ["2027-01-01", "2028-01-01", "2029-01-01", "2030-01-01", "2031-01-01"]
    );
}

#[test]
fn what_is_valid_until_a_day_is_over_on_the_next() {
    let held = "result: passed, issued_on: 2023-11-01, extended: false, valid_until: 2026-11-15, within_scope: true,
    change: unchanged";
    // Issued before Order 16: three years at most, and only as long as the notice says.
    let text = platform(held).replace("as_of: 2026-11-01", "as_of: 2026-06-01");
    let source = transborder::Source::from_text("map.yaml", &text);
    let until = Some(day("2027-06-01"));
    let over = |text: &str| {
        let ahead_of = forecast(&read(text, &LAW), &LAW, &Options::new(), until).unwrap();
        (said(&ahead_of, "cn-pipl"), ahead_of)
    };
    let (days, _) = over(&text);
    assert_eq!(days, changed(&[("2026-11-01", "covered", "non_exempt")]));
    let printed = text.replace("2026-11-15", "2026-08-15");
    let (days, ahead_of) = over(&printed);
    assert_eq!(days, changed(&[("2026-08-16", "covered", "non_exempt")]));
    let shown = report::forecast::render(&ahead_of, Some(&source), "en");
    let line = text.lines().position(|line| line.contains("valid_until")).unwrap() + 1;
    assert!(
        shown.contains(&format!(
            "why: mechanisms.assessment.valid_until is 2026-08-15 (map.yaml:{line})"
        )),
        "{shown}"
    );
    // Extended: the three years no longer matter, the day the notice says does.
    let extended = text.replace("extended: false", "extended: true");
    assert_eq!(over(&extended).0, changed(&[("2026-11-16", "covered", "non_exempt")]));
}

#[test]
fn a_flow_at_home_never_changes() {
    let ahead_of = ahead(&shop("2026-11-01", "FR", ""), "2060-01-01");
    assert!(ahead_of.changes.is_empty() && ahead_of.anew.is_empty(), "{ahead_of:?}");
    assert!(!ahead_of.gets_worse());
    let text = report::forecast::render(&ahead_of, None, "en");
    assert!(text.contains("Nothing changes"), "{text}");
}

#[test]
fn a_forecast_looks_five_years_ahead_and_never_back() {
    let map = read(&shop("2026-11-01", "GB", ""), &LAW);
    let five = forecast(&map, &LAW, &Options::new(), None).unwrap();
    assert_eq!((five.as_of.as_str(), five.until.as_str()), ("2026-11-01", "2031-11-01"));
    let on = |as_of: &str| forecast(&map, &LAW, &Options::new().as_of(day(as_of)), Some(day("2031-12-28")));
    assert_eq!(on("2031-12-27").unwrap().changes.len(), 1);
    assert!(matches!(on("2031-12-28"), Err(Error::NothingAhead { .. })));
    let timeless = read(&shop("2026-11-01", "GB", "").replace("as_of: 2026-11-01\n", ""), &LAW);
    assert!(matches!(
        forecast(&timeless, &LAW, &Options::new(), None),
        Err(Error::NoDay)
    ));
}

// A made-up law in which everything hangs on dates, by every shape in which a condition can name one.

const CALENDAR: &[(&str, &str)] = &[
    (
        "xf-calendar/regime.yaml",
        "
id: xf-calendar
title: Calendar Act of Freedonia
territory: [AD]
authority: Ministry of Clocks
checked_on: 2026-11-22
effective: { from: 2020-02-01, to: 2022-10-31 }
instruments: { ACT: { title: Calendar Act, from: 2020-02-01 }, BYE: { title: Bye-law, from: 2021-06-21 } }
layers: { act: { title: Calendar Act, status: in_force }, draft: { title: Draft, status: not_commenced } }
readings: {}
facts:
  entity.member_since: { type: date, ask: \"Since when is it a member?\", who: legal }
  data.fresh_until: { type: date, ask: \"Until when is it fresh?\", who: legal }
  flow.begun_on: { type: date, ask: \"When did it begin?\", who: legal }
  mechanism.sealed_on: { type: date, ask: \"When was it sealed?\", who: legal }
otherwise:
  before: { cite: ACT s.1, because: It is not the law. }
  scope: { cite: ACT s.2, because: Nobody is there. }
  transfer: { cite: ACT s.3, because: Nothing leaves. }
  mechanism: { cite: ACT s.4, because: Nothing is held. }
",
    ),
    (
        "xf-calendar/sets/friends.yaml",
        "
id: xf-calendar/friends
title: Friends
cite: ACT s.5
checked_on: 2026-11-22
confidence: verified
members:
  - { place: SM, from: 2020-02-01, to: 2020-12-31, ended_by: the war, cite: ACT s.5 }
  - { place: LI, from: 2021-03-15, when: { importer.member_since: { on_or_before: { fact: as_of, plus_months: 6 } } }, cite: ACT s.5 }
",
    ),
    (
        "xf-calendar/conditions.yaml",
        "
in_summer: { all: [{ as_of: { on_or_after: 2021-06-21 } }, { as_of: { before: 2021-09-22 } }] }
crowd: { count.people: { at_least: 100 } }
",
    ),
    (
        "xf-calendar/exemptions/s5-friend.yaml",
        "
id: xf-calendar/s5-friend
title: To a friend
cite: ACT s.5
confidence: verified
when: { flow.to_place: { within: friends } }
then: exempt
because: The place is friendly.
",
    ),
    (
        "xf-calendar/exemptions/s6-fresh.yaml",
        "
id: xf-calendar/s6-fresh
title: Fresh data
cite: ACT s.6
effective: { from: 2020-05-01, to: 2021-12-31 }
confidence: verified
when: { all: [{ data.fresh_until: { on_or_after: as_of } }, { not: crowd }] }
then: exempt
because: Fresh data are free.
",
    ),
    (
        "xf-calendar/exemptions/s7-new.yaml",
        "
id: xf-calendar/s7-new
title: A new flow
cite: ACT s.7
confidence: verified
layers: [act]
when: { any: [in_summer, { as_of: { on_or_before: { fact: flow.begun_on, plus_working_days: 10 } } }] }
then: exempt
because: A new flow is let go for a while.
",
    ),
    (
        "xf-calendar/exemptions/s13-draft.yaml",
        "
id: xf-calendar/s13-draft
title: What the Act lets go
cite: ACT s.13
confidence: verified
layers: [draft]
when: { rule: s7-new }
then: exempt
because: The draft lets go what the Act does.
",
    ),
    (
        "xf-calendar/duties/b1-notice.yaml",
        "
id: xf-calendar/b1-notice
title: Notice
cite: BYE 1
effective: { from: 2021-06-21 }
confidence: verified
applies: always
when: { any: [{ as_of: { before: 2021-09-22 } }, { as_of: { before: { fact: flow.begun_on, plus_years: 1 } } }] }
cure: Give notice.
",
    ),
    (
        "xf-calendar/blocks/s8-old.yaml",
        "
id: xf-calendar/s8-old
title: An old seal
cite: ACT s.8
confidence: verified
when: { as_of: { after: { fact: exporter.member_since, plus_years: 2 } } }
then: non_exempt
because: Two years are enough.
lifted: { when: { as_of: { before: 2020-08-08 } }, then: covered, because: It was lifted at first. }
",
    ),
    (
        "xf-calendar/mechanisms/s9-seal.yaml",
        "
id: xf-calendar/s9-seal
title: Seal
cite: ACT s.9
confidence: verified
gates:
  in-date: { when: { mechanism.valid_until: { after: { fact: as_of, plus_days: 30 } } }, cite: ACT s.9(2), because: A seal about to end serves no more. }
requirements:
  sealed: { when: { mechanism.sealed_on: { before: as_of } }, cite: ACT s.9(3), cure: Seal it. }
  renewed: { applies: { as_of: { after: 2022-04-01 } }, when: { as_of: { before: { fact: mechanism.sealed_on, plus_months: 18 } } }, cite: ACT s.9(4), cure: Renew it. }
then: covered
because: It is sealed.
",
    ),
    (
        "xf-calendar/mechanisms/s10-ribbon.yaml",
        "
id: xf-calendar/s10-ribbon
title: Ribbon
cite: ACT s.10
effective: { from: 2021-01-10 }
confidence: verified
requirements:
  tied: { when: { all: [{ mechanism.signed: { on_or_before: as_of } }, { as_of: { on_or_after: 2021-01-10 } }] }, cite: ACT s.10, cure: Tie it. }
then: covered
because: It is tied.
",
    ),
    (
        "xf-calendar/requirements/s11-stamp.yaml",
        "
id: xf-calendar/s11-stamp
title: Stamp
cite: ACT s.11
effective: { from: 2022-02-02 }
confidence: verified
when: { mechanism.effective: { on_or_before: as_of } }
cure: Stamp it.
",
    ),
    (
        "xf-calendar/counts/people.yaml",
        "
id: xf-calendar/people
title: People sent out since 1 January
cite: ACT s.12
counts: individuals
per: exporter
over: { as_of: { on_or_after: { fact: flow.begun_on, plus_months: 1 } } }
window:
  - { effective: { from: 2020-01-01, to: 2021-06-20 }, since: january_1_of_this_year }
  - { effective: { from: 2021-06-21 }, since: january_1_of_previous_year }
confidence: verified
",
    ),
];

fn calendar_act() -> Law {
    match Law::from_texts(CALENDAR) {
        Ok(law) => law,
        Err(problems) => panic!("{problems}"),
    }
}

// Two exemptions free the same flow one after the other.
#[test]
fn the_same_outcome_on_another_ground_is_told() {
    let law = calendar_act();
    let map = "
transborder: 1
as_of: 2020-10-01
entities: { bank: { established_in: [AD] }, bureau: { established_in: [SM] } }
assets: { letters: { personal: true, xf-calendar: { fresh_until: 2021-01-31 } } }
processors:
  desk: { operator: bank, located_in: AD }
  archive: { operator: bureau, located_in: SM }
flows: { post: { from: desk, to: archive, carries: [letters], xf-calendar: { begun_on: 2020-03-01 } } }
";
    let members = map.replace("bank: {", "bank: { xf-calendar: { member_since: 2020-06-01 },");
    let fresh = members.replace(
        "personal: true,",
        "personal: true, subjects: [{ group: all, count: 9 }],",
    );
    let ahead_of = forecast(&read(&fresh, &law), &law, &Options::new(), Some(day("2021-05-01"))).unwrap();
    let of_act: Vec<&Change> = ahead_of.changes.iter().filter(|change| change.layer == "act").collect();
    let [ground, over] = of_act.as_slice() else {
        panic!("{:?}", ahead_of.changes)
    };
    // The war ends the friendship with San Marino; the letters are still fresh until the end of January.
    assert_eq!((ground.day.as_str(), ground.way), ("2021-01-01", Way::OtherGround));
    assert_eq!(ground.before.rule.as_deref(), Some("xf-calendar/s5-friend"));
    assert_eq!(ground.after.rule.as_deref(), Some("xf-calendar/s6-fresh"));
    assert_eq!((over.day.as_str(), over.way), ("2021-02-01", Way::Worse));
    let text = report::forecast::render(&ahead_of, None, "en");
    assert!(
        text.contains("2021-01-01  xf-calendar  exempt: same outcome, other ground\n"),
        "{text}"
    );
    assert!(
        text.contains("why: assets.letters.xf-calendar.fresh_until is 2021-01-31\n"),
        "{text}"
    );
    // A change of a draft that is not yet law never makes the exit code 1.
    let draft = |change: &&Change| change.layer == "draft";
    assert!(ahead_of.changes.iter().any(|change| draft(&change)));
    assert!(ahead_of.gets_worse());
}

/// Letters that nobody frees in the spring of 2021: the friendship is over, they are no longer fresh, nothing is held.
const LETTERS: &str = "
transborder: 1
as_of: 2021-02-15
entities: { bank: { established_in: [AD] }, bureau: { established_in: [SM] } }
assets: { letters: { personal: true, subjects: [{ group: all, count: 9 }], xf-calendar: { fresh_until: 2021-01-31 } } }
processors:
  desk: { operator: bank, located_in: AD }
  archive: { operator: bureau, located_in: SM }
flows: { post: { from: desk, to: archive, carries: [letters], xf-calendar: { begun_on: 2020-03-01 } } }
";

/// The letters, of a bank that is a member since not long ago, until a day.
fn letters(law: &Law, until: &str) -> Forecast {
    let map = LETTERS.replace("bank: {", "bank: { xf-calendar: { member_since: 2020-06-01 },");
    forecast(&read(&map, law), law, &Options::new(), Some(day(until))).unwrap()
}

#[test]
fn a_draft_that_becomes_law_binds_from_its_day_on() {
    let as_enacted = letters(&calendar_act(), "2021-05-01");
    assert!(as_enacted.changes.is_empty() && !as_enacted.gets_worse());
    let law = calendar_act()
        .commence("xf-calendar", "draft", Some(day("2021-03-01")))
        .unwrap();
    let ahead_of = letters(&law, "2021-05-01");
    let [change] = ahead_of.changes.as_slice() else {
        panic!("{:?}", ahead_of.changes)
    };
    assert_eq!(
        (change.day.as_str(), change.layer.as_str(), change.way),
        ("2021-03-01", "draft", Way::Commences)
    );
    assert_eq!(change.before.outcome, Headline::Firm(Outcome::NonExempt));
    assert_eq!(change.after.outcome, Headline::Firm(Outcome::NonExempt));
    assert_eq!(
        (change.before.status, change.after.status),
        (Status::NotCommenced, Status::InForce)
    );
    let [begins] = of_law(change)[..] else {
        panic!("{:?}", change.causes)
    };
    assert_eq!((begins.what, begins.id.as_str()), (What::Begins, "xf-calendar/draft"));
    assert_eq!(begins.thing, Thing::Layer);
    // Nothing is said otherwise than before, and yet somebody has to act.
    assert!(change.needs_attention && ahead_of.gets_worse());
    let text = report::forecast::render(&ahead_of, None, "en");
    assert!(
        text.contains("2021-03-01  xf-calendar (draft, which commences)"),
        "{text}"
    );
    assert!(text.contains("why: layer draft begins: Draft\n"), "{text}");
}

// The bye-law, its notice and the new way of counting begin on the same day as the summer, and free nothing.
#[test]
fn a_day_inside_a_named_condition_is_a_cause_and_what_stands_beside_the_outcome_is_none() {
    let ahead_of = letters(&calendar_act(), "2021-12-01");
    for (day, way, holds) in [("2021-06-21", Way::Better, true), ("2021-09-22", Way::Worse, false)] {
        let of_day: Vec<&Change> = ahead_of.changes.iter().filter(|change| change.day == day).collect();
        // In the Act itself, and in the draft, which refers to it.
        let layers: Vec<&str> = of_day.iter().map(|change| change.layer.as_str()).collect();
        assert_eq!(layers, ["act", "draft"], "{day}");
        for change in of_day {
            assert_eq!(change.way, way);
            let [turns] = of_law(change)[..] else {
                panic!("{:?}", change.causes)
            };
            assert_eq!(
                (turns.what, turns.id.as_str()),
                (What::Changes, "xf-calendar/in_summer")
            );
            let is_summer = |thing: &Thing| match thing {
                Thing::Condition { holds: now, rules, .. } => *now == holds && rules == &["xf-calendar/s7-new"],
                _ => false,
            };
            assert!(is_summer(&turns.thing), "{turns:?}");
        }
    }
    assert_eq!(ahead_of.changes.len(), 4, "{:?}", ahead_of.changes);
}

/// A small map with dates drawn at random, under the made-up law.
fn dated_map(seed: u64) -> String {
    let mut dice = Dice(seed);
    let date = |dice: &mut Dice| {
        let month = 1 + dice.below(12);
        // The ends of months, where added months fall together, more often than the rest.
        let days = [1, 28, 29, 30, 31, 15];
        let last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
        format!("{}-{month:02}-{:02}", 2018 + dice.below(5), dice.pick(&days).min(last))
    };
    let own = |dice: &mut Dice, key: &str| match dice.below(5) {
        0 => json!({}),
        1 => json!({ key: "none" }),
        _ => json!({ key: date(dice) }),
    };
    let place = |dice: &mut Dice| dice.pick(&["AD", "SM", "LI", "FR"]);
    let (mut entities, mut assets, mut nodes, mut flows, mut mechanisms) =
        (json!({}), json!({}), json!({}), json!({}), json!({}));
    for index in 0..3 {
        let at = place(&mut dice);
        entities[format!("e{index}")] = json!({ "established_in": [at], "parent": "none",
            "xf-calendar": own(&mut dice, "member_since") });
        let operator = format!("e{}", dice.below(3));
        nodes[format!("n{index}")] =
            json!({ "operator": operator, "acts_for": "none", "located_in": place(&mut dice) });
    }
    for index in 0..2 {
        let count = dice.pick(&[10, 60, 100]);
        let group = json!({ "group": format!("g{index}"), "count": count, "overlaps": "none" });
        assets[format!("a{index}")] = json!({ "personal": true, "subjects": [group], "controller": "e0",
            "xf-calendar": own(&mut dice, "fresh_until") });
    }
    for index in 0..3 {
        let from = dice.below(3);
        let to = (from + 1 + dice.below(2)) % 3;
        let carried = format!("a{}", dice.below(2));
        flows[format!("f{index}")] = json!({ "from": format!("n{from}"), "to": format!("n{to}"), "carries": [carried],
            "kind": "transmission", "xf-calendar": own(&mut dice, "begun_on") });
    }
    for (index, kind) in ["s9-seal", "s10-ribbon"].iter().enumerate() {
        let flows = dice.some(&["f0", "f1", "f2"], 2);
        let mut held = json!({ "type": format!("xf-calendar/{kind}"), "covers": { "flows": flows } });
        for key in ["valid_until", "sealed_on", "signed", "effective"] {
            if let Json::Object(dated) = own(&mut dice, key) {
                held.as_object_mut().unwrap().extend(dated);
            }
        }
        if dice.below(3) > 0 {
            mechanisms[format!("m{index}")] = held;
        }
    }
    let map = json!({ "transborder": 1, "entities": entities, "assets": assets, "processors": nodes, "flows": flows,
        "mechanisms": mechanisms });
    serde_json::to_string_pretty(&map).unwrap()
}

/// Flow, asset, regime, layer.
type Judged = (String, String, String, String);

/// What is said of each movement in each layer on a day.
type Said = BTreeMap<Judged, Stands>;

/// Whether the layer binds; outcome, best, worst, rule, provision.
type Stands = (Status, Headline, Outcome, Outcome, Option<String>, String);

fn movement_of(change: &Change) -> Judged {
    let Change {
        flow,
        asset,
        regime,
        layer,
        ..
    } = change;
    (flow.clone(), asset.clone(), regime.clone(), layer.clone())
}

fn standing(at: &Standing) -> Stands {
    (
        at.status,
        at.outcome,
        at.best,
        at.worst,
        at.rule.clone(),
        at.cite.clone(),
    )
}

fn said_on(map: &Map, law: &Law, day: Date) -> Said {
    let assessment = assess(map, law, &Options::new().as_of(day)).unwrap();
    let mut said = Said::new();
    for movement in &assessment.movements {
        for judged in &movement.verdicts {
            let verdict = &judged.verdict;
            let by = &verdict.decided_by;
            said.insert(
                (
                    movement.flow.clone(),
                    movement.asset.clone(),
                    verdict.regime.clone(),
                    verdict.layer.clone(),
                ),
                (
                    verdict.status,
                    verdict.outcome,
                    verdict.best,
                    verdict.worst,
                    by.rule.clone(),
                    by.cite.clone(),
                ),
            );
        }
    }
    said
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    // Day by day, over three hundred days in the life of the law, or on both sides of it.
    #[test]
    fn no_day_on_which_a_verdict_changes_is_missed_and_none_is_made_up(
        seed in any::<u64>(), month in 0_i16..30, commences in 0_i32..300,
    ) {
        let text = dated_map(seed);
        let from = day("2020-01-15").plus(Period { months: month, ..Period::default() });
        let until = from.plus(Period { days: 300, ..Period::default() });
        let draft = from.plus(Period { days: commences, ..Period::default() });
        let law = calendar_act().commence("xf-calendar", "draft", Some(draft)).unwrap();
        let map = read(&text, &law);
        let mut expected = Vec::new();
        let (mut now, mut before) = (from, said_on(&map, &law, from));
        while now < until {
            now = now.next_day();
            let after = said_on(&map, &law, now);
            for (movement, said) in &after {
                // Where the law sees no transfer, it matters to nobody whether it binds.
                let binding = |said: &Stands| (said.3 > Outcome::NotATransfer).then_some(said.0);
                let stands = |said: &Stands| (binding(said), said.1, said.2, said.3, said.4.clone(), said.5.clone());
                if before.get(movement).map(stands) != Some(stands(said)) {
                    expected.push((now.to_string(), movement.clone(), before[movement].clone(), said.clone()));
                }
            }
            before = after;
        }
        let ahead_of = forecast(&map, &law, &Options::new().as_of(from), Some(until)).unwrap();
        let mut found: Vec<_> = ahead_of.changes.iter().map(|change| {
            (change.day.clone(), movement_of(change), standing(&change.before), standing(&change.after))
        }).collect();
        found.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        prop_assert_eq!(found, expected, "{}", text);
        for change in &ahead_of.changes {
            prop_assert!(!change.causes.is_empty(), "{:?}\n{}", change, text);
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    // The built-in law is too large to go day by day: on any day the last change says what is said.
    #[test]
    fn between_two_changes_everything_stays_as_it_is(seed in any::<u64>()) {
        let text = random_map(seed, Kind { places: PLACES, complete: seed % 2 == 0 });
        let map = read(&text, &LAW);
        let (from, until) = (day("2017-01-01"), day("2034-01-01"));
        let ahead_of = forecast(&map, &LAW, &Options::new().as_of(from), Some(until)).unwrap();
        let mut dice = Dice(seed);
        for _ in 0..6 {
            let days = i32::try_from(dice.below(17 * 365)).unwrap();
            let now = from.plus(Period { days, ..Period::default() });
            let mut told = said_on(&map, &LAW, from);
            for change in ahead_of.changes.iter().take_while(|change| change.day <= now.to_string()) {
                told.insert(movement_of(change), standing(&change.after));
            }
            prop_assert_eq!(told, said_on(&map, &LAW, now), "{}\n{}", now, text);
        }
    }
}

// The random maps above are worth as much as what changes in them.
#[test]
fn random_maps_change_in_every_way() {
    let law = calendar_act();
    let mut ways = BTreeMap::new();
    let mut dated = 0;
    for seed in 0..40 {
        let map = read(&dated_map(seed), &law);
        let options = Options::new().as_of(day("2020-01-15"));
        let ahead_of = forecast(&map, &law, &options, Some(day("2022-12-15"))).unwrap();
        for change in &ahead_of.changes {
            *ways.entry(format!("{:?}", change.way)).or_insert(0) += 1;
            dated += usize::from(change.causes.iter().any(|cause| matches!(cause, Cause::Date { .. })));
        }
    }
    assert!(ways.len() == 3 && ways.values().all(|number| *number > 20), "{ways:?}");
    assert!(dated > 50, "{dated}");
}
