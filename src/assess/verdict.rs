//! A judgement in words: the rule that decided with its citation, mechanisms, duties, questions, readings.

use serde::Serialize;

use crate::fact::Catalogue;
use crate::judge::explain::{Decider, Judgement, MechanismJudgement};
use crate::judge::table::Table;
use crate::law::in_force::{LayerInForce, RegimeInForce};
use crate::law::pack::{Confidence, Head, Otherwise, Pack, Status};
use crate::outcome::{Headline, Outcome};
use crate::text::Text;
use crate::truth::Truth;

/// What one layer of a regime says of one movement, in words.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// The regime's id.
    pub regime: String,
    /// The layer's id.
    pub layer: String,
    /// Whether the layer binds.
    pub status: Status,
    /// What is said of the movement.
    pub outcome: Headline,
    /// The mildest outcome still possible, given what is presumed.
    pub best: Outcome,
    /// The worst outcome still possible, given what is presumed.
    pub worst: Outcome,
    /// The range if nothing were presumed, where that is wider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpresumed: Option<Range>,
    /// What brought the outcome about; where it is undetermined, the worst one.
    pub decided_by: Provision,
    /// Every way in which the judgement may end, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub possible: Vec<PossibleOutcome>,
    /// The mechanisms considered, the one that counts first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mechanisms: Vec<MechanismVerdict>,
    /// The mechanisms that could serve if they were put in place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub eligible: Vec<String>,
    /// The duties that bind beside the outcome, or may.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<DutyVerdict>,
    /// The facts that would decide, by name, in the order of the stages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<String>,
    /// What was presumed because nothing was said of it, where it matters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub presumed: Vec<Presumption>,
    /// The open points of law on which the answer turned, and the reading used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<ReadingUsed>,
}

/// From the mildest to the worst outcome still possible.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Range {
    /// The mildest.
    pub best: Outcome,
    /// The worst.
    pub worst: Outcome,
}

/// A rule with its provision, as cited in a verdict.
#[derive(Clone, Debug, Serialize)]
pub struct Provision {
    /// `<regime>/<stem>`; nothing where no rule concluded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The rule's name.
    pub title: Text,
    /// The provision.
    pub cite: String,
    /// The reason.
    pub because: Text,
    /// How sure the rule is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// A warning that comes with it.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub warning: Text,
    /// The file it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// One way in which the judgement may end.
#[derive(Clone, Debug, Serialize)]
pub struct PossibleOutcome {
    /// The outcome.
    pub outcome: Outcome,
    /// The rule that would decide; nothing where none would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The provision.
    pub cite: String,
}

/// How one mechanism fares.
#[derive(Clone, Debug, Serialize)]
pub struct MechanismVerdict {
    /// `<regime>/<stem>`.
    pub kind: String,
    /// Its id in the map; nothing for one that everybody holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub title: Text,
    /// The provision.
    pub cite: String,
    /// What it comes to: `void` where a gate fails.
    pub state: MechanismState,
    /// Gates that fail.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Part>,
    /// Gates of which it is not known whether they are passed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<Part>,
    /// Requirements that are not met.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Part>,
    /// Requirements of which it is not known whether they are met.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Part>,
}

/// What a mechanism comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MechanismState {
    /// All is met.
    Complete,
    /// A requirement is not met.
    Incomplete,
    /// It cannot serve.
    Void,
    /// It is not known.
    Open,
}

/// A gate or a requirement.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// Its name within the mechanism.
    pub name: String,
    /// The provision.
    pub cite: String,
    /// For a gate the reason, for a requirement what to do.
    pub text: Text,
    /// How sure it is.
    pub confidence: Confidence,
}

/// How one duty fares.
#[derive(Clone, Debug, Serialize)]
pub struct DutyVerdict {
    /// `<regime>/<stem>`.
    pub rule: String,
    /// Its name.
    pub title: Text,
    /// The provision.
    pub cite: String,
    /// Whether it is met.
    pub state: DutyState,
    /// What to do.
    pub cure: Text,
}

/// Whether a duty is met.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyState {
    /// It binds and is met.
    Met,
    /// It is not known whether it binds or is met.
    Open,
    /// It binds and is not met.
    Unmet,
}

/// A fact that was presumed.
#[derive(Clone, Debug, Serialize)]
pub struct Presumption {
    /// The fact, as rules name it.
    pub fact: String,
    /// What was presumed.
    pub value: String,
}

/// An open point of law and the reading used.
#[derive(Clone, Debug, Serialize)]
pub struct ReadingUsed {
    /// The point.
    pub point: String,
    /// The question.
    pub question: Text,
    /// The reading used.
    pub reading: String,
    /// The other readings.
    pub alternatives: Vec<String>,
}

/// What is needed to put a judgement into words.
pub(crate) struct Words<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) pack: &'a Pack,
    pub(crate) regime: &'a RegimeInForce,
    pub(crate) layer: &'a LayerInForce,
    pub(crate) readings: &'a crate::law::in_force::Readings,
    pub(crate) table: &'a Table,
}

impl Words<'_> {
    /// The judgement in words.
    pub(crate) fn verdict(&self, judgement: &Judgement) -> Verdict {
        let (best, worst) = judgement
            .presumed
            .range()
            .unwrap_or((Outcome::OutOfScope, Outcome::NonExempt));
        let first = judgement.best_mechanism();
        let others = (0..judgement.mechanisms.len()).filter(|index| Some(*index) != first);
        let decider = judgement.decider().unwrap_or(Decider::NoMechanism);
        let possible = if judgement.possible.len() > 1 {
            judgement
                .possible
                .iter()
                .map(|possible| {
                    let provision = self.provision(judgement, possible.by, possible.outcome);
                    PossibleOutcome {
                        outcome: possible.outcome,
                        rule: provision.rule,
                        cite: provision.cite,
                    }
                })
                .collect()
        } else {
            Vec::new()
        };
        let outcome = judgement.headline();
        let said = match outcome {
            Headline::Firm(outcome) => outcome,
            Headline::Undetermined => worst,
        };
        Verdict {
            regime: self.pack.id.clone(),
            layer: self.layer.id.clone(),
            status: self.layer.status,
            outcome,
            best,
            worst,
            unpresumed: None,
            decided_by: self.provision(judgement, decider, said),
            possible,
            mechanisms: first
                .into_iter()
                .chain(others)
                .filter_map(|index| self.mechanism(judgement.mechanisms.get(index)?))
                .collect(),
            eligible: judgement
                .eligible
                .iter()
                .filter_map(|index| Some(self.layer.mechanisms.get(*index)?.kind.clone()))
                .collect(),
            duties: self.duties(judgement),
            ask: judgement
                .open
                .iter()
                .map(|fact| self.catalogue.fact(*fact).name.clone())
                .collect(),
            presumed: Vec::new(),
            readings: self.readings(judgement),
        }
    }

    fn provision(&self, judgement: &Judgement, decider: Decider, outcome: Outcome) -> Provision {
        match decider {
            Decider::NotLaw => otherwise(&self.pack.otherwise.before, "not the law on that day"),
            Decider::NoScope => otherwise(&self.pack.otherwise.scope, "no rule brings it into scope"),
            Decider::NoTransfer => otherwise(&self.pack.otherwise.transfer, "no rule makes it a transfer"),
            Decider::NoMechanism => otherwise(&self.pack.otherwise.mechanism, "no exemption and no mechanism"),
            Decider::Rule { rule, lifted } => match self.pack.rules.get(rule) {
                Some(rule) => {
                    let mut provision = self.head(&rule.head);
                    if let Some(by) = rule.lifted.as_ref().filter(|_| lifted) {
                        provision.because = by.because.clone();
                    }
                    provision
                }
                None => otherwise(&self.pack.otherwise.mechanism, ""),
            },
            Decider::Mechanism(index) => judgement
                .mechanisms
                .get(index)
                .and_then(|judged| self.of_mechanism(judged, outcome))
                .unwrap_or_else(|| otherwise(&self.pack.otherwise.mechanism, "")),
        }
    }

    /// A mechanism that serves says why; one that is incomplete, what it wants.
    fn of_mechanism(&self, judged: &MechanismJudgement, outcome: Outcome) -> Option<Provision> {
        let mechanism = self.layer.mechanisms.get(judged.mechanism)?;
        let mut provision = self.head(&self.pack.mechanisms.get(mechanism.mechanism)?.head);
        if outcome == Outcome::Incomplete {
            let requirements = || mechanism.requirements.iter().zip(&judged.requirements);
            let unmet = requirements().find(|(_, truth)| **truth == Truth::False);
            let open = || requirements().find(|(_, truth)| **truth == Truth::Unknown);
            if let Some((requirement, _)) = unmet.or_else(open) {
                provision.confidence = Some(requirement.confidence);
                provision.because = requirement.cure.clone();
                provision.cite = requirement.cite.clone();
            }
        }
        Some(provision)
    }

    fn head(&self, head: &Head) -> Provision {
        Provision {
            rule: Some(format!("{}/{}", self.pack.id, head.stem)),
            title: head.title.clone(),
            cite: head.cite.clone(),
            because: head.because.clone(),
            confidence: Some(head.confidence),
            warning: head.warn.clone(),
            file: Some(head.file.clone()),
        }
    }

    fn mechanism(&self, judged: &MechanismJudgement) -> Option<MechanismVerdict> {
        let mechanism = self.layer.mechanisms.get(judged.mechanism)?;
        let head = &self.pack.mechanisms.get(mechanism.mechanism)?.head;
        let gates = |wanted: Truth| {
            let parts = mechanism
                .gates
                .iter()
                .zip(&judged.gates)
                .filter(move |(_, truth)| **truth == wanted);
            parts.map(|(gate, _)| Part {
                name: gate.name.clone(),
                cite: gate.cite.clone(),
                text: gate.because.clone(),
                confidence: gate.confidence,
            })
        };
        let requirements = |wanted: Truth| {
            let parts = mechanism.requirements.iter().zip(&judged.requirements);
            parts
                .filter(move |(requirement, truth)| {
                    **truth == wanted && !(wanted == Truth::Unknown && requirement.unknown_is_met)
                })
                .map(|(requirement, _)| Part {
                    name: requirement.name.clone(),
                    cite: requirement.cite.clone(),
                    text: requirement.cure.clone(),
                    confidence: requirement.confidence,
                })
        };
        let mut doubtful: Vec<Part> = gates(Truth::Unknown).collect();
        if judged.reaches == Truth::Unknown {
            doubtful.push(Part {
                name: "reaches-this-movement".to_owned(),
                cite: head.cite.clone(),
                text: Text::english("It is not known whether it is between these parties, or for these data."),
                confidence: head.confidence,
            });
        }
        let state = match judged.presumed.range() {
            Some((Outcome::NonExempt, _)) => MechanismState::Void,
            Some((Outcome::Incomplete, Outcome::Incomplete)) => MechanismState::Incomplete,
            Some((best, worst)) if best == worst => MechanismState::Complete,
            _ => MechanismState::Open,
        };
        // What a void mechanism still lacks does not matter.
        let (missing, open) = if state == MechanismState::Void {
            (Vec::new(), Vec::new())
        } else {
            (
                requirements(Truth::False).collect(),
                requirements(Truth::Unknown).collect(),
            )
        };
        Some(MechanismVerdict {
            kind: mechanism.kind.clone(),
            id: judged
                .instance
                .and_then(|index| Some(self.table.instances().get(index)?.id.clone())),
            title: head.title.clone(),
            cite: head.cite.clone(),
            state,
            failed: gates(Truth::False).collect(),
            doubtful,
            missing,
            open,
        })
    }

    /// The duties that stand beside the outcome, or beside one that is still possible.
    pub(super) fn duties(&self, judgement: &Judgement) -> Vec<DutyVerdict> {
        let verdict = |judged: &crate::judge::explain::DutyJudgement| {
            let duty = self.pack.duties.get(self.layer.duties.get(judged.duty)?.duty)?;
            let beside = |outcome: Outcome| duty.outcomes.contains(&outcome);
            let certain = judgement.outcomes.iter().all(beside);
            if !judgement.outcomes.iter().any(beside) {
                return None;
            }
            let state = match (judged.applies, judged.met) {
                (_, Truth::True) => DutyState::Met,
                (Truth::True, Truth::False) if certain => DutyState::Unmet,
                _ => DutyState::Open,
            };
            Some(DutyVerdict {
                rule: format!("{}/{}", self.pack.id, duty.head.stem),
                title: duty.head.title.clone(),
                cite: duty.head.cite.clone(),
                state,
                cure: duty.cure.clone(),
            })
        };
        if !self.regime.is_law {
            return Vec::new();
        }
        judgement.duties.iter().filter_map(verdict).collect()
    }

    fn readings(&self, judgement: &Judgement) -> Vec<ReadingUsed> {
        let used = |point: &String| {
            let reading = self.pack.readings.get(point)?;
            let key = (self.pack.id.clone(), point.clone());
            let chosen = self.readings.get(&key).unwrap_or(&reading.default);
            Some(ReadingUsed {
                point: point.clone(),
                question: reading.question.clone(),
                reading: chosen.clone(),
                alternatives: reading
                    .options
                    .keys()
                    .filter(|option| *option != chosen)
                    .cloned()
                    .collect(),
            })
        };
        judgement.readings.iter().filter_map(used).collect()
    }
}

fn otherwise(otherwise: &Otherwise, title: &str) -> Provision {
    Provision {
        rule: None,
        title: Text::english(title),
        cite: otherwise.cite.clone(),
        because: otherwise.because.clone(),
        confidence: None,
        warning: Text::default(),
        file: None,
    }
}
