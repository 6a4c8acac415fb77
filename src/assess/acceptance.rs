//! Which acceptances of the map hold, and which findings they cover. What is accepted is still a finding.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::assess::assessment::{Assessment, finding_id};
use crate::date::Date;
use crate::law::Law;
use crate::load::near_match;
use crate::model::{Acceptance, Approval, Map};
use crate::outcome::{Headline, Outcome};
use crate::word::words;

/// So many likenesses are measured before near matches are no longer looked for.
const MOST_COMPARISONS: usize = 10_000;

/// Longer ids have no near match: the time to measure a likeness grows with the product of their lengths.
const LONGEST_COMPARED: usize = 160;

words! {
    /// Whether an acceptance holds, or the first reason why it does not.
    pub enum AcceptanceState {
        /// It holds.
        Holds = "holds",
        /// There is no such finding.
        Unused = "unused",
        /// The outcome is another than the one that was accepted, or no finding any more.
        OtherOutcome = "other_outcome",
        /// The worst outcome still possible is worse than what was accepted.
        Worse = "worse",
        /// Its last day has passed.
        Expired = "expired",
        /// Somebody has not approved by the day of judgement.
        LacksApproval = "lacks_approval",
        /// It is about a regime that was not applied.
        NotApplied = "not_applied",
    }
}

/// An acceptance of the map, and whether it holds.
#[derive(Clone, Debug, Serialize)]
pub struct AcceptedRisk {
    /// Its id.
    pub id: String,
    /// The id of the finding.
    pub finding: String,
    /// Why it can be accepted.
    pub reason: String,
    /// Who approved by the day of judgement, by role.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approved: Vec<Approval>,
    /// The last day on which it is accepted.
    pub until: Date,
    /// Whether it holds, or why not.
    pub state: AcceptanceState,
    /// The roles that have not approved by the day of judgement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
    /// What is said of the movement now, where that is not what was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<Headline>,
    /// The worst outcome still possible, where that is worse than what was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Outcome>,
    /// The finding that may be meant, where there is no such finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
    /// Where it stands in the map.
    pub at: String,
}

impl AcceptedRisk {
    /// Whether somebody has to renew it or take it out of the map.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        !matches!(self.state, AcceptanceState::Holds | AcceptanceState::NotApplied)
    }
}

/// Says which acceptances hold, and marks the findings that they cover.
pub(crate) fn accept(assessment: &mut Assessment, map: &Map, law: &Law, as_of: Date) {
    if map.accepted.is_empty() {
        return;
    }
    let found = Found::new(assessment, map, law, as_of);
    let accepted: Vec<AcceptedRisk> = map.accepted.iter().map(|acceptance| found.risk(acceptance)).collect();
    let mut covers: BTreeMap<&str, &str> = BTreeMap::new();
    for risk in accepted.iter().filter(|risk| risk.state == AcceptanceState::Holds) {
        // Of several the first by id.
        covers.entry(&risk.finding).or_insert(&risk.id);
    }
    for finding in &mut assessment.findings {
        finding.accepted_by = covers.get(finding.id.as_str()).map(|id| (*id).to_owned());
    }
    assessment.accepted = accepted;
}

/// What was found, as far as acceptances turn on it.
struct Found<'a> {
    map: &'a Map,
    law: &'a Law,
    as_of: Date,
    /// The findings, with the worst outcome of each.
    findings: BTreeMap<String, Option<Outcome>>,
    /// Of what is judged, whether a finding or not, the headline: the id up to the outcome.
    judged: BTreeMap<String, (Outcome, Headline)>,
    applied: BTreeSet<String>,
    comparisons: Cell<usize>,
}

impl<'a> Found<'a> {
    fn new(assessment: &Assessment, map: &'a Map, law: &'a Law, as_of: Date) -> Self {
        let mut findings: BTreeMap<String, Option<Outcome>> = BTreeMap::new();
        for finding in &assessment.findings {
            // An asset may travel a flow in several states.
            let worst = findings.entry(finding.id.clone()).or_default();
            *worst = finding.worst.max(*worst);
        }
        let mut judged: BTreeMap<String, (Outcome, Headline)> = BTreeMap::new();
        for movement in &assessment.movements {
            for verdict in movement.verdicts.iter().map(|judged| &judged.verdict) {
                let said = (verdict.worst, verdict.outcome);
                let worst = judged.entry(finding_id(verdict, movement, "")).or_insert(said);
                if said.0 > worst.0 {
                    *worst = said;
                }
            }
        }
        Self {
            map,
            law,
            as_of,
            findings,
            judged,
            applied: assessment.law.iter().map(|regime| regime.id.clone()).collect(),
            comparisons: Cell::new(0),
        }
    }

    fn risk(&self, acceptance: &Acceptance) -> AcceptedRisk {
        let mut approved: Vec<Approval> = acceptance.approved.clone();
        approved.retain(|approval| approval.on <= self.as_of);
        approved.sort();
        let has = |role: &String| approved.iter().any(|approval| approval.role == *role);
        let needed = &self.map.approvals_needed;
        let lacks: Vec<String> = needed.iter().filter(|role| !has(role)).cloned().collect();
        let mut risk = AcceptedRisk {
            id: acceptance.id.clone(),
            finding: acceptance.finding.clone(),
            reason: acceptance.reason.clone(),
            state: AcceptanceState::Holds,
            until: acceptance.until,
            now: None,
            worst: None,
            near: None,
            at: format!("accepted.{}", acceptance.id),
            approved,
            lacks,
        };
        risk.state = match self.findings.get(&acceptance.finding) {
            None => self.not_found(&mut risk),
            Some(worst) if acceptance.worst.is_some() && *worst > acceptance.worst => {
                risk.worst = *worst;
                AcceptanceState::Worse
            }
            Some(_) if acceptance.until < self.as_of => AcceptanceState::Expired,
            Some(_) if !risk.lacks.is_empty() || risk.approved.is_empty() => AcceptanceState::LacksApproval,
            Some(_) => AcceptanceState::Holds,
        };
        risk
    }

    fn not_found(&self, risk: &mut AcceptedRisk) -> AcceptanceState {
        let id = &risk.finding;
        if let Some((about, what)) = id.rsplit_once('/')
            && what.parse::<Headline>().is_ok()
            && let Some((_, now)) = self.judged.get(&format!("{about}/"))
        {
            risk.now = Some(*now);
            return AcceptanceState::OtherOutcome;
        }
        let regime = id.split_once('/').map_or("", |(regime, _)| regime);
        if !self.applied.contains(regime) && self.law.catalogue().knows_regime(regime) {
            return AcceptanceState::NotApplied;
        }
        // What is judged is named rightly: a duty that is met by now. No id has a `/` in it.
        let about = id
            .match_indices('/')
            .nth(3)
            .and_then(|(at, slash)| id.get(..at + slash.len()));
        let is_judged = about.is_some_and(|about| self.judged.contains_key(about));
        if !is_judged {
            risk.near = self.near(id);
        }
        AcceptanceState::Unused
    }

    fn near(&self, id: &str) -> Option<String> {
        let comparisons = self.comparisons.get().saturating_add(self.findings.len());
        self.comparisons.set(comparisons);
        if comparisons > MOST_COMPARISONS || id.len() > LONGEST_COMPARED {
            return None;
        }
        let ids = self.findings.keys().map(String::as_str);
        near_match(id, ids.filter(|id| id.len() <= LONGEST_COMPARED)).map(str::to_owned)
    }
}
