//! Text for a lawyer to read on eighty columns: findings first, worst first, grouped by flow.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::assess::Assessment;
use crate::assess::assessment::{AssessedMovement, AssessedVerdict, FindingKind, finding_id, is_flagged};
use crate::assess::combined::Combined;
use crate::assess::explanation::{Explanation, Reasons};
use crate::assess::floor::ProfileUsed;
use crate::assess::totals::{Reached, Total};
use crate::assess::verdict::{DutyState, MechanismState, MechanismVerdict, Verdict};
use crate::law::pack::{Confidence, Status};
use crate::load::Whence;
use crate::outcome::{Headline, Outcome};
use crate::report::whereabouts;
use crate::report::wrap::{WIDTH, paragraph};

/// So many questions are printed; the rest are counted.
const MOST_QUESTIONS: usize = 12;
/// So many facts are asked for under one verdict.
const MOST_ASKED: usize = 3;
/// So many mechanisms that could serve are named under one verdict.
const MOST_CURES: usize = 4;

pub(super) const DISCLAIMER: &str = "This shows rules, sources and how sure they are. It is not legal advice.";

/// Why a profile holds verdicts back.
pub(super) fn holds_back(profile: &ProfileUsed) -> Vec<String> {
    let mut words = Vec::new();
    if !profile.gaps.is_empty() {
        words.push(format!(
            "it clears nothing, for it leaves out {}.",
            profile.gaps.join("; ")
        ));
    }
    if !profile.unknown.is_empty() {
        words.push(format!(
            "no transfer is cleared that turns on what is not known: {}.",
            profile.unknown.join("; ")
        ));
    }
    words
}

/// How a report is to look.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Look<'a> {
    /// With ANSI colours.
    pub colour: bool,
    /// With the movements that need no attention.
    pub all: bool,
    /// The language of rules, as a BCP 47 tag; English where a pack has no translation.
    pub language: Option<&'a str>,
}

impl<'a> Look<'a> {
    /// Plain English text, findings only.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With ANSI colours.
    #[must_use]
    pub fn with_colour(mut self) -> Self {
        self.colour = true;
        self
    }

    /// With the movements that need no attention.
    #[must_use]
    pub fn with_all(mut self) -> Self {
        self.all = true;
        self
    }

    /// With the texts of rules in a language.
    #[must_use]
    pub fn in_language(mut self, tag: &'a str) -> Self {
        self.language = Some(tag);
        self
    }
}

/// The assessment as text. With the map's source, places of the map get their line.
#[must_use]
pub fn render(assessment: &Assessment, source: Option<&dyn Whence>, look: Look<'_>) -> String {
    let mut page = Page::new(source, look);
    let aside = assessment.findings.iter().filter(|finding| !finding.is_open());
    page.aside = aside.map(|finding| finding.id.clone()).collect();
    page.title(assessment);
    let groups = page.groups(assessment);
    for group in &groups {
        page.flow(group);
    }
    page.gaps(assessment);
    page.divergences(assessment);
    page.exposures(assessment);
    page.whereabouts(assessment);
    page.accepted(assessment);
    page.baseline(assessment);
    page.totals(assessment);
    page.questions(assessment);
    page.penalties(assessment);
    page.summary(assessment);
    page.text
}

/// One flow with the whole chain of reasons, as text.
#[must_use]
pub fn render_explanation(explanations: &[Explanation], source: Option<&dyn Whence>, look: Look<'_>) -> String {
    let mut page = Page::new(source, look);
    for explanation in explanations {
        page.explanation(explanation);
    }
    page.line(0, DISCLAIMER);
    page.text
}

/// A flow and what is said of the assets on it.
struct Group<'a> {
    movements: Vec<&'a AssessedMovement>,
    /// Verdicts that read the same, each with its assets.
    blocks: Vec<Block<'a>>,
    worst: (Outcome, bool),
}

struct Block<'a> {
    judged: &'a AssessedVerdict,
    assets: Vec<String>,
}

struct Page<'a> {
    text: String,
    source: Option<&'a dyn Whence>,
    look: Look<'a>,
    /// What was presumed, for one note at the end.
    presumed: BTreeSet<String>,
    /// The findings that are accepted or known, which are printed under a heading of their own.
    aside: BTreeSet<String>,
}

/// How much of a verdict is printed.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Depth {
    Short,
    Full,
}

#[derive(Clone, Copy)]
enum Ink {
    Bold,
    Red,
    Yellow,
    Green,
    Dim,
}

mod accepted;

impl<'a> Page<'a> {
    fn new(source: Option<&'a dyn Whence>, look: Look<'a>) -> Self {
        Self {
            text: String::new(),
            source,
            look,
            presumed: BTreeSet::new(),
            aside: BTreeSet::new(),
        }
    }

    fn language(&self) -> &str {
        self.look.language.unwrap_or("en")
    }

    fn ink(&self, ink: Ink, text: &str) -> String {
        if !self.look.colour {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Bold => "1",
            Ink::Red => "1;31",
            Ink::Yellow => "1;33",
            Ink::Green => "32",
            Ink::Dim => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A paragraph, wrapped and indented.
    fn line(&mut self, indent: usize, text: &str) {
        self.hanging(indent, indent, text);
    }

    /// A paragraph whose further lines are indented more than the first.
    fn hanging(&mut self, first: usize, rest: usize, text: &str) {
        paragraph(&mut self.text, first, rest, text);
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }

    fn rule(&mut self, heading: &str) {
        let _ = writeln!(self.text, "{}", self.ink(Ink::Bold, heading));
        let _ = writeln!(self.text, "{}", self.ink(Ink::Dim, &"-".repeat(WIDTH)));
    }

    /// A place of the map with its line, if it is written there.
    fn at(&self, path: &str) -> String {
        let line = self
            .source
            .and_then(|source| source.position(path))
            .map(|position| position.line);
        match (self.source, line) {
            (Some(source), Some(line)) => format!("{path} ({}:{line})", source.file(path)),
            _ => path.to_owned(),
        }
    }

    fn title(&mut self, assessment: &Assessment) {
        let name = assessment.map.as_deref().unwrap_or("Data map");
        let heading = format!("{name}: the law as of {}", assessment.as_of);
        self.rule(&heading);
        let flagged = |status: Status| {
            let verdicts = assessment.movements.iter().flat_map(|movement| &movement.verdicts);
            let flagged = verdicts.filter(move |v| v.verdict.status == status && is_flagged(&v.verdict));
            flagged.fold([0_usize; 3], |mut counts, judged| {
                match judged.verdict.outcome {
                    Headline::Firm(Outcome::NonExempt) => counts[0] += 1,
                    Headline::Firm(_) => counts[1] += 1,
                    Headline::Undetermined => counts[2] += 1,
                }
                counts
            })
        };
        let [non_exempt, incomplete, undetermined] = flagged(Status::InForce);
        self.line(
            0,
            &format!(
                "{} under {}: {non_exempt} non-exempt, {incomplete} incomplete, {undetermined} \
                 undetermined; {}.",
                number(assessment.movements.len(), "movement"),
                number(assessment.law.len(), "regime"),
                number(assessment.exposures.len(), "exposure"),
            ),
        );
        let contradictions = assessment.findings.iter();
        let contradictions = contradictions.filter(|f| f.kind == FindingKind::Contradiction && f.is_open());
        match contradictions.count() {
            0 => {}
            count => self.line(
                0,
                &format!(
                    "{}: addresses in another place than declared.",
                    number(count, "contradiction")
                ),
            ),
        }
        let [a, b, c] = flagged(Status::NotCommenced);
        if a + b + c > 0 {
            self.line(
                0,
                &format!("Under law not yet commenced, {} more would need attention.", a + b + c),
            );
        }
        let accepted = assessment.findings.iter().filter(|f| f.accepted_by.is_some()).count();
        let known = assessment.findings.iter().filter(|f| !f.is_open()).count() - accepted;
        for (findings, what) in [(accepted, "accepted"), (known, "known from the baseline")] {
            if findings > 0 {
                self.line(0, &format!("{} {what}, listed apart.", number(findings, "finding")));
            }
        }
        self.gap();
    }

    fn groups<'b>(&self, assessment: &'b Assessment) -> Vec<Group<'b>> {
        let mut flows: BTreeMap<&str, Vec<&AssessedMovement>> = BTreeMap::new();
        for movement in &assessment.movements {
            flows.entry(&movement.flow).or_default().push(movement);
        }
        let mut groups: Vec<Group<'_>> = flows
            .into_values()
            .filter_map(|movements| self.group(movements))
            .collect();
        groups.sort_by(|a, b| {
            let id = |group: &Group<'_>| group.movements.first().map(|m| m.flow.clone());
            b.worst.cmp(&a.worst).then_with(|| id(a).cmp(&id(b)))
        });
        groups
    }

    fn group<'b>(&self, movements: Vec<&'b AssessedMovement>) -> Option<Group<'b>> {
        let mut blocks: Vec<Block<'b>> = Vec::new();
        for movement in &movements {
            for judged in &movement.verdicts {
                let verdict = &judged.verdict;
                let is_open = |what: &str| !self.aside.contains(&finding_id(verdict, movement, what));
                let mut duties = verdict.duties.iter();
                let duty = duties.any(|duty| duty.state == DutyState::Unmet && is_open(&duty.rule));
                let flagged = is_flagged(verdict) && is_open(verdict.outcome.as_str());
                if !(self.look.all || flagged || duty) {
                    continue;
                }
                let name = match movement.state {
                    Some(state) => format!("{} ({state})", movement.asset),
                    None => movement.asset.clone(),
                };
                match blocks.iter_mut().find(|block| reads_the_same(block.judged, judged)) {
                    Some(block) => block.assets.push(name),
                    None => blocks.push(Block {
                        judged,
                        assets: vec![name],
                    }),
                }
            }
        }
        let severity = |judged: &AssessedVerdict| {
            let verdict = &judged.verdict;
            let binds = verdict.status == Status::InForce && is_flagged(verdict);
            let worst = if binds { verdict.worst } else { Outcome::OutOfScope };
            (worst, binds && verdict.outcome != Headline::Undetermined)
        };
        blocks.sort_by(|a, b| {
            let id = |block: &Block<'_>| (block.judged.verdict.regime.clone(), block.judged.verdict.layer.clone());
            severity(b.judged)
                .cmp(&severity(a.judged))
                .then_with(|| id(a).cmp(&id(b)))
        });
        let worst = blocks.first().map(|block| severity(block.judged))?;
        Some(Group {
            movements,
            blocks,
            worst,
        })
    }

    fn flow(&mut self, group: &Group<'_>) {
        let Some(movement) = group.movements.first() else {
            return;
        };
        self.heading(movement);
        for block in &group.blocks {
            let all = block.assets.len() == group.movements.len();
            let assets = if all && block.assets.len() > 1 {
                "all of it".to_owned()
            } else {
                block.assets.join(", ")
            };
            self.verdict(block.judged, Some(&assets), Depth::Short);
        }
        for movement in &group.movements {
            let all = self.look.all;
            let shown = |combined: &&Combined| all || combined.worst >= Outcome::Incomplete;
            for combined in movement.combined.iter().filter(shown) {
                let text = format!(
                    "together  {}: {} ({})",
                    combined.regime, combined.outcome, movement.asset
                );
                self.hanging(2, 4, &text);
            }
        }
        self.gap();
    }

    fn heading(&mut self, movement: &AssessedMovement) {
        let heading = self.ink(Ink::Bold, &movement.flow);
        let at = self
            .source
            .and_then(|s| Some((s.file(&movement.at), s.position(&movement.at)?.line)));
        let at = at.map_or_else(String::new, |(name, line)| format!("  {name}:{line}"));
        let _ = writeln!(self.text, "{heading}{}", self.ink(Ink::Dim, &at));
        let end = |end: &crate::assess::assessment::Endpoint| match &end.party {
            Some(party) if *party != end.id => format!("{} ({party}, {})", end.id, end.place),
            _ => format!("{} ({})", end.id, end.place),
        };
        let kind = movement
            .kind
            .map_or(String::new(), |kind| format!(" [{}]", kind.replace('_', " ")));
        self.hanging(2, 4, &format!("{} -> {}{kind}", end(&movement.from), end(&movement.to)));
        if movement.path.len() > 1 {
            self.hanging(2, 4, &format!("came by: {}", movement.path.join(" > ")));
        }
        if let [first, more @ ..] = movement.rests_on.as_slice() {
            let more = if more.is_empty() {
                String::new()
            } else {
                format!(" and {} more", more.len())
            };
            self.hanging(
                2,
                4,
                &format!("from memory, check: {}{more} ({})", first.at, first.source),
            );
        }
        if !movement.depends_on.is_empty() {
            self.hanging(
                2,
                4,
                &format!("only if, which is not known: {}", movement.depends_on.join(", ")),
            );
        }
    }

    fn verdict(&mut self, judged: &AssessedVerdict, assets: Option<&str>, depth: Depth) {
        let verdict = &judged.verdict;
        let (ink, word) = match verdict.outcome {
            Headline::Firm(Outcome::NonExempt) => (Ink::Red, "NON-EXEMPT"),
            Headline::Firm(Outcome::Incomplete) => (Ink::Yellow, "INCOMPLETE"),
            Headline::Undetermined => (Ink::Yellow, "UNDETERMINED"),
            Headline::Firm(Outcome::Covered) => (Ink::Green, "covered"),
            Headline::Firm(Outcome::Exempt) => (Ink::Green, "exempt"),
            Headline::Firm(Outcome::NotATransfer) => (Ink::Dim, "not a transfer"),
            Headline::Firm(Outcome::OutOfScope) => (Ink::Dim, "out of scope"),
        };
        let layer = match verdict.status {
            Status::InForce => String::new(),
            _ => format!(" ({}, not yet commenced)", verdict.layer),
        };
        let _ = writeln!(
            self.text,
            "  {}  {}{layer}",
            self.ink(ink, word),
            self.ink(Ink::Bold, &verdict.regime)
        );
        if let Some(assets) = assets {
            self.hanging(4, 6, &format!("data: {assets}"));
        }
        if verdict.outcome == Headline::Undetermined {
            self.hanging(4, 6, &format!("between {} and {}", verdict.best, verdict.worst));
        }
        self.decided(verdict);
        for candidate in &judged.by_place {
            let text = format!("if {} -> {}: {}", candidate.from, candidate.to, candidate.outcome);
            self.hanging(4, 6, &text);
        }
        for mechanism in &verdict.mechanisms {
            self.mechanism(mechanism);
        }
        let limit = |most: usize| if depth == Depth::Short { most } else { usize::MAX };
        if matches!(verdict.outcome, Headline::Firm(Outcome::NonExempt)) && !verdict.eligible.is_empty() {
            let stems: Vec<&str> = verdict.eligible.iter().map(|kind| stem(kind)).collect();
            self.hanging(4, 6, &format!("could serve: {}", some_of(&stems, limit(MOST_CURES))));
        }
        for asked in judged.questions.iter().take(limit(MOST_ASKED)) {
            let at = if asked.is_drawn() {
                format!("{} (new)", asked.at)
            } else {
                self.at(&asked.at)
            };
            self.hanging(4, 6, &format!("ask: {} - answer in {at}", asked.fact));
        }
        let more = judged.questions.len().saturating_sub(limit(MOST_ASKED));
        if more > 0 {
            self.hanging(4, 6, &format!("ask: {more} more (`transborder explain` lists them)"));
        }
        for duty in verdict.duties.iter().filter(|duty| duty.state == DutyState::Unmet) {
            let text = format!(
                "duty not met: {} - {}",
                duty.cite,
                duty.cure.in_language(self.language())
            );
            self.hanging(4, 6, &text);
        }
        for presumed in &verdict.presumed {
            self.presumed.insert(format!("{} is {}", presumed.fact, presumed.value));
        }
        for reading in &verdict.readings {
            let others = reading.alternatives.join(", ");
            let text = format!(
                "open point {}: read as {} (not {others})",
                reading.point, reading.reading
            );
            self.hanging(4, 6, &text);
        }
        if depth == Depth::Short {
            return;
        }
        for duty in verdict.duties.iter().filter(|duty| duty.state == DutyState::Open) {
            let text = format!(
                "duty to check: {} - {}",
                duty.cite,
                duty.cure.in_language(self.language())
            );
            self.hanging(4, 6, &text);
        }
        for presumed in &verdict.presumed {
            self.hanging(
                4,
                6,
                &format!(
                    "presumed, as nothing is said of it: {} is {}",
                    presumed.fact, presumed.value
                ),
            );
        }
        if let Some(range) = verdict.unpresumed {
            self.hanging(
                4,
                6,
                &format!("without that, between {} and {}", range.best, range.worst),
            );
        }
    }

    fn decided(&mut self, verdict: &Verdict) {
        let provision = &verdict.decided_by;
        let because = provision.because.in_language(self.language()).to_owned();
        let sure = provision.confidence.map_or("", how_sure);
        let worst = if verdict.outcome == Headline::Undetermined {
            "at worst, "
        } else {
            ""
        };
        self.hanging(4, 6, &format!("{worst}{}{sure}: {because}", provision.cite));
        let warning = provision.warning.in_language(self.language()).to_owned();
        if !warning.is_empty() {
            self.hanging(4, 6, &format!("warning: {warning}"));
        }
    }

    fn mechanism(&mut self, mechanism: &MechanismVerdict) {
        let language = self.language().to_owned();
        let state = match mechanism.state {
            MechanismState::Complete => "complete",
            MechanismState::Incomplete => "incomplete",
            MechanismState::Void => "void",
            MechanismState::Open => "open",
        };
        let id = mechanism.id.as_deref().map_or(String::new(), |id| format!(" `{id}`"));
        let title = mechanism.title.in_language(&language).to_owned();
        self.hanging(4, 6, &format!("{title}{id}, {}: {state}", mechanism.cite));
        for part in &mechanism.failed {
            self.hanging(
                6,
                8,
                &format!(
                    "cannot serve ({}){}: {}",
                    part.name,
                    how_sure(part.confidence),
                    part.text.in_language(&language)
                ),
            );
        }
        for part in &mechanism.missing {
            self.hanging(
                6,
                8,
                &format!(
                    "missing ({}){}: {}",
                    part.name,
                    how_sure(part.confidence),
                    part.text.in_language(&language)
                ),
            );
        }
        let open: Vec<&str> = mechanism
            .doubtful
            .iter()
            .chain(&mechanism.open)
            .map(|part| part.name.as_str())
            .collect();
        if !open.is_empty() {
            self.hanging(6, 8, &format!("not known: {}", open.join(", ")));
        }
    }

    fn gaps(&mut self, assessment: &Assessment) {
        let wanting = |profile: &&ProfileUsed| !profile.gaps.is_empty() || !profile.unknown.is_empty();
        let gaping: Vec<&ProfileUsed> = assessment.profiles.iter().filter(wanting).collect();
        if gaping.is_empty() {
            return;
        }
        self.rule("Vendor profiles that hold verdicts back");
        for profile in gaping {
            for words in holds_back(profile) {
                self.hanging(2, 4, &format!("{}: {words}", profile.profile));
            }
        }
        self.gap();
    }

    fn divergences(&mut self, assessment: &Assessment) {
        let found = || {
            let findings = assessment.findings.iter();
            findings.filter(|finding| finding.kind == FindingKind::Divergence && finding.is_open())
        };
        if found().next().is_none() {
            return;
        }
        self.rule("Regimes that pull apart: what one lets go, another holds up");
        for finding in found() {
            let asset = finding.asset.as_deref().unwrap_or_default();
            let on = |movement: &&AssessedMovement| movement.flow == finding.subject && movement.asset == asset;
            let verdicts = assessment.movements.iter().filter(on).flat_map(|m| &m.verdicts);
            let by_cite: BTreeMap<&str, &str> = verdicts
                .filter(|judged| judged.verdict.status == Status::InForce)
                .map(|judged| (judged.verdict.regime.as_str(), judged.verdict.decided_by.cite.as_str()))
                .collect();
            let cited = |regimes: &[String]| {
                let one = |regime: &String| match by_cite.get(regime.as_str()) {
                    Some(cite) => format!("{regime} ({cite})"),
                    None => regime.clone(),
                };
                regimes.iter().map(one).collect::<Vec<_>>().join(", ")
            };
            let (let_go, held_up) = (cited(&finding.let_go_by), cited(&finding.held_up_by));
            let text = format!(
                "{} ({asset}): let go by {let_go}, held up by {held_up}",
                finding.subject
            );
            self.hanging(2, 4, &text);
        }
        self.gap();
    }

    /// Who enforces the law under which something is not in order, and what it may cost.
    fn penalties(&mut self, assessment: &Assessment) {
        let verdicts = || assessment.movements.iter().flat_map(|movement| &movement.verdicts);
        let is_breached = |regime: &str| {
            let mut of_regime = verdicts().map(|judged| &judged.verdict).filter(|v| v.regime == regime);
            of_regime.any(|verdict| {
                let held_up = [Outcome::Incomplete, Outcome::NonExempt].map(Headline::Firm);
                let duty = verdict.duties.iter().any(|duty| duty.state == DutyState::Unmet);
                verdict.status == Status::InForce && (held_up.contains(&verdict.outcome) || duty)
            })
        };
        let breached: Vec<_> = assessment.law.iter().filter(|law| is_breached(&law.id)).collect();
        if breached.is_empty() {
            return;
        }
        self.rule("Authorities and penalties, as the law states them");
        for law in breached {
            let authority = law.authority.in_language(self.language()).to_owned();
            self.hanging(2, 4, &format!("{}: {authority}", law.id));
            for penalty in &law.penalties {
                let maximum = penalty.maximum.in_language(self.language());
                let text = format!("{}: {maximum}{}", penalty.cite, how_sure(penalty.confidence));
                self.hanging(4, 6, &text);
            }
        }
        self.gap();
    }

    fn exposures(&mut self, assessment: &Assessment) {
        let open: Vec<_> = assessment
            .exposures
            .iter()
            .filter(|exposure| {
                !self
                    .aside
                    .contains(&format!("exposure/{}/{}", exposure.node, exposure.by))
            })
            .collect();
        if open.is_empty() {
            return;
        }
        self.rule("Exposure: within reach through ownership or keys, no transfer by itself");
        for exposure in open {
            let text = format!(
                "{}: {} from {} ({}); holds {}",
                exposure.node,
                exposure.by,
                exposure.places.join(", "),
                exposure.chain.join(", "),
                exposure.assets.join(", ")
            );
            self.hanging(2, 4, &text);
        }
        self.gap();
    }

    fn whereabouts(&mut self, assessment: &Assessment) {
        let sentences = whereabouts::sentences(assessment, |path| self.at(path));
        if sentences.is_empty() {
            return;
        }
        self.rule("Where things are: what is contradicted, only believed, or run by somebody else");
        for sentence in sentences {
            self.hanging(2, 4, &sentence);
        }
        self.gap();
    }

    /// The totals that reach a threshold, may reach it, or are more than half-way there.
    fn totals(&mut self, assessment: &Assessment) {
        let all: Vec<(&Total, Vec<String>)> = assessment
            .totals
            .iter()
            .map(|total| (total, thresholds(total)))
            .filter(|(_, thresholds)| !thresholds.is_empty())
            .collect();
        if all.is_empty() {
            return;
        }
        self.rule("Totals");
        for (total, thresholds) in all {
            let people = match total.most {
                Some(most) if most == total.least => most.to_string(),
                Some(most) => format!("{} to {most}", total.least),
                None => format!("{} or more", total.least),
            };
            let since = total
                .since
                .as_ref()
                .map_or(String::new(), |day| format!(" since {day}"));
            let text = format!("{} of {}: {people} people{since}", total.count, total.party);
            self.hanging(2, 4, &text);
            for threshold in thresholds {
                self.hanging(4, 6, &threshold);
            }
        }
        self.gap();
    }

    fn questions(&mut self, assessment: &Assessment) {
        if assessment.questions.is_empty() {
            return;
        }
        self.rule("Questions, most decisive first");
        for (index, question) in assessment.questions.iter().take(MOST_QUESTIONS).enumerate() {
            let ask = question.ask.in_language(self.language()).to_owned();
            let who = question
                .who
                .as_deref()
                .map_or(String::new(), |who| format!(" Ask {who}."));
            let at = match question.draw {
                Some(_) => format!("{} (new)", question.at),
                None => self.at(&question.at),
            };
            let text = format!(
                "{}. {ask}{who} Answer in {at}; decides {}.",
                index + 1,
                number(question.decides, "verdict")
            );
            self.hanging(2, 5, &text);
        }
        let more = assessment.questions.len().saturating_sub(MOST_QUESTIONS);
        if more > 0 {
            self.line(2, &format!("and {more} more (`transborder ask` has them all)"));
        }
        self.gap();
    }

    fn summary(&mut self, assessment: &Assessment) {
        self.rule("Summary");
        let words = [
            "out of scope",
            "no transfer",
            "exempt",
            "covered",
            "incomplete",
            "non-exempt",
            "undetermined",
        ];
        let mut header = format!("{:<20}", "");
        for word in ["scope", "transf", "exempt", "cover", "incomp", "NONEX", "undet"] {
            let _ = write!(header, "{word:>8}");
        }
        let _ = writeln!(self.text, "{header}");
        let mut columns: BTreeMap<(String, String, bool), [usize; 7]> = BTreeMap::new();
        for judged in assessment.movements.iter().flat_map(|movement| &movement.verdicts) {
            let verdict = &judged.verdict;
            let key = (
                verdict.regime.clone(),
                verdict.layer.clone(),
                verdict.status == Status::InForce,
            );
            let column = match verdict.outcome {
                Headline::Firm(outcome) => outcome as usize,
                Headline::Undetermined => words.len() - 1,
            };
            if let Some(count) = columns.entry(key).or_default().get_mut(column) {
                *count += 1;
            }
        }
        for ((regime, layer, binds), counts) in &columns {
            let name = if *binds {
                regime.clone()
            } else {
                format!("{regime} ({layer})")
            };
            let mut line = format!("{name:<20}");
            for count in counts {
                let _ = write!(line, "{count:>8}");
            }
            let _ = writeln!(self.text, "{line}");
        }
        self.gap();
        self.line(
            0,
            "scope: out of scope; transf: in scope, no transfer; cover: covered by a mechanism; incomp: mechanism \
             incomplete; NONEX: non-exempt cross-border transfer; undet: undetermined.",
        );
        for (what, flows) in [
            ("switched off", &assessment.switched_off),
            ("nothing known to travel", &assessment.idle),
        ] {
            if !flows.is_empty() {
                self.line(0, &format!("Flows not judged ({what}): {}.", flows.join(", ")));
            }
        }
        if !self.presumed.is_empty() {
            let presumed: Vec<String> = self.presumed.iter().cloned().collect();
            self.line(
                0,
                &format!("Presumed where nothing is said of it: {}.", presumed.join("; ")),
            );
        }
        let law: BTreeSet<String> = assessment
            .law
            .iter()
            .map(|regime| match &regime.checked_on {
                Some(day) => format!("{} (checked {day})", regime.id),
                None => regime.id.clone(),
            })
            .collect();
        let law: Vec<String> = law.into_iter().collect();
        self.line(0, &format!("Law: {}.", law.join(", ")));
        self.line(0, DISCLAIMER);
    }

    fn explanation(&mut self, explanation: &Explanation) {
        let movement = &explanation.movement;
        self.rule(&format!("{}: {}", movement.flow, movement.asset));
        self.heading(movement);
        for step in &movement.path {
            let at = self.at(&format!("flows.{step}"));
            self.line(4, &format!("by {at}"));
        }
        self.gap();
        for reasons in &explanation.reasons {
            let judged = movement.verdicts.iter().find(|judged| {
                judged.verdict.regime == reasons.verdict.regime && judged.verdict.layer == reasons.verdict.layer
            });
            if let Some(judged) = judged {
                self.verdict(judged, None, Depth::Full);
                if !judged.exporter.is_empty() {
                    self.line(4, &format!("exporter: {}", judged.exporter.join(", ")));
                }
            }
            self.steps(reasons);
            self.gap();
        }
    }

    fn steps(&mut self, reasons: &Reasons) {
        if !reasons.steps.is_empty() {
            self.line(4, "rules considered:");
        }
        for step in &reasons.steps {
            let mark = match step.holds {
                "true" => "yes",
                "false" => "no ",
                _ => "?  ",
            };
            let rule = stem(&step.rule);
            self.hanging(6, 12, &format!("{mark} {}: {rule} ({})", step.stage, step.cite));
            for fact in &step.facts {
                let from: Vec<String> = fact.from.iter().map(|path| self.at(path)).collect();
                let presumed = if fact.presumed { " (presumed)" } else { "" };
                let from = if from.is_empty() {
                    String::new()
                } else {
                    format!(" <- {}", from.join(", "))
                };
                self.hanging(10, 12, &format!("{} = {}{presumed}{from}", fact.fact, fact.value));
            }
        }
    }
}

/// What is added to a provision that is less than verified.
fn how_sure(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Verified => "",
        Confidence::Memory => " [from memory: check]",
        Confidence::Interpretation => " [our reading]",
    }
}

/// The thresholds of a total that are reached, or within reach.
fn thresholds(total: &Total) -> Vec<String> {
    let mut all = Vec::new();
    for threshold in &total.thresholds {
        let number = threshold.at_least;
        let with = threshold
            .tipped_by
            .as_ref()
            .map_or(String::new(), |by| format!(" with {} ({})", by.flow, by.asset));
        match threshold.reached {
            Reached::Yes => all.push(format!("reaches {number}{with}")),
            Reached::NotKnown => all.push(format!("may reach {number}{with}")),
            Reached::No => {
                if let Some(headroom) = total.headroom.filter(|headroom| *headroom < number / 2) {
                    all.push(format!("stays below {number} with at most {headroom} people more"));
                }
                // Those after it are further off.
                break;
            }
        }
    }
    all
}

/// Whether two verdicts would be printed alike.
pub(super) fn reads_the_same(a: &AssessedVerdict, b: &AssessedVerdict) -> bool {
    let questions = |judged: &AssessedVerdict| -> Vec<String> {
        judged
            .questions
            .iter()
            .map(|asked| format!("{} {}", asked.fact, asked.at))
            .collect()
    };
    let (x, y) = (&a.verdict, &b.verdict);
    let mechanisms = |v: &Verdict| -> String { format!("{:?}", v.mechanisms) };
    let duties = |v: &Verdict| -> String { format!("{:?}", v.duties) };
    (&x.regime, &x.layer, x.outcome, x.best, x.worst, &x.decided_by.rule)
        == (&y.regime, &y.layer, y.outcome, y.best, y.worst, &y.decided_by.rule)
        && a.by_place.len() == b.by_place.len()
        && questions(a) == questions(b)
        && mechanisms(x) == mechanisms(y)
        && duties(x) == duties(y)
}

/// A number of things.
fn number(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// The first of some words, and how many more there are.
pub(super) fn some_of<S: AsRef<str>>(words: &[S], most: usize) -> String {
    let more = words.len().saturating_sub(most);
    let first: Vec<&str> = words.iter().take(most).map(AsRef::as_ref).collect();
    if more == 0 {
        first.join(", ")
    } else {
        format!("{}, {more} more", first.join(", "))
    }
}

/// A rule without its regime.
pub(super) fn stem(rule: &str) -> &str {
    rule.split_once('/').map_or(rule, |(_, stem)| stem)
}
