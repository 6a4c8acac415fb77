//! Data mixed into data: what comes with them, in which form, and what may be presumed of them together.
//!
//! The Data Act of Freedonia lets nothing intimate and no secret of the state leave, whatever anybody pledged; all else
//! leaves under the pledge. Here it also holds back what was collected in Liechtenstein, and nobody is presumed to have
//! secrets.

use transborder::assess::{Options, assess};
use transborder::law::Law;
use transborder::{Headline, Outcome};

use crate::fifth_regime::FREEDONIA;
use crate::world::read;

fn block(stem: &str, when: &str) -> (String, String) {
    let text = format!(
        "
id: xf-data-act/{stem}
title: Held back
cite: ACT s.10
confidence: verified
when: {when}
then: non_exempt
because: It is held back.
"
    );
    (format!("xf-data-act/blocks/{stem}.yaml"), text)
}

fn freedonia() -> Law {
    let presumed = |text: &str| {
        let facts = ["data.state_secret", "entity.friend_of_freedonia"];
        facts.iter().fold(text.to_owned(), |text, fact| {
            let declared = format!("{fact}: {{ type: bool,");
            text.replace(&declared, &format!("{declared} presume: false,"))
        })
    };
    let mut files: Vec<(String, String)> = FREEDONIA
        .iter()
        .map(|(path, text)| ((*path).to_owned(), presumed(text)))
        .collect();
    files.push(block("s10-from-liechtenstein", "{ data.origins: { touches: LI } }"));
    files.push(block("s10-of-a-friend", "{ principal.friend_of_freedonia: true }"));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    Law::from_texts(&files).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A hotel that sends its stays to a bureau in San Marino under a pledge.
struct Hotel {
    stays: &'static str,
    notes: &'static str,
    records: &'static str,
    /// Who runs its back office, from which the stays go out.
    back_office: &'static str,
    /// What else is said of its joint controller.
    chain: &'static str,
    flows: &'static str,
}

const HOTEL: Hotel = Hotel {
    stays: "categories: [name], collected_in: [AD], controller: hotel, xf-data-act: { state_secret: false }",
    notes: "categories: [name], collected_in: [AD], controller: hotel, xf-data-act: { state_secret: false }",
    records: "categories: [name, health], collected_in: [AD], controller: hotel, xf-data-act: { state_secret: false }",
    back_office: "hotel",
    chain: "",
    flows: "",
};

impl Hotel {
    /// What the Act says of the stays on their way out: the headline, and what is still possible.
    #[track_caller]
    fn out(&self) -> (Headline, Outcome, Outcome) {
        let Self {
            stays,
            notes,
            records,
            back_office,
            chain,
            flows,
        } = self;
        let map = format!(
            "
transborder: 1
as_of: 2024-01-01
entities:
  hotel: {{ established_in: [AD], kind: company, parent: none }}
  bureau: {{ established_in: [SM], kind: company, parent: none }}
  chain: {{ established_in: [AD], kind: company, parent: none{chain} }}
  agency: {{ established_in: [AD], kind: company, parent: none }}
assets:
  stays: {{ {stays} }}
  notes: {{ {notes} }}
  records: {{ {records} }}
processors:
  desk: {{ operator: hotel, located_in: AD }}
  back-office: {{ operator: {back_office}, located_in: AD }}
  payroll: {{ operator: bureau, acts_for: hotel, located_in: SM }}
flows:
{flows}
mechanisms:
  pledge: {{ type: xf-data-act/s6-pledge, between: [hotel, bureau], sealed_on: 2020-02-01, ribbon: green }}
"
        );
        let law = freedonia();
        let assessment = assess(&read(&map, &law), &law, &Options::new()).unwrap();
        let movement = assessment
            .movements
            .iter()
            .find(|m| m.flow == "out" && m.asset == "stays");
        let mut verdicts = movement.expect("the stays go out").verdicts.iter();
        let verdict = verdicts.find(|judged| judged.verdict.layer == "act").unwrap();
        (verdict.verdict.outcome, verdict.verdict.best, verdict.verdict.worst)
    }
}

const COVERED: (Headline, Outcome, Outcome) = (Headline::Firm(Outcome::Covered), Outcome::Covered, Outcome::Covered);
const HELD_BACK: (Headline, Outcome, Outcome) = (
    Headline::Firm(Outcome::NonExempt),
    Outcome::NonExempt,
    Outcome::NonExempt,
);
const OPEN: (Headline, Outcome, Outcome) = (Headline::Undetermined, Outcome::Covered, Outcome::NonExempt);

#[test]
fn what_a_flow_takes_out_after_the_mixing_is_not_certain_to_be_there() {
    let with_health = Hotel {
        flows: "
  join: { from: desk, to: back-office, carries: [stays], kind: transmission, transforms: { mixes_in: [records] } }
  out: { from: back-office, to: payroll, carries: [stays], kind: transmission, transforms: { mixes_in: none } }",
        ..HOTEL
    };
    assert_eq!(with_health.out(), HELD_BACK);
    // The stays have no health data of their own, so that only what was mixed in shows that any are dropped.
    let dropped = Hotel {
        flows: "
  join: { from: desk, to: back-office, carries: [stays], kind: transmission, transforms: { mixes_in: [records] } }
  out: { from: back-office, to: payroll, carries: [stays], kind: transmission,
    transforms: { mixes_in: none, drops: [health] } }",
        ..HOTEL
    };
    assert_eq!(dropped.out(), OPEN);
}

#[test]
fn what_is_mixed_in_comes_in_the_form_it_has_by_then() {
    let hotel = |before| Hotel { flows: before, ..HOTEL };
    let whole = hotel(
        "
  file: { from: desk, to: back-office, carries: [records], kind: transmission, transforms: { mixes_in: none } }
  out: { from: back-office, to: payroll, carries: [stays], kind: transmission, transforms: { mixes_in: [records] } }",
    );
    assert_eq!(whole.out(), HELD_BACK);
    let without_health = hotel(
        "
  file: { from: desk, to: back-office, carries: [records], kind: transmission,
    transforms: { mixes_in: none, drops: [health] } }
  out: { from: back-office, to: payroll, carries: [stays], kind: transmission, transforms: { mixes_in: [records] } }",
    );
    assert_eq!(without_health.out(), COVERED);
}

const BY_THE_NOTES: &str = "
  file: { from: desk, to: back-office, carries: [notes], kind: transmission, transforms: { mixes_in: [records] } }
  out: { from: back-office, to: payroll, carries: [stays], kind: transmission, transforms: { mixes_in: [notes] } }";

#[test]
fn what_was_mixed_into_data_comes_along_when_they_are_mixed_in() {
    let hotel = Hotel {
        flows: BY_THE_NOTES,
        ..HOTEL
    };
    assert_eq!(hotel.out(), OPEN);
    let harmless = Hotel {
        records: "categories: [name], collected_in: [AD], controller: hotel, xf-data-act: { state_secret: false }",
        ..hotel
    };
    assert_eq!(harmless.out(), COVERED);
    // So does where it was collected.
    let collected_there = Hotel {
        records: "categories: [name], collected_in: [LI], controller: hotel, xf-data-act: { state_secret: false }",
        ..harmless
    };
    assert_eq!(collected_there.out(), OPEN);
}

#[test]
fn a_secret_that_is_mixed_in_is_not_presumed_away_because_nothing_is_said_of_the_rest() {
    let hotel = |records| Hotel {
        stays: "categories: [name], collected_in: [AD], controller: hotel",
        records,
        flows: "
  out: { from: back-office, to: payroll, carries: [stays], kind: transmission, transforms: { mixes_in: [records] } }",
        ..HOTEL
    };
    let of_records = |said| match said {
        Some(true) => {
            hotel("categories: [name], collected_in: [AD], controller: hotel, xf-data-act: { state_secret: true }")
        }
        Some(false) => {
            hotel("categories: [name], collected_in: [AD], controller: hotel, xf-data-act: { state_secret: false }")
        }
        None => hotel("categories: [name], collected_in: [AD], controller: hotel"),
    };
    assert_eq!(of_records(Some(true)).out(), OPEN);
    // Of what nothing is said there are presumed to be no secrets, and there are none in the rest.
    assert_eq!(of_records(Some(false)).out(), COVERED);
    assert_eq!(of_records(None).out(), COVERED);
}

// An agency sends them out for the hotel or for the chain: nobody says for whom.
#[test]
fn what_one_controller_says_is_not_presumed_away_because_another_says_nothing() {
    let hotel = |chain| Hotel {
        stays: "categories: [name], collected_in: [AD], controllers: [hotel, chain], xf-data-act: { state_secret: false }",
        back_office: "agency",
        chain,
        flows: "
  out: { from: back-office, to: payroll, carries: [stays], kind: transmission, transforms: { mixes_in: none } }",
        ..HOTEL
    };
    assert_eq!(hotel(", xf-data-act: { friend_of_freedonia: true }").out(), OPEN);
    assert_eq!(hotel(", xf-data-act: { friend_of_freedonia: false }").out(), COVERED);
    assert_eq!(hotel("").out(), COVERED);
    // Said not to be known.
    assert_eq!(hotel(", xf-data-act: { friend_of_freedonia: unknown }").out(), OPEN);
}
