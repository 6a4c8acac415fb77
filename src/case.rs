//! Cases: small maps or bare facts with the outcome that the law leads to, written by hand, and how a pack fares on them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::assess::assessment::{AssessedMovement, Assessment};
use crate::assess::verdict::{DutyState, MechanismState, Verdict, Words};
use crate::assess::{Options, assess};
use crate::diagnostic::{Code, Diagnostics};
use crate::fact::{FactKey, Party, Value};
use crate::judge::explain::judge;
use crate::judge::table::{Held, Instance, Table};
use crate::judge::view::View;
use crate::law::Law;
use crate::law::in_force::Readings;
use crate::law::pack::ReplacedBy;
use crate::load::Source;
use crate::load::decode::{Node, Object, Problems, did_you_mean, near};
use crate::load::decode_map;
use crate::load::tree::Tree;
use crate::load::value;
use crate::outcome::Outcome;
use crate::truth::Truth;

/// How a pack fares on one case.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CaseResult {
    /// The case's file.
    pub file: String,
    /// Its title.
    pub title: String,
    /// Why the case is held to be wrong in law, if it is; it does not count then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disputed: Option<String>,
    /// Where the answer differs from what is expected; empty if it does not.
    pub differences: Vec<String>,
    /// The rules that decided, `<regime>/<stem>`.
    pub decided_by: BTreeSet<String>,
}

impl CaseResult {
    /// Whether the answer is the expected one.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.differences.is_empty()
    }
}

const KEYS: &[&str] = &[
    "id",
    "title",
    "source",
    "sources",
    "confidence",
    "story",
    "note",
    "facts",
    "map",
    "readings",
    "expect",
    "disputed",
    "also_defensible",
];

const EXPECT_KEYS: &[&str] = &[
    "outcome",
    "rule",
    "mechanism",
    "missing",
    "rejected",
    "eligible",
    "ask",
    "duties_unmet",
    "best",
    "worst",
    "layers",
];

/// Runs a case against the law of one regime.
///
/// # Errors
/// If the case cannot be read: everything wrong with it.
pub fn run(source: &Source, regime: &str, law: &Law) -> Result<CaseResult, Diagnostics> {
    let tree = Tree::parse(source)?;
    let problems = Problems::new(source);
    let result = Case {
        regime,
        law,
        problems: &problems,
    }
    .run(&Node::root(&problems, &tree));
    let diagnostics = problems.finish();
    match result {
        Some(result) if !diagnostics.has_errors() => Ok(result),
        _ => Err(diagnostics),
    }
}

struct Case<'a> {
    regime: &'a str,
    law: &'a Law,
    problems: &'a Problems<'a>,
}

impl Case<'_> {
    fn run(&self, root: &Node<'_>) -> Option<CaseResult> {
        let object = root.object(KEYS)?;
        let title = object.required("title").and_then(Node::text);
        let readings = self.readings(&object);
        let expect = object.required("expect")?;
        let mut result = CaseResult {
            file: self.problems.source().name().to_owned(),
            title: title?.to_owned(),
            disputed: object.get("disputed").and_then(Node::text).map(str::to_owned),
            differences: Vec::new(),
            decided_by: BTreeSet::new(),
        };
        match (object.get("facts"), object.get("map")) {
            (Some(facts), None) => {
                let verdicts = self.judge_facts(facts, &readings)?;
                self.compare(expect, "", &verdicts.iter().collect::<Vec<_>>(), &mut result);
            }
            (None, Some(map)) => {
                let expected = expect.any_object()?.entries;
                let assessment = self.assess_map(map, &readings)?;
                for (id, node) in expected {
                    let Some(verdicts) = self.of_flow(&assessment, &id, &node) else {
                        continue;
                    };
                    self.compare(&node, &format!("{id}: "), &verdicts, &mut result);
                }
            }
            _ => {
                object.node.report(
                    Code::MissingKey,
                    "expected `facts` or `map`, one of them".to_owned(),
                    None,
                );
                return None;
            }
        }
        Some(result)
    }

    fn readings(&self, object: &Object<'_>) -> Readings {
        let mut readings = Readings::new();
        let Some(pack) = self.law.pack(self.regime) else {
            return readings;
        };
        let points: Vec<&str> = pack.readings.keys().map(String::as_str).collect();
        if let Some(chosen) = object.get("readings").and_then(|node| node.object(&points)) {
            for (point, node) in &chosen.entries {
                let Some(reading) = pack.readings.get(point) else {
                    continue;
                };
                let options: Vec<&str> = reading.options.keys().map(String::as_str).collect();
                if let Some(index) = node.one_of(&options, |word| options.iter().position(|o| *o == word))
                    && let Some(option) = options.get(index)
                {
                    readings.insert((self.regime.to_owned(), point.clone()), (*option).to_owned());
                }
            }
        }
        readings
    }

    /// The verdicts on bare facts, one a layer.
    fn judge_facts(&self, node: &Node<'_>, readings: &Readings) -> Option<Vec<Verdict>> {
        let object = node.any_object()?;
        let catalogue = self.law.catalogue();
        let mut table = Table::new(1);
        let mut as_of = None;
        for (name, node) in &object.entries {
            if name == "mechanisms" {
                self.mechanisms(node, &mut table);
                continue;
            }
            let Some(fact) = catalogue.find(self.regime, name) else {
                let help = did_you_mean(near(name, catalogue.names(self.regime)));
                self.problems.report_key(
                    Code::UnknownFact,
                    &node.path,
                    format!("there is no fact `{name}`"),
                    help,
                );
                continue;
            };
            let Some(read) = value::value(node, &catalogue.fact(fact).kind, catalogue.gazetteer()) else {
                continue;
            };
            if let (FactKey::AsOf, Value::Date(date)) = (&catalogue.fact(fact).key, &read) {
                as_of = Some(*date);
            }
            table.set(fact, 0, self.familiar(&catalogue.fact(fact).key, read));
        }
        let Some(as_of) = as_of else {
            object.required("as_of");
            return None;
        };
        // Whoever stands in a party's place is described as the principal.
        for (fact, definition) in catalogue.facts() {
            let principal = match &definition.key {
                FactKey::Party(Party::Exporter, of) => FactKey::Party(Party::Principal, *of),
                FactKey::OwnOfParty(Party::Exporter, own) => FactKey::OwnOfParty(Party::Principal, own.clone()),
                _ => continue,
            };
            if let Some(principal) = catalogue.id_of(&principal) {
                let column = table
                    .column(principal)
                    .cloned()
                    .unwrap_or_else(|| vec![Default::default(); 1]);
                for by in ReplacedBy::ALL {
                    table.set_stand_in(*by, fact, column.clone());
                }
            }
        }
        Some(self.verdicts(&table, as_of, readings))
    }

    /// Words that no vocabulary knows may mean anything.
    fn familiar(&self, key: &FactKey, value: Value) -> Value {
        match (key, value) {
            (FactKey::Data(crate::fact::DataFact::Categories), Value::Words(mut set)) => {
                if !set.must.is_subset(self.law.catalogue().categories()) {
                    set.may = None;
                }
                Value::Words(set)
            }
            (_, value) => value,
        }
    }

    fn mechanisms(&self, node: &Node<'_>, table: &mut Table) {
        let catalogue = self.law.catalogue();
        for (index, item) in node.list().unwrap_or_default().iter().enumerate() {
            let Some(object) = item.any_object() else { continue };
            let Some(stem) = object.required("type").and_then(Node::text) else {
                continue;
            };
            let kind = if stem.contains('/') {
                stem.to_owned()
            } else {
                format!("{}/{stem}", self.regime)
            };
            if !catalogue.mechanism_types().contains(&kind) {
                let help = near(&kind, catalogue.mechanism_types().iter().map(String::as_str));
                let help = did_you_mean(help);
                item.report(Code::UnknownRule, format!("there is no mechanism `{kind}`"), help);
                continue;
            }
            let mut facts = BTreeMap::new();
            for (name, node) in object.entries.iter().filter(|(name, _)| name != "type" && name != "id") {
                let full = format!("mechanism.{}", name.strip_prefix("mechanism.").unwrap_or(name));
                let Some(fact) = catalogue.find(self.regime, &full) else {
                    let names = catalogue
                        .names(self.regime)
                        .filter(|name| name.starts_with("mechanism."));
                    let help = did_you_mean(near(&full, names));
                    self.problems.report_key(
                        Code::UnknownFact,
                        &node.path,
                        format!("there is no fact `{full}`"),
                        help,
                    );
                    continue;
                };
                if let Some(value) = value::value(node, &catalogue.fact(fact).kind, catalogue.gazetteer()) {
                    facts.insert(fact, value);
                }
            }
            let instance = table.add_instance(Instance {
                id: format!("mechanism {}", index + 1),
                kind,
                facts,
            });
            table.hold(
                0,
                Held {
                    instance,
                    reaches: Truth::True,
                },
            );
        }
    }

    fn verdicts(&self, table: &Table, as_of: crate::date::Date, readings: &Readings) -> Vec<Verdict> {
        let in_force = self.law.as_of(as_of, readings);
        let mut verdicts = Vec::new();
        for regime in &in_force.regimes {
            let pack = &self.law.packs()[regime.pack];
            if pack.id != self.regime {
                continue;
            }
            let presuming = table.presuming(self.law.catalogue());
            let presumed = View::new(&presuming, regime);
            for layer in &regime.layers {
                let words = Words {
                    catalogue: self.law.catalogue(),
                    pack,
                    regime,
                    layer,
                    readings,
                    table,
                };
                let verdict = words.verdict(&judge(regime, layer, presumed.row(0)));
                verdicts.push(verdict);
            }
        }
        verdicts
    }

    /// The assessment of a map under this regime.
    fn assess_map(&self, node: &Node<'_>, readings: &Readings) -> Option<Assessment> {
        let map = decode_map(node, self.law.catalogue())?;
        let only = BTreeSet::from([self.regime.to_owned()]);
        let mut options = Options::new();
        for ((regime, point), option) in readings {
            options = options.reading(regime, point, option);
        }
        let assessment = assess(&map, &self.law.clone().only(&only), &options);
        if let Err(error) = &assessment {
            node.report(Code::MissingKey, error.to_string(), None);
        }
        assessment.ok()
    }

    /// The verdicts on a flow, one a layer: of the movement named, or the worst of the flow's.
    fn of_flow<'v>(&self, assessment: &'v Assessment, id: &str, node: &Node<'_>) -> Option<Vec<&'v Verdict>> {
        let movements: Vec<&AssessedMovement> = assessment
            .movements
            .iter()
            .filter(|movement| movement.flow == id || format!("{}/{}", movement.flow, movement.asset) == id)
            .collect();
        let layers = movements.first().map_or(0, |movement| movement.verdicts.len());
        if layers == 0 {
            let ids: Vec<&str> = assessment
                .movements
                .iter()
                .map(|movement| movement.flow.as_str())
                .collect();
            let help = did_you_mean(near(id, ids.iter().copied()));
            let message = format!("there is no movement `{id}` in the map");
            self.problems.report_key(Code::UnknownId, &node.path, message, help);
            return None;
        }
        let worst = |layer: usize| {
            let of_layer = movements
                .iter()
                .filter_map(move |movement| movement.verdicts.get(layer));
            of_layer
                .max_by_key(|judged| judged.verdict.worst)
                .map(|judged| judged.verdict.as_ref())
        };
        (0..layers).map(worst).collect()
    }

    /// Compares verdicts with what is expected of them.
    fn compare(&self, node: &Node<'_>, prefix: &str, verdicts: &[&Verdict], result: &mut CaseResult) {
        let Some(expect) = node.object(EXPECT_KEYS) else { return };
        let Some(first) = verdicts.first() else { return };
        result
            .decided_by
            .extend(verdicts.iter().filter_map(|verdict| verdict.decided_by.rule.clone()));
        self.compare_one(&expect, prefix, first, result);
        if let Some(layers) = expect.get("layers").and_then(Node::any_object) {
            for (id, node) in &layers.entries {
                let Some(verdict) = verdicts.iter().find(|verdict| verdict.layer == *id) else {
                    node.report(Code::UnknownId, format!("there is no layer `{id}`"), None);
                    continue;
                };
                if let Some(expect) = node.object(EXPECT_KEYS) {
                    self.compare_one(&expect, &format!("{prefix}layer {id}: "), verdict, result);
                }
            }
        }
    }

    fn compare_one(&self, expect: &Object<'_>, prefix: &str, verdict: &Verdict, result: &mut CaseResult) {
        let mut differs = |what: &str, expected: String, found: String| {
            if expected != found {
                result
                    .differences
                    .push(format!("{prefix}{what}: expected {expected}, found {found}"));
            }
        };
        let words: Vec<&str> = Outcome::ALL
            .iter()
            .map(|o| o.as_str())
            .chain(["undetermined"])
            .collect();
        if let Some(node) = expect.required("outcome")
            && let Some(index) = node.one_of(&words, |word| words.iter().position(|w| *w == word))
            && let Some(word) = words.get(index)
        {
            differs("outcome", (*word).to_owned(), verdict.outcome.to_string());
        }
        for (key, found) in [("best", verdict.best), ("worst", verdict.worst)] {
            if let Some(expected) = expect
                .get(key)
                .and_then(|node| node.one_of(&words, |w| w.parse::<Outcome>().ok()))
            {
                differs(key, expected.to_string(), found.to_string());
            }
        }
        let stem = |rule: &str| rule.split_once('/').map_or(rule, |(_, stem)| stem).to_owned();
        if let Some(expected) = expect.get("rule").and_then(Node::text) {
            let found = verdict.decided_by.rule.as_deref().map_or("none".to_owned(), stem);
            differs("rule", stem(expected), found);
        }
        let mechanism = verdict.mechanisms.first();
        if let Some(expected) = expect.get("mechanism").and_then(Node::text) {
            let found = mechanism.map_or("none".to_owned(), |m| stem(&m.kind));
            differs("mechanism", stem(expected), found);
        }
        let list =
            |node: &Node<'_>| -> BTreeSet<String> { node.texts().unwrap_or_default().into_iter().map(stem).collect() };
        let show = |set: &BTreeSet<String>| format!("[{}]", set.iter().cloned().collect::<Vec<_>>().join(", "));
        if let Some(node) = expect.get("missing") {
            let found = mechanism.map_or_else(BTreeSet::new, |m| m.missing.iter().map(|p| p.name.clone()).collect());
            differs("missing", show(&list(node)), show(&found));
        }
        if let Some(node) = expect.get("eligible") {
            let found = verdict.eligible.iter().map(|kind| stem(kind)).collect();
            differs("eligible", show(&list(node)), show(&found));
        }
        if let Some(node) = expect.get("duties_unmet") {
            let unmet = verdict.duties.iter().filter(|duty| duty.state == DutyState::Unmet);
            let found = unmet.map(|duty| stem(&duty.rule)).collect();
            differs("duties_unmet", show(&list(node)), show(&found));
        }
        if let Some(node) = expect.get("ask") {
            let asked: BTreeSet<String> = verdict.ask.iter().cloned().collect();
            let wanted: BTreeSet<String> = node
                .texts()
                .unwrap_or_default()
                .into_iter()
                .map(str::to_owned)
                .collect();
            if !wanted.is_subset(&asked) {
                differs("ask", show(&wanted), show(&asked));
            }
        }
        if let Some(object) = expect.get("rejected").and_then(Node::any_object) {
            for (kind, node) in &object.entries {
                let judged = verdict.mechanisms.iter().find(|m| stem(&m.kind) == stem(kind));
                let found = match judged {
                    Some(m) if m.state == MechanismState::Void => m.failed.iter().map(|p| p.name.clone()).collect(),
                    _ => BTreeSet::new(),
                };
                differs(&format!("rejected {kind}"), show(&list(node)), show(&found));
            }
        }
    }
}
