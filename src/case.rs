//! Cases: small maps or bare facts with the outcome that the law leads to, written by hand, and how a pack fares on them.

pub mod coverage;
mod expect;
mod matter;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use crate::assess::verdict::Verdict;
use crate::diagnostic::{Code, Diagnostics};
use crate::law::Law;
use crate::law::in_force::Readings;
use crate::load::Source;
use crate::load::decode::{Node, Object, Problems, did_you_mean, near};
use crate::load::tree::Tree;
use crate::outcome::{Headline, Outcome};

use coverage::Shown;
use expect::{Differences, stem, unmet};
use matter::{Heard, Matter};

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
    /// Where it differs: how the answer came about.
    pub why: Vec<String>,
    /// What the case shows of its regime's rules.
    pub shows: BTreeSet<Shown>,
    /// What every layer of every regime says of every movement, a line each: what the case expects and what it does not
    /// mention. Left out: a regime other than the case's own that the movement is outside of.
    pub record: Vec<String>,
}

impl CaseResult {
    /// Whether the answer is the expected one.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Adds a case to a record: its name, and below it what every regime says.
pub fn write_record(record: &mut String, name: &str, result: &CaseResult) {
    let _ = writeln!(record, "{name}");
    for line in &result.record {
        let _ = writeln!(record, "    {line}");
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
    "commence",
    "expect",
    "disputed",
    "also_defensible",
];

/// Runs a case of a regime: judged by the whole law given, compared with what it expects of its own regime.
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
        let commenced = self.commenced(&object);
        let law = commenced.as_ref().unwrap_or(self.law);
        let expect = object.required("expect")?;
        let (matter, expected) = match (object.get("facts"), object.get("map")) {
            (Some(facts), None) => (Matter::of_facts(facts, self.regime, law)?, None),
            (None, Some(map)) => (Matter::of_map(map, law)?, Some(expect.any_object()?.entries)),
            _ => {
                let message = "expected `facts` or `map`, one of them".to_owned();
                object.node.report(Code::MissingKey, message, None);
                return None;
            }
        };
        let heard = match matter.judged(law, &readings) {
            Ok(heard) => heard,
            Err(error) => {
                root.report(Code::MissingKey, error.to_string(), None);
                return None;
            }
        };
        let mut differences = Differences::default();
        match expected {
            None => self.compare(expect, "", &heard, &mut differences),
            Some(flows) => {
                for (id, node) in flows {
                    let of_flow: Vec<&Heard> = heard.iter().filter(|heard| heard.is_named(&id)).collect();
                    if of_flow.is_empty() {
                        let help = did_you_mean(near(&id, heard.iter().map(|heard| heard.flow.as_str())));
                        let message = format!("there is no movement `{id}` in the map");
                        self.problems.report_key(Code::UnknownId, &node.path, message, help);
                        continue;
                    }
                    self.compare(&node, &format!("{id}: "), of_flow, &mut differences);
                }
            }
        }
        Some(CaseResult {
            file: self.problems.file("").to_owned(),
            title: title?.to_owned(),
            disputed: object.get("disputed").and_then(Node::text).map(str::to_owned),
            differences: differences.found,
            why: differences.why,
            shows: coverage::shown(&matter, self.regime, law, &readings),
            record: heard.iter().flat_map(|heard| self.record(heard)).collect(),
        })
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

    /// The law with the layers in force that the case takes as commenced; `None` where it names none.
    fn commenced(&self, object: &Object<'_>) -> Option<Law> {
        let layers = object.get("commence")?.list()?;
        let mut law = self.law.clone();
        for node in &layers {
            match law.clone().commence(self.regime, node.text()?, None) {
                Ok(commenced) => law = commenced,
                Err(error) => node.report(Code::UnknownId, error.to_string(), None),
            }
        }
        Some(law)
    }

    /// Compares the worst of some movements, layer by layer, with what is expected.
    fn compare<'h>(
        &self,
        node: &Node<'_>,
        prefix: &str,
        heard: impl IntoIterator<Item = &'h Heard>,
        differences: &mut Differences,
    ) {
        let heard: Vec<&Heard> = heard.into_iter().collect();
        let mut worst: Vec<&Verdict> = Vec::new();
        for verdict in heard.iter().flat_map(|heard| &heard.verdicts) {
            if verdict.regime != self.regime {
                continue;
            }
            match worst.iter_mut().find(|known| known.layer == verdict.layer) {
                Some(known) if known.worst <= verdict.worst => *known = verdict,
                Some(_) => {}
                None => worst.push(verdict),
            }
        }
        let combined = heard.iter().flat_map(|heard| &heard.combined);
        let combined = combined.filter(|c| c.regime == self.regime).max_by_key(|c| c.worst);
        differences.compare(node, prefix, &worst, combined);
    }

    fn record(&self, heard: &Heard) -> Vec<String> {
        let line = |verdict: &Verdict| {
            let own = verdict.regime == self.regime;
            if !own && verdict.outcome == Headline::Firm(Outcome::OutOfScope) {
                return None;
            }
            let mut line = format!("{}/{} {}", verdict.regime, verdict.layer, verdict.outcome);
            if !heard.flow.is_empty() {
                line.insert_str(0, &format!("{}/{}: ", heard.flow, heard.asset));
            }
            if verdict.outcome == Headline::Undetermined {
                let _ = write!(line, " {}..{}", verdict.best, verdict.worst);
            }
            let by = verdict
                .decided_by
                .rule
                .as_deref()
                .map_or(verdict.decided_by.cite.as_str(), stem);
            let _ = write!(line, " by {by}");
            for duty in unmet(verdict) {
                let _ = write!(line, ", unmet {duty}");
            }
            Some(line)
        };
        heard.verdicts.iter().filter_map(|verdict| line(verdict)).collect()
    }
}
