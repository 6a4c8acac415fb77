//! A rule pack as read: one regime with its rules, every reference resolved, all periods of the law kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::date::Date;
use crate::fact::FactId;
use crate::law::condition::Condition;
use crate::law::effective::Effective;
use crate::outcome::Outcome;
use crate::place::Place;
use crate::text::Text;
use crate::word::words;

words! {
    /// How sure a rule is.
    pub enum Confidence {
        /// Seen in a source.
        Verified = "verified",
        /// From memory: check before relying on it.
        Memory = "memory",
        /// An open point: our reading.
        Interpretation = "interpretation",
    }

    /// A stage of judgement; the folder of a rule.
    pub enum Stage {
        /// Does the regime bind the movement?
        Scope = "scope",
        /// Is it a transfer?
        Transfer = "transfer",
        /// What no mechanism cures.
        Blocks = "blocks",
        /// What the regime frees.
        Exemptions = "exemptions",
        /// What the parties must hold.
        Mechanisms = "mechanisms",
        /// Requirements common to mechanisms.
        Requirements = "requirements",
        /// What is owed beside the outcome.
        Duties = "duties",
        /// Totals over many movements.
        Counts = "counts",
        /// Dated lists of places.
        Sets = "sets",
    }

    /// Whether a layer binds.
    pub enum Status {
        /// It binds.
        InForce = "in_force",
        /// Enacted, but not commenced: judged as if it were, and said so.
        NotCommenced = "not_commenced",
    }

    /// What a rule concludes.
    pub enum Conclusion {
        /// The regime binds the movement.
        InScope = "in_scope",
        /// It does not.
        OutOfScope = "out_of_scope",
        /// A transfer.
        Transfer = "transfer",
        /// Not a transfer.
        NotATransfer = "not_a_transfer",
        /// Freed.
        Exempt = "exempt",
        /// Covered.
        Covered = "covered",
        /// Blocked.
        NonExempt = "non_exempt",
    }

    /// Whose movements a count sums.
    pub enum Per {
        /// The exporter's.
        Exporter = "exporter",
        /// The importer's.
        Importer = "importer",
        /// The principal's.
        Principal = "principal",
    }

    /// Since when a count runs.
    pub enum Since {
        /// 1 January of the year of judgement.
        January1OfThisYear = "january_1_of_this_year",
        /// 1 January of the year before.
        January1OfPreviousYear = "january_1_of_previous_year",
    }

    /// Who stands in the exporter's place.
    pub enum ReplacedBy {
        /// The controller for whom it acts.
        Principal = "principal",
        /// Who arranged that the data land there.
        Arranger = "arranger",
    }
}

impl Conclusion {
    /// The outcome that ends the judgement, if this conclusion does.
    #[must_use]
    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Self::InScope | Self::Transfer => None,
            Self::OutOfScope => Some(Outcome::OutOfScope),
            Self::NotATransfer => Some(Outcome::NotATransfer),
            Self::Exempt => Some(Outcome::Exempt),
            Self::Covered => Some(Outcome::Covered),
            Self::NonExempt => Some(Outcome::NonExempt),
        }
    }
}

/// What rules of several regimes may be about, so that they can be compared.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct Topic {
    /// The word.
    pub id: String,
    /// Its name.
    pub title: Text,
}

/// A page where the provision can be read.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct See {
    /// Its address.
    pub url: String,
    /// When it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_on: Option<String>,
}

/// What every rule has.
#[derive(Clone, Debug)]
pub struct Head {
    /// The file's stem.
    pub stem: String,
    /// Which stage it belongs to.
    pub stage: Stage,
    /// Short name.
    pub title: Text,
    /// The provision.
    pub cite: String,
    /// When it is the law.
    pub effective: Effective,
    /// The layers it belongs to; `None`: all.
    pub layers: Option<Vec<String>>,
    /// How sure it is.
    pub confidence: Confidence,
    /// The reason, in plain words.
    pub because: Text,
    /// A warning printed whenever it decides.
    pub warn: Text,
    /// The topics it is about.
    pub about: BTreeSet<String>,
    /// Where the provision can be read.
    pub see: Option<See>,
    /// The file it stands in.
    pub file: String,
}

impl Head {
    /// Whether the rule belongs to a layer.
    #[must_use]
    pub fn is_in_layer(&self, layer: &str) -> bool {
        self.layers
            .as_ref()
            .is_none_or(|layers| layers.iter().any(|l| l == layer))
    }
}

/// A rule of scope, transfer, blocks or exemptions.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What every rule has.
    pub head: Head,
    /// The higher prevails.
    pub rank: u64,
    /// When it holds.
    pub when: Condition,
    /// What follows.
    pub then: Conclusion,
    /// For a block: what lifts it.
    pub lifted: Option<Lifted>,
}

/// What lifts a block.
#[derive(Clone, Debug)]
pub struct Lifted {
    /// When.
    pub when: Condition,
    /// What follows then.
    pub then: Conclusion,
    /// Why.
    pub because: Text,
}

/// A condition without which a mechanism cannot serve.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Its name within the mechanism.
    pub name: String,
    /// The topics it is about.
    pub about: BTreeSet<String>,
    /// When it is passed.
    pub when: Condition,
    /// It stands in the way of obtaining the mechanism; one that is held passes it.
    pub of_obtaining: bool,
    /// The provision, if not the mechanism's own.
    pub cite: Option<String>,
    /// Why.
    pub because: Text,
    /// How sure it is, if not as sure as the mechanism.
    pub confidence: Option<Confidence>,
}

/// A condition that an act of the parties can still meet.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Its name within the mechanism.
    pub name: String,
    /// The topics it is about.
    pub about: BTreeSet<String>,
    /// Where it binds.
    pub applies: Condition,
    /// When it is met.
    pub when: Condition,
    /// Whether not knowing counts as met.
    pub unknown_is_met: bool,
    /// The provision, if not the mechanism's own.
    pub cite: Option<String>,
    /// What to do.
    pub cure: Text,
    /// How sure it is, if not as sure as the rule it stands in.
    pub confidence: Option<Confidence>,
}

/// What legalises a transfer.
#[derive(Clone, Debug)]
pub struct Mechanism {
    /// What every rule has.
    pub head: Head,
    /// A word by which common requirements pick it.
    pub group: Option<String>,
    /// Everybody holds it.
    pub implicit: bool,
    /// False: void.
    pub gates: Vec<Gate>,
    /// False: incomplete.
    pub requirements: Vec<Requirement>,
    /// What follows when all is met.
    pub then: Then,
}

/// What follows when all that a mechanism asks is met.
#[derive(Clone, Debug)]
pub enum Then {
    /// The same under every reading.
    Always(Conclusion),
    /// What an open point of law makes of it.
    ByReading {
        /// The point.
        point: String,
        /// The conclusion under each of its readings.
        options: BTreeMap<String, Conclusion>,
    },
}

/// A requirement common to several mechanisms.
#[derive(Clone, Debug)]
pub struct CommonRequirement {
    /// What every rule has.
    pub head: Head,
    /// The groups of mechanisms it belongs to; `None`: all.
    pub of: Option<Vec<String>>,
    /// The requirement.
    pub requirement: Requirement,
}

/// An obligation that stands beside the outcome.
#[derive(Clone, Debug)]
pub struct Duty {
    /// What every rule has.
    pub head: Head,
    /// Where it binds.
    pub applies: Condition,
    /// When it is met.
    pub when: Condition,
    /// What to do.
    pub cure: Text,
    /// Beside which outcomes it stands.
    pub outcomes: BTreeSet<Outcome>,
}

/// A total over many movements.
#[derive(Clone, Debug)]
pub struct Count {
    /// What every rule has.
    pub head: Head,
    /// The fact that carries it.
    pub fact: FactId,
    /// Whose movements are summed.
    pub per: Per,
    /// Which movements.
    pub over: Condition,
    /// Since when, by period.
    pub window: Vec<(Effective, Since)>,
}

/// A dated list of places.
#[derive(Clone, Debug)]
pub struct Set {
    /// What every rule has.
    pub head: Head,
    /// When it was last compared with its source.
    pub checked_on: Option<Date>,
    /// Its members.
    pub members: Vec<Member>,
}

/// A member of a set, for a period.
#[derive(Clone, Debug)]
pub struct Member {
    /// The places.
    pub places: BTreeSet<Place>,
    /// When they are in.
    pub effective: Effective,
    /// On which condition.
    pub when: Condition,
    /// The provision, if not the set's own.
    pub cite: Option<String>,
    /// What ended the membership.
    pub ended_by: Option<String>,
    /// A remark.
    pub note: Text,
    /// How sure it is, if not as sure as the list.
    pub confidence: Option<Confidence>,
}

/// A part of a regime judged apart.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Whether it binds, from its first day on.
    pub status: Status,
    /// Its first day; before it, it is not commenced.
    pub from: Option<Date>,
}

impl Layer {
    /// Whether it binds on a day.
    #[must_use]
    pub fn status_on(&self, day: Date) -> Status {
        match self.from {
            Some(from) if day < from => Status::NotCommenced,
            _ => self.status,
        }
    }
}

/// An open point of law.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The point.
    pub question: Text,
    /// Our default.
    pub default: String,
    /// The alternatives.
    pub options: BTreeMap<String, Text>,
}

/// An instrument that is cited.
#[derive(Clone, Debug)]
pub struct Instrument {
    /// Its name.
    pub title: Text,
    /// Its number.
    pub number: Option<String>,
    /// Since when it is in force.
    pub from: Option<Date>,
}

/// A named condition.
#[derive(Clone, Debug)]
pub struct Named {
    /// The condition.
    pub when: Condition,
    /// The provision.
    pub cite: Option<String>,
    /// Why.
    pub because: Text,
}

/// What is said where no rule concluded.
#[derive(Clone, Debug, Default)]
pub struct Otherwise {
    /// The provision.
    pub cite: String,
    /// Why.
    pub because: Text,
}

/// The four places where no rule may conclude.
#[derive(Clone, Debug, Default)]
pub struct Otherwises {
    /// Before the regime is law.
    pub before: Otherwise,
    /// Out of scope for want of a rule that says otherwise.
    pub scope: Otherwise,
    /// Not a transfer for want of a rule that says otherwise.
    pub transfer: Otherwise,
    /// Neither exempt nor covered.
    pub mechanism: Otherwise,
}

/// Who stands in the exporter's place, and when.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// Who.
    pub by: ReplacedBy,
    /// When.
    pub when: Condition,
    /// The provision.
    pub cite: String,
}

/// What a breach may cost, as the law says.
#[derive(Clone, Debug)]
pub struct Penalty {
    /// The provision.
    pub cite: String,
    /// The ceiling or range.
    pub maximum: Text,
    /// A remark.
    pub note: Text,
    /// How sure it is.
    pub confidence: Confidence,
}

/// One regime with all its law, past and present.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The regime's id, the folder's name.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Where it is the law.
    pub territory: BTreeSet<Place>,
    /// Who enforces it.
    pub authority: Text,
    /// When the pack was last compared with its sources.
    pub checked_on: Option<Date>,
    /// The digest of its files: `sha256:` and sixty-four hexadecimal digits.
    pub digest: String,
    /// When it is the law.
    pub effective: Effective,
    /// The instruments it cites.
    pub instruments: BTreeMap<String, Instrument>,
    /// Its layers; the first is the default.
    pub layers: Vec<Layer>,
    /// Open points.
    pub readings: BTreeMap<String, Reading>,
    /// Who stands in the exporter's place.
    pub replacements: Vec<Replacement>,
    /// What is said where no rule concluded.
    pub otherwise: Otherwises,
    /// What a breach may cost.
    pub penalties: Vec<Penalty>,
    /// Named conditions.
    pub conditions: BTreeMap<String, Named>,
    /// Dated lists of places.
    pub sets: BTreeMap<String, Set>,
    /// Rules of scope, transfer, blocks and exemptions, by stage and stem.
    pub rules: Vec<Rule>,
    /// Mechanisms, by stem.
    pub mechanisms: Vec<Mechanism>,
    /// Requirements common to several, by stem.
    pub requirements: Vec<CommonRequirement>,
    /// Duties, by stem.
    pub duties: Vec<Duty>,
    /// Counts, by stem.
    pub counts: Vec<Count>,
}

impl Pack {
    /// The heads of everything that is a rule, in the order of the stages.
    pub fn heads(&self) -> impl Iterator<Item = &Head> {
        let rules = self.rules.iter().map(|rule| &rule.head);
        let mechanisms = self.mechanisms.iter().map(|rule| &rule.head);
        let requirements = self.requirements.iter().map(|rule| &rule.head);
        let duties = self.duties.iter().map(|rule| &rule.head);
        let counts = self.counts.iter().map(|rule| &rule.head);
        let sets = self.sets.values().map(|set| &set.head);
        rules
            .chain(mechanisms)
            .chain(requirements)
            .chain(duties)
            .chain(counts)
            .chain(sets)
    }
}
