//! What is found, ready to be kept, compared and printed: owned, serialisable, in one order whatever the map's.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::assess::acceptance::AcceptedRisk;
use crate::assess::baseline::AgainstBaseline;
use crate::assess::combined::Combined;
use crate::assess::evidence::{RestsOn, SourceNamed};
use crate::assess::floor::ProfileUsed;
pub use crate::assess::questions::{Asked, Question};
use crate::assess::totals::Total;
use crate::assess::verdict::{DutyState, Verdict};
use crate::assess::whereabouts::{Contradiction, Whereabouts};
use crate::law::pack::{Confidence, Status};
use crate::outcome::{Headline, Outcome};
use crate::text::Text;
use crate::word::words;

/// The version of the JSON shape. It rises when a reader of the old shape would misread the new one.
pub const FORMAT: u32 = 1;

/// The assessment of one map.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Assessment {
    /// The version of this shape: [`FORMAT`].
    pub transborder_assessment: u32,
    /// The version of the library.
    pub version: &'static str,
    /// What the map is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
    /// The day as of which the law was read.
    pub as_of: String,
    /// The regimes applied.
    pub law: Vec<RegimeApplied>,
    /// The vendor profiles that the map takes in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<ProfileUsed>,
    /// Whence what the map says is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceNamed>,
    /// Every movement with its verdicts.
    pub movements: Vec<AssessedMovement>,
    /// Where nodes are that have addresses, and how that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub whereabouts: Vec<Whereabouts>,
    /// Data that can be reached from elsewhere through ownership or keys.
    pub exposures: Vec<ExposureFound>,
    /// The totals on which thresholds turn, by regime, count and party.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub totals: Vec<Total>,
    /// Flows that are switched off by a setting.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub switched_off: Vec<String>,
    /// Flows on which nothing is known to travel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub idle: Vec<String>,
    /// What somebody must look at, worst first.
    pub findings: Vec<Finding>,
    /// The acceptances of the map, and whether they hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<AcceptedRisk>,
    /// What the findings are compared with, if they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<AgainstBaseline>,
    /// The facts to ask for, most decisive first.
    pub questions: Vec<Question>,
}

/// A regime that was applied.
#[derive(Clone, Debug, Serialize)]
pub struct RegimeApplied {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Who enforces it.
    pub authority: Text,
    /// When the pack was last compared with its sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<String>,
    /// The digest of the pack's files, by which it is known again.
    pub digest: String,
    /// The readings of open points that the caller chose in place of the pack's own, by point.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub readings: BTreeMap<String, String>,
    /// Its layers.
    pub layers: Vec<LayerApplied>,
    /// What a breach may cost, as the law says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub penalties: Vec<PenaltyCited>,
}

/// What a breach may cost, as the law says; never an estimate.
#[derive(Clone, Debug, Serialize)]
pub struct PenaltyCited {
    /// The provision.
    pub cite: String,
    /// The ceiling or range.
    pub maximum: Text,
    /// A remark.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub note: Text,
    /// How sure it is.
    pub confidence: Confidence,
}

/// A layer that was applied.
#[derive(Clone, Debug, Serialize)]
pub struct LayerApplied {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Whether it binds.
    pub status: Status,
}

/// One asset on one edge.
#[derive(Clone, Debug, Serialize)]
pub struct AssessedMovement {
    /// The flow, or `access:<node>:<entity>` for remote access that control implies.
    pub flow: String,
    /// The asset.
    pub asset: String,
    /// The state it is in after what the flows did to it, if they did anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// How it moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// Where it starts.
    pub from: Endpoint,
    /// Where it ends.
    pub to: Endpoint,
    /// The flows by which the asset came here, this one last.
    pub path: Vec<String>,
    /// Where the edge stands in the map: `flows.sync`.
    pub at: String,
    /// The places in the map that say whether it takes place at all: settings, flows that nobody has shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    /// What of it nobody has verified.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<RestsOn>,
    /// One verdict a layer of a regime.
    pub verdicts: Vec<AssessedVerdict>,
    /// What a regime says where several of its layers bind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub combined: Vec<Combined>,
}

/// One end of a movement.
#[derive(Clone, Debug, Serialize)]
pub struct Endpoint {
    /// The node, the asset whose data subjects it is, or the entity that looks.
    pub id: String,
    /// Who operates it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// Where it is, in words.
    pub place: String,
}

/// A verdict on one movement.
#[derive(Clone, Debug, Serialize)]
pub struct AssessedVerdict {
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Arc<Verdict>,
    /// Who counts as exporter under this regime.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exporter: Vec<String>,
    /// The outcome for each candidate place, where they differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_place: Vec<CandidateOutcome>,
    /// The facts that would decide, and where each goes in the map.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Asked>,
}

/// The outcome if a place is this one.
#[derive(Clone, Debug, Serialize)]
pub struct CandidateOutcome {
    /// Where the movement starts.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// What is said then.
    pub outcome: Headline,
}

/// Data that can be reached from elsewhere though no movement is shown. Never a transfer by itself.
#[derive(Clone, Debug, Serialize)]
pub struct ExposureFound {
    /// Where the data lie.
    pub node: String,
    /// Who can reach them.
    pub by: String,
    /// From where.
    pub places: Vec<String>,
    /// How: from the node to whoever reaches it.
    pub chain: Vec<String>,
    /// What lies there.
    pub assets: Vec<String>,
}

words! {
    /// What a finding is about.
    pub enum FindingKind {
        /// An outcome that somebody must look at.
        Outcome = "outcome",
        /// A duty that is not met.
        Duty = "duty",
        /// Regimes that pull a transfer in different directions: one lets it go, another holds it up.
        Divergence = "divergence",
        /// Data that can be reached from elsewhere.
        Exposure = "exposure",
        /// A place that the map declares, and a source that says another one.
        Contradiction = "contradiction",
    }
}

/// Something that somebody must look at.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Stays the same as long as the ids in map and packs do.
    pub id: String,
    /// What it is about.
    pub kind: FindingKind,
    /// The outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Headline>,
    /// Its worst possible outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Outcome>,
    /// The regime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regime: Option<String>,
    /// Its layer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// Whether the layer binds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// The flow or the node.
    pub subject: String,
    /// The asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// For a divergence: the regimes that let the transfer go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub let_go_by: Vec<String>,
    /// For a divergence: the regimes that hold it up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held_up_by: Vec<String>,
    /// For a contradiction: what is declared, and who says what instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contradiction: Option<Contradiction>,
    /// Where it stands in the map.
    pub at: String,
    /// The acceptance of the map that covers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_by: Option<String>,
    /// Whether it is in the baseline, and no worse than there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub known: bool,
}

impl Finding {
    /// A finding of which no more is said than what it is about.
    fn of(kind: FindingKind, id: String, subject: &str, at: &str) -> Self {
        Self {
            id,
            kind,
            outcome: None,
            worst: None,
            regime: None,
            layer: None,
            status: None,
            subject: subject.to_owned(),
            asset: None,
            rule: None,
            let_go_by: Vec::new(),
            held_up_by: Vec::new(),
            contradiction: None,
            at: at.to_owned(),
            accepted_by: None,
            known: false,
        }
    }

    /// Whether it still has to be looked at: it is neither accepted nor known.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.accepted_by.is_none() && !self.known
    }
}

/// The id of the finding that one layer of a regime has of a movement: `what` is the outcome, or the duty not met.
pub(crate) fn finding_id(verdict: &Verdict, movement: &AssessedMovement, what: &str) -> String {
    let Verdict { regime, layer, .. } = verdict;
    format!("{regime}/{layer}/{}/{}/{what}", movement.flow, movement.asset)
}

impl AssessedMovement {
    /// What it is known by: flow and asset.
    pub(crate) fn key(&self) -> (&str, &str) {
        (&self.flow, &self.asset)
    }

    /// The regimes that let the movement go and those that hold it up, of the law that binds and sees a transfer in it.
    fn directions(&self) -> (Vec<String>, Vec<String>) {
        let mut worst: BTreeMap<&str, Headline> = BTreeMap::new();
        for judged in &self.verdicts {
            let verdict = &judged.verdict;
            let several = self.combined.iter().find(|combined| combined.regime == verdict.regime);
            if verdict.status == Status::InForce {
                let outcome = several.map_or(verdict.outcome, |combined| combined.outcome);
                worst.insert(&verdict.regime, outcome);
            }
        }
        let of = |outcomes: [Outcome; 2]| {
            let regimes = worst.iter();
            let said = regimes.filter(|(_, said)| outcomes.into_iter().any(|o| **said == Headline::Firm(o)));
            said.map(|(regime, _)| (*regime).to_owned()).collect()
        };
        (
            of([Outcome::Exempt, Outcome::Covered]),
            of([Outcome::Incomplete, Outcome::NonExempt]),
        )
    }
}

impl Assessment {
    /// Fills in the findings and sorts them, worst first.
    pub(crate) fn find(&mut self) {
        let mut findings = Vec::new();
        for movement in &self.movements {
            for judged in &movement.verdicts {
                let verdict = &judged.verdict;
                let finding = |kind, what: &str, rule: Option<String>| Finding {
                    regime: Some(verdict.regime.clone()),
                    layer: Some(verdict.layer.clone()),
                    status: Some(verdict.status),
                    asset: Some(movement.asset.clone()),
                    rule,
                    ..Finding::of(kind, finding_id(verdict, movement, what), &movement.flow, &movement.at)
                };
                if is_flagged(verdict) {
                    let rule = verdict.decided_by.rule.clone();
                    findings.push(Finding {
                        outcome: Some(verdict.outcome),
                        worst: Some(verdict.worst),
                        ..finding(FindingKind::Outcome, verdict.outcome.as_str(), rule)
                    });
                }
                for duty in verdict.duties.iter().filter(|duty| duty.state == DutyState::Unmet) {
                    findings.push(finding(FindingKind::Duty, &duty.rule, Some(duty.rule.clone())));
                }
            }
        }
        for movement in &self.movements {
            let (let_go_by, held_up_by) = movement.directions();
            if let_go_by.is_empty() || held_up_by.is_empty() {
                continue;
            }
            let id = format!("divergence/{}/{}", movement.flow, movement.asset);
            findings.push(Finding {
                asset: Some(movement.asset.clone()),
                let_go_by,
                held_up_by,
                ..Finding::of(FindingKind::Divergence, id, &movement.flow, &movement.at)
            });
        }
        for exposure in &self.exposures {
            let id = format!("exposure/{}/{}", exposure.node, exposure.by);
            let at = format!("exposure of {}", exposure.node);
            findings.push(Finding::of(FindingKind::Exposure, id, &exposure.node, &at));
        }
        for whereabouts in &self.whereabouts {
            for contradiction in &whereabouts.contradictions {
                let id = format!("contradiction/{}/{}", whereabouts.node, contradiction.place);
                let of = Finding::of(FindingKind::Contradiction, id, &whereabouts.node, &whereabouts.at);
                findings.push(Finding {
                    contradiction: Some(contradiction.clone()),
                    ..of
                });
            }
        }
        findings.sort_by(|a, b| {
            let rank = |f: &Finding| {
                (
                    f.kind,
                    std::cmp::Reverse(f.worst),
                    f.outcome == Some(Headline::Undetermined),
                )
            };
            (rank(a), &a.id).cmp(&(rank(b), &b.id))
        });
        self.findings = findings;
    }
}

/// Whether a verdict is one that somebody must look at: an undetermined one ranks as its worst outcome.
#[must_use]
pub fn is_flagged(verdict: &Verdict) -> bool {
    let ranks_as = match verdict.outcome {
        Headline::Firm(outcome) => outcome,
        Headline::Undetermined => verdict.worst,
    };
    ranks_as >= Outcome::Incomplete
}
