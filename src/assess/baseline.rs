//! The findings of an earlier assessment, kept so that a check speaks only of those that came after it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use crate::assess::assessment::{Assessment, FindingKind};
use crate::assess::snapshot::{FindingKey, FindingNamed, by_key};
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostics};
use crate::load::Source;
use crate::load::decode::{Node, Problems};
use crate::load::tree::Tree;
use crate::outcome::{Headline, Outcome};
use crate::pairing::{ByKey, paired};

/// The version of the file. It rises when a reader of the old form would misread the new one.
pub const FORMAT: u32 = 1;

/// The findings of an earlier assessment.
#[derive(Clone, Debug)]
pub struct Baseline {
    as_of: String,
    findings: ByKey<FindingKey, FindingNamed>,
}

/// How findings compare with a baseline.
#[derive(Clone, Debug, Serialize)]
pub struct AgainstBaseline {
    /// The day of the assessment from which the baseline was made.
    pub as_of: String,
    /// How many findings are in it and no worse than there.
    pub known: usize,
    /// The findings that are in it and worse by now, by their present id.
    pub worse: Vec<String>,
    /// The findings of the baseline that are no longer found.
    pub gone: Vec<String>,
}

impl From<&Assessment> for Baseline {
    /// Every finding that is not accepted: an acceptance ends, and what is in a baseline would be passed over beyond it.
    fn from(assessment: &Assessment) -> Self {
        let open = assessment
            .findings
            .iter()
            .filter(|finding| finding.accepted_by.is_none());
        Self {
            as_of: assessment.as_of.clone(),
            findings: distinct(open.map(FindingNamed::from)),
        }
    }
}

/// The findings as the file has them: neither whether a layer binds nor what is accepted, and each once, though an asset
/// that travels a flow in several states may have several that read the same.
fn distinct(findings: impl Iterator<Item = FindingNamed>) -> ByKey<FindingKey, FindingNamed> {
    let mut seen = BTreeSet::new();
    let plain = findings.map(|finding| FindingNamed {
        status: None,
        accepted_by: None,
        ..finding
    });
    by_key(plain.filter(|finding| seen.insert((finding.kind, finding.id.clone(), finding.worst))))
}

impl Baseline {
    /// Marks the findings of an assessment that are in the baseline and no worse than there.
    pub fn apply(&self, assessment: &mut Assessment) {
        let now = distinct(assessment.findings.iter().map(FindingNamed::from));
        let is_judged = |finding: &FindingNamed| {
            let regime = finding.id.split('/').next().unwrap_or_default();
            let of_regime = matches!(finding.kind, FindingKind::Outcome | FindingKind::Duty);
            !of_regime || assessment.law.iter().any(|applied| applied.id == regime)
        };
        let mut against = AgainstBaseline {
            as_of: self.as_of.clone(),
            known: 0,
            worse: Vec::new(),
            gone: Vec::new(),
        };
        let mut worse: BTreeSet<&str> = BTreeSet::new();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for pair in paired(&self.findings, &now) {
            match (pair.old, pair.new) {
                (Some(old), Some(new)) if new.rank() <= old.rank() => {
                    known.insert(&new.id);
                }
                (Some(_), Some(new)) => {
                    worse.insert(&new.id);
                }
                // Of a regime that was left out nothing can be said.
                (Some(old), None) if !is_judged(old) => {}
                (Some(old), None) => against.gone.push(old.id.clone()),
                (None, Some(new)) => {
                    // Of several with one id none is passed over if one of them is new.
                    worse.insert(&new.id);
                }
                (None, None) => {}
            }
        }
        let in_baseline = |id: &str, kind| self.findings.contains_key(&FindingKey::new(kind, id));
        for finding in &mut assessment.findings {
            finding.known = known.contains(finding.id.as_str()) && !worse.contains(finding.id.as_str());
            if finding.known {
                against.known += 1;
            } else if worse.contains(finding.id.as_str()) && in_baseline(&finding.id, finding.kind) {
                against.worse.push(finding.id.clone());
            }
        }
        against.worse.sort();
        against.worse.dedup();
        against.gone.sort();
        assessment.baseline = Some(against);
    }

    /// The baseline as a file: YAML, sorted.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = format!(
            "# Findings that `transborder check --baseline` passes over as long as they are no worse.\n\
             transborder_baseline: {FORMAT}\nas_of: {}\n",
            self.as_of
        );
        let mut findings: Vec<&FindingNamed> = self.findings.values().flatten().collect();
        findings.sort_by(|a, b| (&a.id, a.rank()).cmp(&(&b.id, b.rank())));
        if findings.is_empty() {
            text.push_str("findings: []\n");
            return text;
        }
        text.push_str("findings:\n");
        for finding in findings {
            let _ = writeln!(text, "  - id: {}", scalar(&finding.id));
            let _ = writeln!(text, "    kind: {}", finding.kind.as_str());
            if let Some(outcome) = finding.outcome {
                let _ = writeln!(text, "    outcome: {outcome}");
            }
            if let Some(worst) = finding.worst {
                let _ = writeln!(text, "    worst: {worst}");
            }
        }
        text
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// With every problem of the file.
    pub fn read(source: &Source) -> Result<Self, Diagnostics> {
        let tree = Tree::parse(source)?;
        let problems = Problems::new(source);
        let baseline = read(&Node::root(&problems, &tree));
        let found = problems.finish();
        match baseline {
            Some(baseline) if !found.has_errors() => Ok(baseline),
            _ => Err(found),
        }
    }
}

fn read(root: &Node<'_>) -> Option<Baseline> {
    let top = root.object(&["transborder_baseline", "as_of", "findings"])?;
    let version = top.required("transborder_baseline")?;
    match version.tree {
        Tree::Integer(number) if *number == i128::from(FORMAT) => {}
        Tree::Integer(other) => {
            let message = format!("this library reads version {FORMAT} of baselines, found `{other}`");
            version.report(Code::Version, message, None);
            return None;
        }
        _ => {
            version.expected(&format!("the number {FORMAT}, the version of the format"));
            return None;
        }
    }
    let as_of: Option<Date> = top.required("as_of").and_then(Node::date);
    let items = top.required("findings").and_then(Node::list).unwrap_or_default();
    // Before anything is given up, so that every entry is looked at.
    let findings = distinct(items.iter().filter_map(finding));
    Some(Baseline {
        as_of: as_of?.to_string(),
        findings,
    })
}

fn finding(item: &Node<'_>) -> Option<FindingNamed> {
    let object = item.object(&["id", "kind", "outcome", "worst"])?;
    let id = object.required("id").and_then(Node::text);
    let kind = object
        .required("kind")
        .and_then(|node| node.one_of(FindingKind::WORDS, FindingKind::from_word));
    let outcome = object
        .get("outcome")
        .map(|node| node.one_of(Headline::WORDS, |word| word.parse::<Headline>().ok()));
    let worst = object
        .get("worst")
        .map(|node| node.one_of(Outcome::WORDS, |word| word.parse::<Outcome>().ok()));
    let (id, kind) = (id?, kind?);
    let (outcome, worst) = match (kind, outcome, worst) {
        (FindingKind::Outcome, Some(outcome), Some(worst)) => (Some(outcome?), Some(worst?)),
        (FindingKind::Outcome, ..) => {
            let message = "a finding about an outcome has `outcome` and `worst`".to_owned();
            item.report(Code::MissingKey, message, None);
            return None;
        }
        (_, None, None) => (None, None),
        _ => {
            let message = format!("a finding about {} has neither `outcome` nor `worst`", article(kind));
            item.report(Code::UnknownKey, message, None);
            return None;
        }
    };
    let ends_with = id.rsplit_once('/').map(|(_, last)| last);
    if let Some(outcome) = outcome
        && ends_with != Some(outcome.as_str())
    {
        let message = format!("the id does not end with `/{outcome}`, the outcome");
        let help = "have the baseline written anew rather than change it by hand".to_owned();
        item.report(Code::UnknownWord, message, Some(help));
        return None;
    }
    Some(FindingNamed {
        id: id.to_owned(),
        kind,
        outcome,
        worst,
        status: None,
        accepted_by: None,
    })
}

fn article(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Outcome => "an outcome",
        FindingKind::Duty => "a duty",
        FindingKind::Divergence => "a divergence",
        FindingKind::Exposure => "an exposure",
        FindingKind::Contradiction => "a contradiction",
    }
}

/// A text as YAML reads it back.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | ':' | '.');
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
    if starts && text.chars().all(plain) && !text.ends_with(':') {
        return text.to_owned();
    }
    // A text in JSON is one in YAML, and can always be written.
    serde_json::to_string(text).unwrap_or_default()
}
