//! What is expected of a verdict, and where the verdict differs from it.

use std::collections::BTreeSet;

use crate::assess::combined::Combined;
use crate::assess::verdict::{DutyState, MechanismState, Part, Verdict};
use crate::diagnostic::Code;
use crate::load::decode::{Node, Object};
use crate::outcome::{Headline, Outcome};

const KEYS: &[&str] = &[
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
];

/// What is said of several layers at once.
const OF_ALL_LAYERS: &[&str] = &["combined", "layers"];

/// Where verdicts differ from what is expected, and why they came out so.
#[derive(Default)]
pub(super) struct Differences {
    pub(super) found: Vec<String>,
    pub(super) why: Vec<String>,
}

impl Differences {
    /// Compares the verdicts of a regime, one a layer, with what is expected of them.
    pub(super) fn compare(
        &mut self,
        node: &Node<'_>,
        prefix: &str,
        verdicts: &[&Verdict],
        combined: Option<&Combined>,
    ) {
        let Some(expect) = node.object(&[KEYS, OF_ALL_LAYERS].concat()) else {
            return;
        };
        let Some(first) = verdicts.first() else { return };
        self.compare_one(&expect, prefix, first);
        if let Some(node) = expect.get("combined")
            && let Some(expected) = headline(node)
        {
            let found = combined.map_or("nothing, as one layer binds", |combined| combined.outcome.as_str());
            if found != expected {
                self.found
                    .push(format!("{prefix}combined: expected {expected}, found {found}"));
            }
        }
        let Some(layers) = expect.get("layers").and_then(Node::any_object) else {
            return;
        };
        for (id, node) in &layers.entries {
            let Some(verdict) = verdicts.iter().find(|verdict| verdict.layer == *id) else {
                node.report(Code::UnknownId, format!("there is no layer `{id}`"), None);
                continue;
            };
            if let Some(expect) = node.object(KEYS) {
                self.compare_one(&expect, &format!("{prefix}layer {id}: "), verdict);
            }
        }
    }

    fn compare_one(&mut self, expect: &Object<'_>, prefix: &str, verdict: &Verdict) {
        let before = self.found.len();
        let mut differs = |what: &str, expected: String, found: String| {
            if expected != found {
                self.found
                    .push(format!("{prefix}{what}: expected {expected}, found {found}"));
            }
        };
        if let Some(expected) = expect.required("outcome").and_then(headline) {
            differs("outcome", expected.to_owned(), verdict.outcome.to_string());
        }
        let words: Vec<&str> = Outcome::ALL.iter().map(|o| o.as_str()).collect();
        for (key, found) in [("best", verdict.best), ("worst", verdict.worst)] {
            if let Some(expected) = expect
                .get(key)
                .and_then(|node| node.one_of(&words, |w| w.parse::<Outcome>().ok()))
            {
                differs(key, expected.to_string(), found.to_string());
            }
        }
        if let Some(expected) = expect.get("rule").and_then(Node::text) {
            let found = verdict.decided_by.rule.as_deref().map_or("none", stem);
            differs("rule", stem(expected).to_owned(), found.to_owned());
        }
        let mechanism = verdict.mechanisms.first();
        if let Some(expected) = expect.get("mechanism").and_then(Node::text) {
            let found = mechanism.map_or("none", |m| stem(&m.kind));
            differs("mechanism", stem(expected).to_owned(), found.to_owned());
        }
        if let Some(node) = expect.get("missing") {
            let found = mechanism.map_or_else(BTreeSet::new, |m| names(&m.missing));
            differs("missing", show(&list(node)), show(&found));
        }
        if let Some(node) = expect.get("eligible") {
            let found = verdict.eligible.iter().map(|kind| stem(kind)).collect();
            differs("eligible", show(&list(node)), show(&found));
        }
        if let Some(node) = expect.get("duties_unmet") {
            differs("duties_unmet", show(&list(node)), show(&unmet(verdict)));
        }
        if let Some(node) = expect.get("ask") {
            let asked: BTreeSet<&str> = verdict.ask.iter().map(String::as_str).collect();
            let wanted: BTreeSet<&str> = node.texts().unwrap_or_default().into_iter().collect();
            if !wanted.is_subset(&asked) {
                differs("ask", show(&wanted), show(&asked));
            }
        }
        if let Some(object) = expect.get("rejected").and_then(Node::any_object) {
            for (kind, node) in &object.entries {
                let judged = verdict.mechanisms.iter().find(|m| stem(&m.kind) == stem(kind));
                let found = match judged {
                    Some(m) if m.state == MechanismState::Void => names(&m.failed),
                    _ => BTreeSet::new(),
                };
                differs(&format!("rejected {kind}"), show(&list(node)), show(&found));
            }
        }
        if self.found.len() > before {
            self.why
                .extend(reasons(verdict).into_iter().map(|reason| format!("{prefix}{reason}")));
        }
    }
}

/// Why a verdict came out as it did, a line each.
fn reasons(verdict: &Verdict) -> Vec<String> {
    let mut lines = Vec::new();
    let by = &verdict.decided_by;
    let rule = by.rule.as_deref().map_or("no rule", stem);
    let worst = match verdict.outcome {
        Headline::Firm(_) => String::new(),
        Headline::Undetermined => format!(", between {} and {}, at worst", verdict.best, verdict.worst),
    };
    lines.push(format!(
        "{} {}{worst} by {rule} ({}): {}",
        verdict.layer, verdict.outcome, by.cite, by.because
    ));
    if !verdict.ask.is_empty() {
        lines.push(format!("not known: {}", verdict.ask.join(", ")));
    }
    for mechanism in &verdict.mechanisms {
        let parts = [
            ("fails", &mechanism.failed),
            ("in doubt", &mechanism.doubtful),
            ("missing", &mechanism.missing),
            ("open", &mechanism.open),
        ];
        let parts = parts.iter().filter(|(_, parts)| !parts.is_empty());
        let parts: Vec<String> = parts
            .map(|(what, parts)| format!("{what} {}", show(&names(parts))))
            .collect();
        let parts = if parts.is_empty() {
            "complete".to_owned()
        } else {
            parts.join(", ")
        };
        lines.push(format!("mechanism {}: {parts}", stem(&mechanism.kind)));
    }
    if verdict.outcome == Headline::Firm(Outcome::NonExempt) && !verdict.eligible.is_empty() {
        let eligible: Vec<&str> = verdict.eligible.iter().map(|kind| stem(kind)).collect();
        lines.push(format!("could serve: {}", eligible.join(", ")));
    }
    let unmet = unmet(verdict);
    if !unmet.is_empty() {
        lines.push(format!("duties not met: {}", show(&unmet)));
    }
    for reading in &verdict.readings {
        lines.push(format!("open point {} read as {}", reading.point, reading.reading));
    }
    lines
}

/// A rule without its regime.
pub(super) fn stem(rule: &str) -> &str {
    rule.split_once('/').map_or(rule, |(_, stem)| stem)
}

/// The duties that are not met.
pub(super) fn unmet(verdict: &Verdict) -> BTreeSet<&str> {
    let unmet = verdict.duties.iter().filter(|duty| duty.state == DutyState::Unmet);
    unmet.map(|duty| stem(&duty.rule)).collect()
}

fn names(parts: &[Part]) -> BTreeSet<&str> {
    parts.iter().map(|part| part.name.as_str()).collect()
}

fn list<'n>(node: &Node<'n>) -> BTreeSet<&'n str> {
    node.texts().unwrap_or_default().into_iter().map(stem).collect()
}

fn show(set: &BTreeSet<&str>) -> String {
    format!("[{}]", set.iter().copied().collect::<Vec<_>>().join(", "))
}

/// The word of an outcome, `undetermined` among them.
fn headline<'n>(node: &Node<'n>) -> Option<&'n str> {
    let words: Vec<&str> = Outcome::ALL
        .iter()
        .map(|outcome| outcome.as_str())
        .chain([Headline::Undetermined.as_str()])
        .collect();
    node.one_of(&words, |word| words.contains(&word).then_some(()))?;
    node.text()
}
