//! Is judging by data-driven packs affordable? 100,000 movements under every built-in pack, against the law of one regime
//! written by hand in Rust over the same facts, in the same run. The two must agree on every movement.
//!
//! Prints medians of several runs and their ratios. Inputs are prebuilt; both sides give the set of possible outcomes.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark measures time and prints it"
)]

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use transborder::fact::{FactId, SetValue, Value};
use transborder::judge::batch::{Allowed, Batch};
use transborder::judge::explain::judge;
use transborder::judge::table::Table;
use transborder::judge::view::View;
use transborder::law::Law;
use transborder::law::in_force::Readings;
use transborder::outcome::{Outcome, Outcomes};
use transborder::place::Place;
use transborder::truth::Truth;

const MOVEMENTS: usize = 100_000;
const EXPLAINED: usize = 2_000;
const RUNS: usize = 7;
const BY_HAND: &str = "mo-pdpa";

fn main() {
    let law = Law::built_in().expect("the built-in packs have no errors");
    let (table, records) = movements(&law);
    let in_force = law.as_of("2026-11-22".parse().expect("a day"), &Readings::new());

    let by_hand = median(|| {
        black_box(records.iter().map(hand_written).collect::<Vec<_>>());
    });
    let mut all = Duration::ZERO;
    let mut everything = Duration::ZERO;
    println!("{MOVEMENTS} movements, median of {RUNS} runs");
    println!("{:<24} {:>10}  {:>8}", "hand-written, 1 regime", show(by_hand), "1.0");
    for regime in &in_force.regimes {
        let id = &law.packs()[regime.pack].id;
        let seen = median(|| {
            black_box(View::new(&table, regime));
        });
        let view = View::new(&table, regime);
        for layer in &regime.layers {
            let batch = Batch::new(regime, layer);
            let judged = median(|| {
                black_box(batch.judge(&view, law.catalogue()));
            });
            all += judged;
            println!(
                "{:<24} {:>10}  {:>8.1}",
                format!("{id} {}", layer.id),
                show(judged),
                ratio(judged, by_hand)
            );
            let answers = batch.judge(&view, law.catalogue());
            if id == BY_HAND {
                agree(&answers, &records);
            }
            let explained = median(|| {
                for row in 0..EXPLAINED {
                    black_box(judge(regime, layer, view.row(row)));
                }
            });
            let one = explained.as_nanos() / EXPLAINED as u128;
            println!("{:<24} {one:>7} ns  a movement explained", "");
        }
        everything += seen;
    }
    println!("{:<24} {:>10}  {:>8.1}", "every layer", show(all), ratio(all, by_hand));
    println!(
        "{:<24} {:>10}  {:>8.1}",
        "with counts and views",
        show(all + everything),
        ratio(all + everything, by_hand)
    );
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

fn show(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn ratio(time: Duration, baseline: Duration) -> f64 {
    time.as_secs_f64() / baseline.as_secs_f64()
}

fn agree(answers: &[Allowed], records: &[Record]) {
    for (row, (answer, record)) in answers.iter().zip(records).enumerate() {
        let by_hand = hand_written(record);
        assert_eq!(answer.outcomes, by_hand, "movement {row} differs: {record:?}");
    }
}

/// What the hand-written law reads of one movement.
#[derive(Clone, Copy, Debug)]
struct Record {
    personal: Option<bool>,
    exporter_here: Option<bool>,
    from_here: Option<bool>,
    to_here: Option<bool>,
    same_place: Option<bool>,
    remote: Option<bool>,
    no_access: Option<bool>,
    stolen: Option<bool>,
    transit: Option<bool>,
    lawful: Option<bool>,
    exporter_natural: Option<bool>,
    public_body: Option<bool>,
    special: Option<bool>,
    household: Option<bool>,
    disseminated: Option<bool>,
}

fn truth(fact: Option<bool>) -> Truth {
    fact.map_or(Truth::Unknown, Truth::from)
}

/// Law 8/2005 by hand: scope, transfer, the want of a lawful ground, Article 20(3). Nobody holds a mechanism here.
fn hand_written(record: &Record) -> Outcomes {
    let mut outcomes = Outcomes::NONE;
    let mut ends = |truth: Truth, outcome: Outcome| {
        if truth.is_possible() {
            outcomes = outcomes.with(outcome);
        }
        truth == Truth::True
    };
    let personal = truth(record.personal);
    if ends(!personal, Outcome::OutOfScope) {
        return outcomes;
    }
    let household = truth(record.exporter_natural)
        .and(truth(record.household))
        .and(!truth(record.disseminated));
    if ends(household, Outcome::OutOfScope) {
        return outcomes;
    }
    let nexus = truth(record.exporter_here)
        .or(truth(record.from_here))
        .or(truth(record.to_here));
    let in_scope = personal.and(nexus);
    ends(!in_scope, Outcome::OutOfScope);
    if in_scope == Truth::False {
        return outcomes;
    }
    let outside_to_outside = (!truth(record.from_here)).and(truth(record.same_place));
    let closed = truth(record.remote).and(truth(record.no_access));
    let stays = truth(record.to_here);
    let none = outside_to_outside
        .or(closed)
        .or(stays)
        .or(truth(record.stolen))
        .or(truth(record.transit));
    if ends(none, Outcome::NotATransfer) {
        return outcomes;
    }
    if stays != Truth::False {
        outcomes = outcomes.with(Outcome::NotATransfer);
    }
    let mut ends = |truth: Truth, outcome: Outcome| {
        if truth.is_possible() {
            outcomes = outcomes.with(outcome);
        }
        truth == Truth::True
    };
    if ends(!truth(record.lawful), Outcome::NonExempt) {
        return outcomes;
    }
    let special = truth(record.public_body).and(truth(record.special));
    if ends(special, Outcome::Exempt) {
        return outcomes;
    }
    outcomes.with(Outcome::NonExempt)
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

fn movements(law: &Law) -> (Table, Vec<Record>) {
    let catalogue = law.catalogue();
    let regimes = ["", "cn-pipl", "eu-gdpr", "hk-pdpo", "mo-pdpa"];
    let find = |name: &str| -> Vec<FactId> {
        let ids: BTreeSet<FactId> = regimes
            .iter()
            .filter_map(|regime| catalogue.find(regime, name))
            .collect();
        assert!(!ids.is_empty(), "there is no fact {name}");
        ids.into_iter().collect()
    };
    let place = |code: &str| -> Option<Place> { catalogue.gazetteer().find(code) };
    let places = ["MO", "HK", "CN", "CNSZX", "FR", "DE", "US", "JP", "SG", "GB", "?"].map(|code| (code, place(code)));
    let here = |code: &str| (code != "?").then_some(code == "MO");
    let mut random = Random(20_261_122);
    let mut table = Table::new(MOVEMENTS);
    let mut records = Vec::with_capacity(MOVEMENTS);
    let yes_no = [Some(true), Some(false), Some(false), None];
    for row in 0..MOVEMENTS {
        let mut set = |name: &str, value: Value| {
            for fact in find(name) {
                table.set(fact, row, value.clone());
            }
        };
        let at = |place: Option<Place>| place.map_or(Value::Unknown, |place| Value::places([place]));
        let truth_value = |fact: Option<bool>| fact.map_or(Value::Unknown, Value::Bool);
        let (exporter, exporter_place) = *random.pick(&places);
        let (from, from_place) = *random.pick(&places);
        let (to, to_place) = *random.pick(&places);
        let (_, collected_place) = *random.pick(&places);
        let mut fact = |name: &str| {
            let value = *random.pick(&yes_no);
            set(name, truth_value(value));
            value
        };
        let personal = fact("data.personal").map(|no| !no);
        let transit = fact("flow.transit_only");
        let lawful = fact("data.lawful_ground").map(|no| !no);
        let special = fact("flow.special_regime");
        let household = fact("data.household_only");
        let disseminated = fact("data.systematic_dissemination");
        set("data.personal", truth_value(personal));
        set("data.lawful_ground", truth_value(lawful));
        set("exporter.established_in", at(exporter_place));
        set("flow.from_place", at(from_place));
        set("flow.to_place", at(to_place));
        set("data.collected_in", at(collected_place));
        set("exporter.role", Value::word("controller"));
        set("importer.role", Value::word("controller"));
        set("data.collected_with_means_in_macau", Value::Bool(false));
        set("flow.via_macau_access_provider", Value::Bool(false));
        set("importer.kind", Value::word("company"));
        let categories = ["name", "contact", "payroll", "health", "transaction"];
        let some: BTreeSet<String> = (0..3).map(|_| (*random.pick(&categories)).to_owned()).collect();
        set("data.categories", Value::Words(SetValue::exactly(some)));
        let mut word = |name: &str, words: &[&'static str]| {
            let word = *random.pick(words);
            set(name, if word == "?" { Value::Unknown } else { Value::word(word) });
            word
        };
        let kind = word("flow.kind", &["transmission", "remote_access", "backup", "?"]);
        let access = word("flow.access", &["actual", "possible", "none", "?"]);
        let by = word("flow.initiated_by", &["exporter", "importer", "intruder", "?"]);
        let who = word(
            "exporter.kind",
            &["company", "company", "public_authority", "natural_person"],
        );
        let is = |word: &str, wanted: &str| (word != "?").then_some(word == wanted);
        records.push(Record {
            personal,
            exporter_here: here(exporter),
            from_here: here(from),
            to_here: here(to),
            same_place: (from != "?" && to != "?")
                .then(|| from_place.map(Place::country) == to_place.map(Place::country)),
            remote: is(kind, "remote_access"),
            no_access: is(access, "none"),
            stolen: is(by, "intruder"),
            transit,
            lawful,
            exporter_natural: Some(who == "natural_person"),
            public_body: Some(who == "public_authority"),
            special,
            household,
            disseminated,
        });
    }
    (table, records)
}
