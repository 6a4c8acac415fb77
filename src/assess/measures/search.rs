//! The search: each step alone, then several together, each tried on the whole map; what is offered has no step too many.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::assess::Options;
use crate::assess::assessment::{Assessment, Finding, FindingKind, is_flagged};
use crate::assess::judging::{self, Prepared};
use crate::assess::measures::candidate::{State, Ways};
use crate::assess::measures::{
    Cleared, Cure, FORMAT, Limits, Measure, MeasureKind, Measures, Owed, RuledOut, Selection, Set, Worse,
};
use crate::assess::verdict::{DutyState, DutyVerdict, Verdict};
use crate::date::Date;
use crate::error::Error;
use crate::law::Law;
use crate::law::in_force::Readings;
use crate::law::pack::Status;
use crate::load::{Change, Document, near_match};
use crate::outcome::{Headline, Outcome};

/// So many single steps that change a verdict are built on for one finding.
const MOST_BUILT_ON: usize = 8;

pub(super) fn propose(
    document: &Document,
    law: &Law,
    options: &Options,
    chosen: &Selection,
    limits: Limits,
) -> Result<Measures, Error> {
    let map = document.map(law.catalogue())?.map;
    let as_of = options.day(&map)?;
    let prepared = Prepared::new(&map, law, as_of, &options.readings);
    let assessment = judging::assess(&prepared, law, &options.readings);
    let findings = of_selection(&assessment, chosen)?;
    let mut search = Search {
        document,
        law,
        readings: &options.readings,
        as_of,
        limits,
        findings: &findings,
        before: standings(&findings, &assessment),
        base: &assessment,
        trials: BTreeMap::new(),
        tried: 0,
        stopped: false,
        found: BTreeMap::new(),
        ruled_out: vec![BTreeSet::new(); findings.len()],
    };
    let state = State {
        document,
        prepared: &prepared,
        assessment: &assessment,
        law,
        limits,
    };
    // Every single step is tried before any two together, so that a limit never cuts a small set for a large one.
    let all: Vec<Vec<Measure>> = (0..findings.len()).map(|index| search.singles(index, &state)).collect();
    for (index, singles) in all.iter().enumerate() {
        search.together(index, singles);
    }
    Ok(search.result())
}

/// The findings that are to be cleared, in the order of the assessment.
fn of_selection(assessment: &Assessment, chosen: &Selection) -> Result<Vec<Finding>, Error> {
    let calls = |finding: &&Finding| {
        let binds = finding.status == Some(Status::InForce);
        finding.kind == FindingKind::Outcome && binds && finding.is_open()
    };
    let Selection::Findings(ids) = chosen else {
        return Ok(assessment.findings.iter().filter(calls).cloned().collect());
    };
    let known = || assessment.findings.iter().map(|finding| finding.id.as_str());
    for id in ids {
        if !known().any(|known| known == id) {
            let help = near_match(id, known()).map_or_else(
                || "an assessment names them all".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Error::NoFinding {
                finding: id.clone(),
                help,
            });
        }
    }
    let findings = assessment.findings.iter();
    Ok(findings.filter(|finding| ids.contains(&finding.id)).cloned().collect())
}

/// What a change does to the findings that are to be cleared, and to the others.
#[derive(Debug)]
struct Trial {
    standings: Vec<Standing>,
    worse: Vec<Worse>,
    /// The duties beside what is cleared, a finding.
    owed: Vec<Vec<Owed>>,
}

/// How a finding stands.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Standing {
    clear: bool,
    now: Option<Headline>,
    /// The worst and the mildest outcome of each verdict, in order.
    range: Vec<(Outcome, Outcome)>,
}

impl Trial {
    fn clears(&self, index: usize) -> bool {
        self.standings.get(index).is_some_and(|standing| standing.clear)
    }
}

/// A set that clears something.
struct Found {
    measures: Vec<Measure>,
    trial: Rc<Trial>,
    /// The findings for which it was looked for, by position: it clears each, and no part of it does.
    clears: BTreeSet<usize>,
}

struct Search<'a> {
    document: &'a Document,
    law: &'a Law,
    readings: &'a Readings,
    as_of: Date,
    limits: Limits,
    findings: &'a [Finding],
    before: Vec<Standing>,
    base: &'a Assessment,
    /// What was tried, by the change; `None` where the map was no map any more.
    trials: BTreeMap<String, Option<Rc<Trial>>>,
    tried: usize,
    stopped: bool,
    /// The sets that clear something, by the ids of their measures.
    found: BTreeMap<Vec<String>, Found>,
    ruled_out: Vec<BTreeSet<RuledOut>>,
}

impl Search<'_> {
    /// Tries every single step for a finding.
    fn singles(&mut self, index: usize, state: &State<'_>) -> Vec<Measure> {
        let Some(finding) = self.findings.get(index) else {
            return Vec::new();
        };
        let Ways { measures, ruled_out } = state.ways(finding);
        if let Some(all) = self.ruled_out.get_mut(index) {
            all.extend(ruled_out);
        }
        let measures = distinct(measures);
        let mut light = false;
        for measure in &measures {
            // What asks for more than is needed is not tried, save for the last resort.
            if light && matches!(measure.kind, MeasureKind::Relocate | MeasureKind::NewMechanismIf) {
                continue;
            }
            let alone = std::slice::from_ref(measure);
            if let Some(trial) = self.trial(alone)
                && trial.clears(index)
            {
                light |= measure.kind < MeasureKind::ExcludeAccess && trial.worse.is_empty();
                self.keep(index, alone, trial);
            }
        }
        measures
    }

    /// Builds on the single steps for a finding: on all where no light one clears it, otherwise on settings alone.
    fn together(&mut self, index: usize, singles: &[Measure]) {
        let all: Vec<&Found> = self
            .found
            .values()
            .filter(|found| found.clears.contains(&index))
            .collect();
        let is_clean = |found: &&&Found| found.trial.worse.is_empty();
        let of = |is_it: fn(&Measure) -> bool| all.iter().filter(is_clean).any(|f| f.measures.iter().all(is_it));
        let light = of(|measure| measure.kind < MeasureKind::ExcludeAccess);
        let set = of(|measure| measure.setting.is_some());
        if self.limits.set_size < 2 || set {
            return;
        }
        let mut built_on = 0;
        for single in singles {
            let alone = std::slice::from_ref(single);
            let Some(trial) = self.trial(alone) else { continue };
            if trial.clears(index) || built_on == MOST_BUILT_ON {
                continue;
            }
            let changes = !light && trial.standings.get(index) != self.before.get(index);
            if changes || single.setting.is_some() {
                built_on += 1;
                self.build_on(index, alone, changes);
            }
        }
    }

    /// Tries what can be done once some steps are taken; what serves then may not have served before. Settings that change
    /// nothing yet are joined with settings only: of several ways by which data arrive all have to be switched off.
    fn build_on(&mut self, index: usize, taken: &[Measure], changes: bool) {
        let Some(finding) = self.findings.get(index) else {
            return;
        };
        if self.stopped {
            return;
        }
        let Ok(document) = self.document.with(&joined(taken), None) else {
            return;
        };
        let Ok(loaded) = document.map(self.law.catalogue()) else {
            return;
        };
        let prepared = Prepared::new(&loaded.map, self.law, self.as_of, self.readings);
        let assessment = judging::assess(&prepared, self.law, self.readings);
        let state = State {
            document: &document,
            prepared: &prepared,
            assessment: &assessment,
            law: self.law,
            limits: self.limits,
        };
        let now = self.trial(taken);
        let Some(now) = now.and_then(|trial| trial.standings.get(index).cloned()) else {
            return;
        };
        for next in distinct(state.ways(finding).measures) {
            let apart = taken.iter().all(|taken| !overlap(&taken.change, &next.change));
            if !apart || !changes && next.setting.is_none() {
                continue;
            }
            let mut set = taken.to_vec();
            set.push(next);
            set.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
            if self.found.contains_key(&ids(&set)) || self.some_part_clears(index, &set) {
                continue;
            }
            let Some(trial) = self.trial(&set) else { continue };
            if trial.clears(index) {
                self.keep(index, &set, trial);
            } else if set.len() < self.limits.set_size {
                let changes = trial.standings.get(index) != Some(&now);
                if changes || set.iter().all(|measure| measure.setting.is_some()) {
                    self.build_on(index, &set, changes);
                }
            }
        }
    }

    /// Whether a part of a set clears a finding by itself: then the rest is too much.
    fn some_part_clears(&mut self, index: usize, set: &[Measure]) -> bool {
        (0..set.len()).any(|left_out| {
            let mut part = set.to_vec();
            part.remove(left_out);
            if part.is_empty() {
                return false;
            }
            let clears = self.trial(&part).is_some_and(|trial| trial.clears(index));
            clears || part.len() > 1 && self.some_part_clears(index, &part)
        })
    }

    fn keep(&mut self, index: usize, set: &[Measure], trial: Rc<Trial>) {
        let found = self.found.entry(ids(set)).or_insert_with(|| Found {
            measures: set.to_vec(),
            trial,
            clears: BTreeSet::new(),
        });
        found.clears.insert(index);
    }

    /// Carries out measures on the map and judges it anew; `None` where that leaves no map, or no more is tried.
    fn trial(&mut self, measures: &[Measure]) -> Option<Rc<Trial>> {
        let change = joined(measures);
        let key = serde_json::to_string(&change).unwrap_or_default();
        if let Some(known) = self.trials.get(&key) {
            return known.clone();
        }
        if self.tried >= self.limits.trials {
            self.stopped = true;
            return None;
        }
        self.tried += 1;
        let trial = self.carry_out(&change).map(Rc::new);
        self.trials.insert(key, trial.clone());
        trial
    }

    fn carry_out(&self, change: &Change) -> Option<Trial> {
        let document = self.document.with(change, None).ok()?;
        let map = document.map(self.law.catalogue()).ok()?.map;
        let prepared = Prepared::new(&map, self.law, self.as_of, self.readings);
        let after = judging::assess(&prepared, self.law, self.readings);
        let standings = standings(self.findings, &after);
        let cleared = self.findings.iter().zip(&standings);
        Some(Trial {
            worse: worse(self.base, &after),
            owed: cleared
                .map(|(finding, standing)| match standing.clear {
                    true => owed(finding, self.base, &after),
                    false => Vec::new(),
                })
                .collect(),
            standings,
        })
    }

    fn result(self) -> Measures {
        let mut sets: Vec<Found> = self.found.into_values().collect();
        sets.sort_by(|a, b| Set::rank(&a.measures).cmp(&Set::rank(&b.measures)));
        let mut cures = Vec::new();
        let mut used: BTreeSet<usize> = BTreeSet::new();
        for (index, (finding, ruled_out)) in self.findings.iter().zip(self.ruled_out).enumerate() {
            let mut of_finding: Vec<usize> = (0..sets.len())
                .filter(|at| sets.get(*at).is_some_and(|found| found.clears.contains(&index)))
                .collect();
            let is_clean = |at: &usize| sets.get(*at).is_some_and(|found| found.trial.worse.is_empty());
            if of_finding.iter().any(is_clean) {
                of_finding.retain(is_clean);
            }
            let more = of_finding.len().saturating_sub(self.limits.at_most);
            of_finding.truncate(self.limits.at_most);
            used.extend(&of_finding);
            cures.push(Cure {
                finding: finding.id.clone(),
                kind: finding.kind,
                at: finding.at.clone(),
                sets: of_finding,
                more,
                ruled_out: ruled_out.into_iter().collect(),
            });
        }
        let numbers: BTreeMap<usize, usize> = used.iter().copied().zip(1..).collect();
        for number in cures.iter_mut().flat_map(|cure| &mut cure.sets) {
            *number = numbers.get(number).copied().unwrap_or_default();
        }
        let numbered = sets.into_iter().enumerate();
        let offered = numbered.filter_map(|(at, found)| Some((*numbers.get(&at)?, found)));
        Measures {
            transborder_measures: FORMAT,
            version: env!("CARGO_PKG_VERSION"),
            map: self.base.map.clone(),
            as_of: self.base.as_of.clone(),
            sets: offered
                .map(|(number, found)| set(number, found.measures, &found.trial, self.findings))
                .collect(),
            findings: cures,
            tried: self.tried,
            stopped: self
                .stopped
                .then(|| format!("the search stopped after {} changes were tried", self.tried)),
        }
    }
}

fn set(number: usize, measures: Vec<Measure>, trial: &Trial, findings: &[Finding]) -> Set {
    let cleared = findings
        .iter()
        .zip(&trial.standings)
        .filter(|(_, standing)| standing.clear);
    let mut duties: BTreeMap<&str, Owed> = BTreeMap::new();
    for owed in trial.owed.iter().flatten() {
        let entry = duties.entry(&owed.rule).or_insert_with(|| owed.clone());
        entry.flows.extend(owed.flows.iter().cloned());
        // Of several movements the one of which most is owed.
        if owed.state == DutyState::Unmet {
            entry.state = owed.state;
        }
        if owed.before.is_none() {
            entry.before = None;
        }
    }
    Set {
        number,
        clears: cleared
            .map(|(finding, standing)| Cleared {
                finding: finding.id.clone(),
                now: standing.now,
            })
            .collect(),
        worse: trial.worse.clone(),
        owed: duties.into_values().collect(),
        change: joined(&measures),
        measures,
    }
}

/// Each step once: several movements may call for the same.
fn distinct(measures: Vec<Measure>) -> Vec<Measure> {
    let mut known: BTreeMap<String, Measure> = BTreeMap::new();
    for measure in measures {
        known.entry(measure.id.clone()).or_insert(measure);
    }
    let mut all: Vec<Measure> = known.into_values().collect();
    all.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    all
}

fn joined(measures: &[Measure]) -> Change {
    measures
        .iter()
        .fold(Change::new(), |all, measure| all.and(&measure.change))
}

fn ids(measures: &[Measure]) -> Vec<String> {
    measures.iter().map(|measure| measure.id.clone()).collect()
}

fn overlap(a: &Change, b: &Change) -> bool {
    a.set.keys().any(|path| b.set.contains_key(path))
}

fn standings(findings: &[Finding], after: &Assessment) -> Vec<Standing> {
    findings.iter().map(|finding| standing(finding, after)).collect()
}

/// The verdicts of a finding, as an assessment has them.
fn verdicts<'a>(finding: &'a Finding, after: &'a Assessment) -> impl Iterator<Item = &'a Verdict> {
    let movements = after
        .movements
        .iter()
        .filter(|movement| movement.flow == finding.subject && Some(&movement.asset) == finding.asset.as_ref());
    let verdicts = movements.flat_map(|movement| &movement.verdicts);
    verdicts.map(|judged| judged.verdict.as_ref()).filter(|verdict| {
        finding.regime.as_ref().is_none_or(|regime| *regime == verdict.regime)
            && finding.layer.as_ref().is_none_or(|layer| *layer == verdict.layer)
    })
}

fn standing(finding: &Finding, after: &Assessment) -> Standing {
    let all: Vec<&Verdict> = verdicts(finding, after).collect();
    let met = |verdict: &&Verdict| {
        let mut duties = verdict.duties.iter();
        !duties.any(|duty| Some(&duty.rule) == finding.rule.as_ref() && duty.state != DutyState::Met)
    };
    let clear = match finding.kind {
        FindingKind::Outcome => !all.iter().any(|verdict| is_flagged(verdict)),
        FindingKind::Duty => all.iter().all(met),
        FindingKind::Divergence | FindingKind::Exposure | FindingKind::Contradiction => {
            !after.findings.iter().any(|other| other.id == finding.id)
        }
    };
    let worst = all.iter().max_by_key(|verdict| (verdict.worst, verdict.best));
    Standing {
        clear,
        now: worst.map(|verdict| verdict.outcome),
        range: all.iter().map(|verdict| (verdict.worst, verdict.best)).collect(),
    }
}

/// What is found after a change and was not before, or is worse than it was. Of law in force; duties are told apart.
fn worse(before: &Assessment, after: &Assessment) -> Vec<Worse> {
    type Key<'k> = (FindingKind, Option<&'k str>, Option<&'k str>, &'k str, Option<&'k str>);
    fn key(finding: &Finding) -> Key<'_> {
        // An exposure is told apart from others of its node by its id.
        let asset = match finding.kind {
            FindingKind::Exposure => Some(finding.id.as_str()),
            _ => finding.asset.as_deref(),
        };
        (
            finding.kind,
            finding.regime.as_deref(),
            finding.layer.as_deref(),
            &finding.subject,
            asset,
        )
    }
    let counts = |finding: &&Finding| {
        let kinds = [FindingKind::Outcome, FindingKind::Exposure];
        kinds.contains(&finding.kind) && finding.status != Some(Status::NotCommenced)
    };
    let known: BTreeMap<Key<'_>, Option<Outcome>> = before
        .findings
        .iter()
        .filter(counts)
        .map(|finding| (key(finding), finding.worst))
        .collect();
    let mut all: Vec<Worse> = Vec::new();
    for finding in after.findings.iter().filter(counts) {
        let was = known.get(&key(finding)).copied();
        if was.is_none_or(|was| finding.worst > was) {
            all.push(Worse {
                finding: finding.id.clone(),
                before: was.flatten(),
                after: finding.worst,
            });
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The duties that stand beside a finding's verdicts and are not known to be met.
fn owed(finding: &Finding, before: &Assessment, after: &Assessment) -> Vec<Owed> {
    let stood: Vec<&DutyVerdict> = verdicts(finding, before).flat_map(|verdict| &verdict.duties).collect();
    let duties = verdicts(finding, after).flat_map(|verdict| &verdict.duties);
    duties
        .filter(|duty| duty.state != DutyState::Met)
        .map(|duty| Owed {
            rule: duty.rule.clone(),
            title: duty.title.clone(),
            cite: duty.cite.clone(),
            before: stood.iter().find(|was| was.rule == duty.rule).map(|was| was.state),
            state: duty.state,
            cure: duty.cure.clone(),
            flows: BTreeSet::from([finding.subject.clone()]),
        })
        .collect()
}
