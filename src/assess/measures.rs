//! Measures: what a person can do so that a finding is gone, each tried on the whole map before it is offered.

mod act;
mod candidate;
mod mechanism;
mod search;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::assess::Options;
use crate::assess::assessment::FindingKind;
use crate::assess::verdict::DutyState;
use crate::error::Error;
use crate::law::Law;
use crate::law::pack::Confidence;
use crate::load::{Change, Document};
use crate::outcome::{Headline, Outcome};
use crate::text::Text;
use crate::word::{Changeable, words};

/// The version of the JSON shape. It rises when a reader of the old shape would misread the new one.
pub const FORMAT: u32 = 1;

/// Which findings are to be cleared.
#[derive(Clone, Debug, Default)]
pub enum Selection {
    /// Every outcome that needs attention and is not accepted, of law in force.
    #[default]
    Outcomes,
    /// These, by id.
    Findings(BTreeSet<String>),
}

/// How far the search goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// So many sets are offered for one finding.
    pub at_most: usize,
    /// So many measures make up a set.
    pub set_size: usize,
    /// So many changes are tried.
    pub trials: usize,
    /// Whether the product is not yet bought, so that what is chosen at sign-up can still be chosen.
    pub before_sign_up: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_most: 3,
            set_size: 3,
            trials: 600,
            before_sign_up: false,
        }
    }
}

/// What clears which findings.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Measures {
    /// The version of this shape: [`FORMAT`].
    pub transborder_measures: u32,
    /// The version of the library.
    pub version: &'static str,
    /// What the map is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
    /// The day as of which the law was read.
    pub as_of: String,
    /// The findings that were to be cleared, worst first.
    pub findings: Vec<Cure>,
    /// The sets offered: smaller ones first, then less intrusive ones, then by id.
    pub sets: Vec<Set>,
    /// How many changes were tried on the whole map.
    pub tried: usize,
    /// Where the search stopped before everything was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
}

/// What clears one finding.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Cure {
    /// The finding's id.
    pub finding: String,
    /// What it is about.
    pub kind: FindingKind,
    /// Where it stands in the map.
    pub at: String,
    /// The numbers of the sets that clear it, the least intrusive first.
    pub sets: Vec<usize>,
    /// How many more sets clear it than are offered.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: usize,
    /// What does not help, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ruled_out: Vec<RuledOut>,
}

/// Something that does not help.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct RuledOut {
    /// A setting, a mechanism, or what else was looked at.
    pub what: String,
    /// Why it does not help.
    pub why: String,
}

/// Measures that clear findings together, and none of which can be left out.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Set {
    /// Counts from 1.
    pub number: usize,
    /// What is done.
    pub measures: Vec<Measure>,
    /// The chosen findings that it clears.
    pub clears: Vec<Cleared>,
    /// What gets worse by it or appears; nothing, unless every other way does the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub worse: Vec<Worse>,
    /// The duties that stand beside what is cleared and are not known to be met.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<Owed>,
    /// All of it as one change of the map.
    pub change: Change,
}

/// A finding that is cleared.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Cleared {
    /// The finding's id.
    pub finding: String,
    /// What is said then: no finding any more; nothing where there is no movement any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<Headline>,
}

/// A finding that is new or worse than before.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Worse {
    /// The finding's id.
    pub finding: String,
    /// The worst outcome before; nothing where there was no finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Outcome>,
    /// The worst outcome after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Outcome>,
}

/// A duty that binds then, or may.
#[derive(Clone, Debug, Serialize)]
pub struct Owed {
    /// The rule.
    pub rule: String,
    /// Its name.
    pub title: Text,
    /// The provision.
    pub cite: String,
    /// How it stands before; nothing where it did not bind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<DutyState>,
    /// How it stands then: `unmet`, or `open` where it is not known whether it binds or is met.
    pub state: DutyState,
    /// What to do.
    pub cure: Text,
    /// The flows beside which it stands.
    pub flows: BTreeSet<String>,
}

/// One step that a person can take.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Measure {
    /// Stays the same as long as the ids in map and packs do.
    pub id: String,
    /// What kind of step it is.
    pub kind: MeasureKind,
    /// What is done, in words.
    pub words: String,
    /// The setting that is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<SettingNamed>,
    /// The mechanism that is put in place or completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<MechanismNamed>,
    /// What has to be done for it, one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// What it changes in the map.
    pub change: Change,
}

words! {
    /// What kind of step a measure is; the less intrusive come first.
    pub enum MeasureKind {
        /// A setting that can be changed at any time is set.
        Setting = "setting",
        /// What is chosen before sign-up is chosen otherwise.
        SettingBeforeSignUp = "setting_before_sign_up",
        /// What a law asks besides is done.
        Fulfil = "fulfil",
        /// A mechanism that is held is completed.
        Complete = "complete",
        /// A mechanism that the other side offers is signed.
        SignOffered = "sign_offered",
        /// A mechanism is put in place.
        NewMechanism = "new_mechanism",
        /// A setting is changed, and what is there is moved.
        SettingByMigration = "setting_by_migration",
        /// A setting is changed by contract.
        SettingByContract = "setting_by_contract",
        /// A setting is changed of which nobody knows when it can be.
        SettingUnclear = "setting_unclear",
        /// Somebody who could look is shut out.
        ExcludeAccess = "exclude_access",
        /// Something is moved to another place.
        Relocate = "relocate",
        /// A mechanism is put in place that serves only if circumstances are such.
        NewMechanismIf = "new_mechanism_if",
        /// The data no longer flow.
        Drop = "drop",
    }
}

/// The setting that a measure sets.
#[derive(Clone, Debug, Serialize)]
pub struct SettingNamed {
    /// Its id.
    pub id: String,
    /// The word it has; nothing where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The word it gets.
    pub to: String,
    /// When it can be changed; nothing where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changeable: Option<Changeable>,
    /// What it decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Who can set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_by: Option<String>,
    /// The plan or edition it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// What stays as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residue: Option<String>,
}

/// The mechanism of a measure.
#[derive(Clone, Debug, Serialize)]
pub struct MechanismNamed {
    /// `<regime>/<stem>`.
    pub kind: String,
    /// Its id in the map, the new one if it is new; nothing for one that everybody holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub title: Text,
    /// The provision.
    pub cite: String,
    /// What is said of the offer, where the other side offers it: to be signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered: Option<String>,
}

/// One thing to do, or one that has to be so.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Step {
    /// The gate or the requirement.
    pub part: String,
    /// The provision.
    pub cite: String,
    /// What to do; of a gate, why it matters.
    pub words: Text,
    /// Whether it is no act but has to be so: where it is not, the measure is none.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub supposed: bool,
    /// How sure the rule is.
    pub confidence: Confidence,
}

impl Set {
    /// What orders sets: how many measures, how intrusive, then by id.
    fn rank(measures: &[Measure]) -> (usize, Vec<MeasureKind>, Vec<&str>) {
        let mut kinds: Vec<MeasureKind> = measures.iter().map(|measure| measure.kind).collect();
        kinds.sort_by(|a, b| b.cmp(a));
        (measures.len(), kinds, measures.iter().map(|m| m.id.as_str()).collect())
    }
}

/// Looks for measures that clear findings. Each set that is offered was carried out on the map, which was judged anew.
///
/// # Errors
/// If the map has errors, nobody says as of which day the law is to be read, or a chosen finding does not exist.
pub fn propose(
    document: &Document,
    law: &Law,
    options: &Options,
    chosen: &Selection,
    limits: Limits,
) -> Result<Measures, Error> {
    search::propose(document, law, options, chosen, limits)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
