//! The assessment as a memorandum in Markdown, for the file of a legal team.

mod transfers;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::assess::Assessment;
use crate::assess::acceptance::AcceptanceState;
use crate::assess::assessment::{AssessedVerdict, is_flagged};
use crate::assess::measures::Measures;
use crate::assess::verdict::{DutyState, Verdict};
use crate::law::pack::{Confidence, Status};
use crate::outcome::{Headline, Outcome};
use crate::report::markdown::{code, text};
use crate::report::text::DISCLAIMER;
use crate::report::text::holds_back;
use crate::report::whereabouts;
use crate::word::SourceConfidence;

/// So many questions are listed; the rest are counted.
const MOST_QUESTIONS: usize = 25;
/// So many flows are named in one place; the rest are counted.
const MOST_FLOWS: usize = 6;

/// What goes into a memorandum besides the assessment, and how it looks.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Memo<'a> {
    /// What could clear the findings.
    pub measures: Option<&'a Measures>,
    /// The language of rules, as a BCP 47 tag; English where a pack has no translation.
    pub language: Option<&'a str>,
}

impl<'a> Memo<'a> {
    /// The assessment alone, in English.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With what could clear the findings.
    #[must_use]
    pub fn with_measures(mut self, measures: &'a Measures) -> Self {
        self.measures = Some(measures);
        self
    }

    /// With the texts of rules in a language.
    #[must_use]
    pub fn in_language(mut self, tag: &'a str) -> Self {
        self.language = Some(tag);
        self
    }
}

/// The memorandum. Rows that need no attention are counted, not listed.
#[must_use]
pub fn render(assessment: &Assessment, memo: Memo<'_>) -> String {
    let mut page = Page {
        page: String::new(),
        assessment,
        language: memo.language.unwrap_or("en"),
    };
    page.head();
    page.summary();
    page.table();
    page.flagged();
    page.exposures();
    page.whereabouts();
    page.duties();
    page.accepted();
    page.questions();
    if let Some(measures) = memo.measures {
        page.measures(measures);
    }
    page.presumptions();
    page.sources();
    page.law();
    page.penalties();
    let _ = writeln!(page.page, "---\n\n{DISCLAIMER}");
    page.page
}

struct Page<'a> {
    page: String,
    assessment: &'a Assessment,
    language: &'a str,
}

impl<'a> Page<'a> {
    fn heading(&mut self, heading: &str) {
        let _ = writeln!(self.page, "## {heading}\n");
    }

    fn paragraph(&mut self, words: &str) {
        let _ = writeln!(self.page, "{words}\n");
    }

    fn item(&mut self, words: &str) {
        let _ = writeln!(self.page, "- {words}");
    }

    fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        let _ = writeln!(self.page, "| {} |", cells.join(" | "));
    }

    fn end(&mut self) {
        self.page.push('\n');
    }

    fn verdicts(&self) -> impl Iterator<Item = &'a AssessedVerdict> + use<'a> {
        self.assessment.movements.iter().flat_map(|movement| &movement.verdicts)
    }

    /// The layers that bind, each with its regime.
    fn layers(&self) -> Vec<(&'a str, &'a str)> {
        let of_regime = |regime: &'a crate::assess::assessment::RegimeApplied| {
            let layers = regime.layers.iter().filter(|layer| layer.status == Status::InForce);
            layers.map(move |layer| (regime.id.as_str(), layer.id.as_str()))
        };
        self.assessment.law.iter().flat_map(of_regime).collect()
    }

    fn head(&mut self) {
        let assessment = self.assessment;
        let name = assessment.map.as_deref().unwrap_or("Data map");
        let _ = writeln!(self.page, "# Memorandum: cross-border transfers of {}\n", text(name));
        let regimes: Vec<&str> = assessment
            .law
            .iter()
            .map(|regime| regime.title.in_language(self.language))
            .collect();
        self.paragraph(&format!(
            "The law as it stood on {}. Applied: {}. Made with transborder {}.",
            assessment.as_of,
            text(&regimes.join("; ")),
            assessment.version
        ));
    }

    fn summary(&mut self) {
        self.heading("Summary");
        self.paragraph(&format!(
            "A movement is one set of data on one flow. There are {} movements.",
            self.assessment.movements.len()
        ));
        let mut counts: BTreeMap<(&str, &str), BTreeMap<&str, usize>> = BTreeMap::new();
        for judged in self.verdicts() {
            let verdict = &judged.verdict;
            let of_layer = counts.entry((&verdict.regime, &verdict.layer)).or_default();
            *of_layer.entry(word(verdict)).or_default() += 1;
        }
        for regime in &self.assessment.law {
            for layer in &regime.layers {
                let Some(counts) = counts.get(&(regime.id.as_str(), layer.id.as_str())) else {
                    continue;
                };
                let said: Vec<String> = ORDER
                    .iter()
                    .filter_map(|word| Some(format!("{} {word}", counts.get(word)?)))
                    .collect();
                let binds = match layer.status {
                    Status::InForce => "",
                    _ => ", not yet commenced",
                };
                let title = text(layer.title.in_language(self.language));
                self.item(&format!("{} ({title}{binds}): {}.", code(&regime.id), said.join(", ")));
            }
        }
        let assessment = self.assessment;
        for profile in &assessment.profiles {
            for words in holds_back(profile) {
                self.item(&format!(
                    "The vendor profile {}: {}",
                    code(&profile.prefix),
                    text(&words)
                ));
            }
        }
        self.item(&format!(
            "{} exposures: data within reach from elsewhere though no transfer is shown.",
            assessment.exposures.len()
        ));
        self.end();
    }

    fn exposures(&mut self) {
        if self.assessment.exposures.is_empty() {
            return;
        }
        self.heading("Exposures");
        self.paragraph("Within reach through ownership or keys. No transfer by itself.");
        for exposure in &self.assessment.exposures {
            self.item(&format!(
                "{}: {} from {} ({}); holds {}",
                code(&exposure.node),
                code(&exposure.by),
                text(&exposure.places.join(", ")),
                text(&exposure.chain.join(", ")),
                text(&some_of(exposure.assets.iter().map(String::as_str)))
            ));
        }
        self.end();
    }

    fn whereabouts(&mut self) {
        let sentences = whereabouts::sentences(self.assessment, str::to_owned);
        if sentences.is_empty() {
            return;
        }
        self.heading("Where things are");
        self.paragraph("What is contradicted, only believed, or run by somebody else.");
        for sentence in sentences {
            self.item(&text(&sentence));
        }
        self.end();
    }

    /// The duties of law in force that are not met, or of which that is not known.
    fn duties(&mut self) {
        let mut duties: BTreeMap<(&str, &str, &str), (&str, BTreeSet<&str>)> = BTreeMap::new();
        for movement in &self.assessment.movements {
            for judged in movement.verdicts.iter().filter(|v| v.verdict.status == Status::InForce) {
                for duty in judged.verdict.duties.iter().filter(|duty| duty.state != DutyState::Met) {
                    let state = match duty.state {
                        DutyState::Unmet => "not met",
                        _ => "to check",
                    };
                    let cure = duty.cure.in_language(self.language);
                    let entry = duties
                        .entry((state, &duty.rule, &duty.cite))
                        .or_insert((cure, BTreeSet::new()));
                    entry.1.insert(&movement.flow);
                }
            }
        }
        if duties.is_empty() {
            return;
        }
        self.heading("Duties beside the transfer");
        self.paragraph("A transfer that the law lets go can still be subject to duties: exempt does not mean lawful.");
        for ((state, _, cite), (cure, flows)) in duties {
            self.item(&format!(
                "**{state}** {}: {} ({})",
                text(cite),
                text(cure),
                text(&some_of(flows.into_iter()))
            ));
        }
        self.end();
    }

    fn accepted(&mut self) {
        if self.assessment.accepted.is_empty() {
            return;
        }
        self.heading("Accepted risks");
        for risk in &self.assessment.accepted {
            let state = match risk.state {
                AcceptanceState::Holds => "accepted".to_owned(),
                state => format!("does not hold: {}", state.as_str().replace('_', " ")),
            };
            let approved: Vec<String> = risk
                .approved
                .iter()
                .map(|approval| format!("{} ({}) on {}", approval.by, approval.role, approval.on))
                .collect();
            let approved = if approved.is_empty() {
                "nobody".to_owned()
            } else {
                approved.join(", ")
            };
            self.item(&format!(
                "**{state}** {}: {} Until {}; approved by {}.",
                code(&risk.finding),
                text(&risk.reason),
                risk.until,
                text(&approved)
            ));
        }
        self.end();
    }

    fn questions(&mut self) {
        let questions = &self.assessment.questions;
        if questions.is_empty() {
            return;
        }
        self.heading("Questions");
        self.paragraph("What is not known and would decide, most decisive first.");
        for (index, question) in questions.iter().take(MOST_QUESTIONS).enumerate() {
            let who = question
                .who
                .as_deref()
                .map_or(String::new(), |who| format!(" Ask: {}.", text(who)));
            let _ = writeln!(
                self.page,
                "{}. {}{who} Answer in {}; decides {}, at worst {}.",
                index + 1,
                text(question.ask.in_language(self.language)),
                code(&question.at),
                question.decides,
                plain(question.worst)
            );
        }
        let more = questions.len().saturating_sub(MOST_QUESTIONS);
        if more > 0 {
            let _ = writeln!(self.page, "\nAnd {more} more.");
        }
        self.end();
    }

    fn measures(&mut self, measures: &Measures) {
        self.heading("Measures");
        if measures.sets.is_empty() {
            self.paragraph("No set of measures was found that clears a finding.");
        }
        for set in &measures.sets {
            let words: Vec<String> = set.measures.iter().map(|measure| text(&measure.words)).collect();
            let _ = writeln!(self.page, "{}. {}", set.number, words.join("; "));
            let cleared = set.clears.iter().map(|cleared| cleared.finding.as_str());
            let _ = writeln!(self.page, "   - clears: {}", text(&some_of(cleared)));
            if !set.worse.is_empty() {
                let worse = set.worse.iter().map(|worse| worse.finding.as_str());
                let _ = writeln!(self.page, "   - makes worse: {}", text(&some_of(worse)));
            }
            for owed in &set.owed {
                let cure = owed.cure.in_language(self.language);
                let _ = writeln!(self.page, "   - then also owed, {}: {}", text(&owed.cite), text(cure));
            }
        }
        self.end();
    }

    /// What was presumed and how open points were read, where it mattered.
    fn presumptions(&mut self) {
        let mut presumed = BTreeSet::new();
        let mut readings = BTreeSet::new();
        for judged in self.verdicts() {
            let verdict = &judged.verdict;
            for fact in &verdict.presumed {
                presumed.insert(format!("{} is {}", fact.fact, fact.value));
            }
            for reading in &verdict.readings {
                readings.insert((
                    format!("{}/{}", verdict.regime, reading.point),
                    reading.question.in_language(self.language),
                    reading.reading.as_str(),
                    reading.alternatives.join(", "),
                ));
            }
        }
        if presumed.is_empty() && readings.is_empty() {
            return;
        }
        self.heading("Presumptions and readings");
        for words in presumed {
            self.item(&format!("presumed because nothing is said of it: {}", text(&words)));
        }
        for (point, question, reading, others) in readings {
            self.item(&format!(
                "{} {} Read as {} (not {}).",
                code(&point),
                text(question),
                code(reading),
                text(&others)
            ));
        }
        self.end();
    }

    /// Whence the facts are known, and what of them nobody has verified.
    fn sources(&mut self) {
        let assessment = self.assessment;
        if assessment.sources.is_empty() {
            return;
        }
        self.heading("Sources of facts");
        let mut unverified: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for rests_on in assessment.movements.iter().flat_map(|movement| &movement.rests_on) {
            unverified.entry(&rests_on.source).or_default().insert(&rests_on.at);
        }
        self.row(&["source", "who", "as of", "confidence"]);
        self.row(&["---"; 4]);
        for source in &assessment.sources {
            let title = match &source.address {
                Some(address) => format!("{}: {}", text(&source.title), text(address)),
                None => text(&source.title),
            };
            let confidence = match source.confidence {
                SourceConfidence::Verified => "read",
                _ => "from memory: check",
            };
            let who = source
                .kind
                .map_or(String::new(), |kind| kind.as_str().replace('_', " "));
            self.row(&[
                title,
                who,
                source.as_of.clone().unwrap_or_default(),
                confidence.to_owned(),
            ]);
        }
        self.end();
        for (source, paths) in unverified {
            self.item(&format!(
                "from memory, check ({}): {}",
                text(source),
                some_codes(paths.into_iter())
            ));
        }
        self.end();
    }

    fn law(&mut self) {
        self.heading("State of the law and of the packs");
        self.row(&["regime", "authority", "compared with its sources", "layers", "digest"]);
        self.row(&["---"; 5]);
        for regime in &self.assessment.law {
            let layers: Vec<String> = regime
                .layers
                .iter()
                .map(|layer| match layer.status {
                    Status::InForce => format!("{} in force", layer.id),
                    _ => format!("{} not commenced", layer.id),
                })
                .collect();
            self.row(&[
                text(regime.title.in_language(self.language)),
                text(regime.authority.in_language(self.language)),
                regime.checked_on.clone().unwrap_or_else(|| "not yet".to_owned()),
                text(&layers.join(", ")),
                code(regime.digest.get(..12).unwrap_or(&regime.digest)),
            ]);
        }
        self.end();
    }

    /// What a breach may cost under the laws that are not kept, as they state it.
    fn penalties(&mut self) {
        let is_breached = |regime: &str| {
            self.verdicts().map(|judged| &judged.verdict).any(|verdict| {
                let held_up = [Outcome::Incomplete, Outcome::NonExempt].map(Headline::Firm);
                let duty = verdict.duties.iter().any(|duty| duty.state == DutyState::Unmet);
                let binds = verdict.regime == regime && verdict.status == Status::InForce;
                binds && (held_up.contains(&verdict.outcome) || duty)
            })
        };
        let law = self.assessment.law.iter();
        let breached: Vec<_> = law
            .filter(|regime| !regime.penalties.is_empty() && is_breached(&regime.id))
            .collect();
        if breached.is_empty() {
            return;
        }
        self.heading("Penalties, as the law states them");
        for regime in breached {
            for penalty in &regime.penalties {
                let note = penalty.note.in_language(self.language);
                let note = if note.is_empty() {
                    String::new()
                } else {
                    format!(" {}", text(note))
                };
                self.item(&format!(
                    "{} {}: {}{note}{}",
                    code(&regime.id),
                    text(&penalty.cite),
                    text(penalty.maximum.in_language(self.language)),
                    how_sure(Some(penalty.confidence))
                ));
            }
        }
        self.end();
    }
}

/// The words of the summary, worst first.
const ORDER: [&str; 7] = [
    "non-exempt",
    "undetermined",
    "incomplete",
    "covered by a mechanism",
    "exempt",
    "no transfer",
    "out of scope",
];

fn word(verdict: &Verdict) -> &'static str {
    match verdict.outcome {
        Headline::Firm(outcome) => plain(outcome),
        Headline::Undetermined => "undetermined",
    }
}

fn plain(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::OutOfScope => "out of scope",
        Outcome::NotATransfer => "no transfer",
        Outcome::Exempt => "exempt",
        Outcome::Covered => "covered by a mechanism",
        Outcome::Incomplete => "incomplete",
        Outcome::NonExempt => "non-exempt",
    }
}

/// Whether somebody must look at a verdict of law in force.
fn needs_attention(verdict: &Verdict) -> bool {
    verdict.status == Status::InForce && is_flagged(verdict)
}

fn how_sure(confidence: Option<Confidence>) -> &'static str {
    match confidence {
        None | Some(Confidence::Verified) => "",
        Some(Confidence::Memory) => " (from memory: check)",
        Some(Confidence::Interpretation) => " (our reading)",
    }
}

/// The first of some paths as code, and how many more there are.
fn some_codes<'n>(paths: impl Iterator<Item = &'n str>) -> String {
    let codes: Vec<String> = paths.map(code).collect();
    some_of(codes.iter().map(String::as_str))
}

/// The first of some names, and how many more there are.
fn some_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let more = names.len().saturating_sub(MOST_FLOWS);
    let first: Vec<&str> = names.into_iter().take(MOST_FLOWS).collect();
    match more {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
