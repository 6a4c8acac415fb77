//! What a vendor's product would add, for somebody who decides on it: on eighty columns, worst first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::assess::assessment::{AssessedMovement, is_flagged};
use crate::assess::difference::Turn;
use crate::assess::measures::Measures;
use crate::assess::vendor::{LayerReviewed, Review, SettingReviewed};
use crate::assess::verdict::Verdict;
use crate::law::pack::Status;
use crate::outcome::{Headline, Outcome};
use crate::report::text::{DISCLAIMER, holds_back};
use crate::report::wrap::{WIDTH, paragraph};
use crate::word::{Changeable, SourceConfidence};

/// So many questions are printed; the rest are counted.
const MOST_QUESTIONS: usize = 20;
/// So many movements are named with one reason.
const MOST_NAMED: usize = 12;

/// A review as JSON: the shape of [`Review`].
#[must_use]
pub fn json(review: &Review) -> String {
    super::in_json(review)
}

/// A review as text with the sets of measures that would clear what it adds.
#[must_use]
pub fn render_with(review: &Review, measures: &Measures, language: &str) -> String {
    let mut page = Page {
        text: String::new(),
        language,
    };
    page.review(review);
    page.measures(measures);
    page.line(0, DISCLAIMER);
    page.text
}

/// A review as text, with the texts of rules in a language.
#[must_use]
pub fn render(review: &Review, language: &str) -> String {
    let mut page = Page {
        text: String::new(),
        language,
    };
    page.review(review);
    page.line(0, DISCLAIMER);
    page.text
}

struct Page<'a> {
    text: String,
    language: &'a str,
}

impl Page<'_> {
    fn review(&mut self, review: &Review) {
        self.title(review);
        self.layers(review);
        self.movements(review);
        self.reasons(review);
        self.own(review);
        self.exposures(review);
        self.others(review);
        self.questions(review);
        self.settings(review);
        self.offers(review);
        self.memory(review);
    }

    /// A line a set: what is done, and how much it clears.
    fn measures(&mut self, measures: &Measures) {
        self.rule("Measures, each tried on the whole map");
        for set in &measures.sets {
            let steps: Vec<&str> = set.measures.iter().map(|measure| measure.words.as_str()).collect();
            let mut words = format!(
                "{}. {}: clears {} findings",
                set.number,
                steps.join("; "),
                set.clears.len()
            );
            if !set.worse.is_empty() {
                let _ = write!(words, "; {} get worse", set.worse.len());
            }
            self.line(2, &words);
        }
        let uncured: Vec<&str> = measures
            .findings
            .iter()
            .filter(|cure| cure.sets.is_empty())
            .map(|cure| cure.finding.as_str())
            .collect();
        if !uncured.is_empty() {
            self.line(0, &format!("Nothing that was tried clears: {}.", uncured.join(", ")));
        }
        if let Some(stopped) = &measures.stopped {
            self.line(0, stopped);
        }
        self.line(
            0,
            "Steps, duties and changes of each: `transborder measures` on a map that takes the product up.",
        );
        self.gap();
    }

    fn rule(&mut self, heading: &str) {
        let _ = writeln!(self.text, "{heading}\n{}", "-".repeat(WIDTH));
    }

    fn line(&mut self, indent: usize, words: &str) {
        paragraph(&mut self.text, indent, indent + 2, words);
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }

    fn title(&mut self, review: &Review) {
        let vendor = review.vendor.name.as_deref().unwrap_or(&review.vendor.profile);
        let map = review.map.as_deref().unwrap_or("the data map");
        self.rule(&format!("{vendor} for {map}: the law as of {}", review.as_of));
        let flows: BTreeSet<&str> = review.movements.iter().map(|movement| movement.flow.as_str()).collect();
        let one = |binds: bool, test: fn(&Verdict) -> bool| {
            let added = review.movements.iter().filter(|movement| {
                let verdicts = movement.verdicts.iter().map(|judged| &judged.verdict);
                verdicts
                    .into_iter()
                    .any(|verdict| (verdict.status == Status::InForce) == binds && test(verdict))
            });
            added.count()
        };
        let words = format!(
            "It adds {} movements on {} flows: {} not exempt under a law in force, {} incomplete, {} undetermined; {} \
             exposures, which are no transfers.",
            review.movements.len(),
            flows.len(),
            one(true, |verdict| verdict.outcome == Headline::Firm(Outcome::NonExempt)),
            one(true, |verdict| verdict.outcome == Headline::Firm(Outcome::Incomplete)),
            one(true, |verdict| verdict.outcome == Headline::Undetermined
                && is_flagged(verdict)),
            review.exposures.len(),
        );
        self.line(0, &words);
        for words in holds_back(&review.vendor) {
            self.line(0, &format!("The profile is not whole: {words}"));
        }
        self.gap();
    }

    fn layers(&mut self, review: &Review) {
        self.rule("Before and after: movements that need attention");
        let _ = writeln!(
            self.text,
            "{:<22}{:>8}{:>8}   of those added, at best … at worst",
            "", "before", "after"
        );
        for layer in &review.layers {
            let added: usize = layer.added.values().sum();
            let _ = writeln!(
                self.text,
                "{:<22}{:>8}{:>8}   {} … {} of {added}",
                name(layer),
                layer.flagged_before,
                layer.flagged_after,
                layer.at_best,
                layer.at_worst,
            );
        }
        if review.layers.iter().any(|layer| layer.status != Status::InForce) {
            self.line(0, "(…): a layer that has not commenced, judged as if it had.");
        }
        self.gap();
    }

    /// One line a flow: its worst verdict in each layer.
    fn movements(&mut self, review: &Review) {
        self.rule("What would move");
        let mut header = format!("{:<36}", "");
        for layer in &review.layers {
            let title = if layer.status == Status::InForce {
                layer.regime.clone()
            } else {
                format!("({})", layer.layer)
            };
            let _ = write!(header, "{title:>9}");
        }
        let _ = writeln!(self.text, "{header}");
        let mut by_flow: BTreeMap<&str, Vec<&AssessedMovement>> = BTreeMap::new();
        for movement in &review.movements {
            by_flow.entry(&movement.flow).or_default().push(movement);
        }
        for (flow, movements) in by_flow {
            let mut line = format!("{flow:<36}");
            if flow.chars().count() > 35 {
                let _ = writeln!(self.text, "{flow}");
                line = format!("{:<36}", "");
            }
            for layer in &review.layers {
                let verdicts = movements
                    .iter()
                    .flat_map(|movement| &movement.verdicts)
                    .map(|judged| &judged.verdict);
                let of_layer =
                    verdicts.filter(|verdict| verdict.regime == layer.regime && verdict.layer == layer.layer);
                let worst = of_layer.max_by_key(|verdict| rank(verdict));
                let _ = write!(line, "{:>9}", worst.map_or("", |verdict| short(verdict.outcome)));
            }
            let _ = writeln!(self.text, "{}", line.trim_end());
            let Some(first) = movements.first() else { continue };
            let kind = first
                .kind
                .map_or(String::new(), |kind| format!(" [{}]", kind.replace('_', " ")));
            let assets: BTreeSet<&str> = movements.iter().map(|movement| movement.asset.as_str()).collect();
            let assets = assets.into_iter().collect::<Vec<_>>().join(", ");
            let perhaps = if first.depends_on.is_empty() { "" } else { "; perhaps" };
            let words = format!("{} -> {}{kind}: {assets}{perhaps}", first.from.place, first.to.place);
            self.line(4, &words);
        }
        self.line(
            0,
            "-: out of scope; no: no transfer; incomp: a mechanism that wants something; NONEX: non-exempt; \
             undet: undetermined.",
        );
        self.gap();
    }

    /// Why, each provision once with what it holds up.
    fn reasons(&mut self, review: &Review) {
        let mut reasons: BTreeMap<(std::cmp::Reverse<Outcome>, &str, &str, String), Vec<String>> = BTreeMap::new();
        for movement in &review.movements {
            for verdict in movement.verdicts.iter().map(|judged| &judged.verdict) {
                if !is_flagged(verdict) || verdict.status != Status::InForce {
                    continue;
                }
                let worst = match verdict.outcome {
                    Headline::Firm(outcome) => outcome,
                    Headline::Undetermined => verdict.worst,
                };
                let said = match verdict.outcome {
                    Headline::Firm(outcome) => outcome.to_string(),
                    Headline::Undetermined => format!("undetermined, between {} and {}", verdict.best, verdict.worst),
                };
                let because = verdict.decided_by.because.in_language(self.language);
                let at_worst = if verdict.outcome == Headline::Undetermined {
                    "at worst, "
                } else {
                    ""
                };
                let mut words = format!("{said}; {at_worst}{}: {because}", verdict.decided_by.cite);
                if verdict.outcome == Headline::Firm(Outcome::NonExempt) && !verdict.eligible.is_empty() {
                    let kinds: Vec<&str> = verdict
                        .eligible
                        .iter()
                        .map(|kind| kind.rsplit('/').next().unwrap_or(kind))
                        .collect();
                    let _ = write!(words, " Could serve: {}.", kinds.join(", "));
                }
                let key = (
                    std::cmp::Reverse(worst),
                    verdict.regime.as_str(),
                    verdict.outcome.as_str(),
                    words,
                );
                reasons
                    .entry(key)
                    .or_default()
                    .push(format!("{} ({})", movement.flow, movement.asset));
            }
        }
        if reasons.is_empty() {
            return;
        }
        self.rule("Why, under the law in force");
        for ((_, regime, _, words), movements) in reasons {
            self.line(0, &format!("{regime}: {words}"));
            let mut named = movements
                .iter()
                .take(MOST_NAMED)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ");
            if movements.len() > MOST_NAMED {
                let _ = write!(named, " and {} more", movements.len() - MOST_NAMED);
            }
            self.line(4, &named);
        }
        self.gap();
    }

    fn own(&mut self, review: &Review) {
        if review.own.is_empty() {
            return;
        }
        self.rule("What stays whatever the vendor does");
        self.line(
            0,
            "The customer's own group sees the one tenant; no measure of the vendor's ends these:",
        );
        self.line(4, &review.own.join(", "));
        self.gap();
    }

    fn exposures(&mut self, review: &Review) {
        if review.exposures.is_empty() {
            return;
        }
        self.rule("Only exposure: within reach through ownership or keys, no transfer by itself");
        let mut by_chain: BTreeMap<(&str, Vec<String>), Vec<&str>> = BTreeMap::new();
        for exposure in &review.exposures {
            by_chain
                .entry((&exposure.by, exposure.places.clone()))
                .or_default()
                .push(&exposure.node);
        }
        for ((by, places), nodes) in by_chain {
            self.line(2, &format!("{by} from {}: {}", places.join(", "), nodes.join(", ")));
        }
        self.gap();
    }

    fn others(&mut self, review: &Review) {
        let had = |flow: &str, asset: &str| !review.movements.iter().any(|movement| movement.key() == (flow, asset));
        let changed: Vec<_> = review
            .difference
            .verdicts
            .iter()
            .filter(|verdict| verdict.change == Turn::Worse && had(&verdict.movement.flow, &verdict.movement.asset))
            .collect();
        if changed.is_empty() {
            return;
        }
        self.rule("What gets worse of what was there before");
        for verdict in changed {
            let movement = &verdict.movement;
            let said = |standing: &Option<crate::assess::forecast::Standing>| {
                standing.as_ref().map_or("nothing", |s| s.outcome.as_str())
            };
            let words = format!(
                "{} ({}) under {}: {} -> {}",
                movement.flow,
                movement.asset,
                verdict.regime,
                said(&verdict.before),
                said(&verdict.after)
            );
            self.line(2, &words);
        }
        self.gap();
    }

    fn questions(&mut self, review: &Review) {
        if review.questions.is_empty() {
            return;
        }
        self.rule("To be asked, most decisive first");
        for (index, question) in review.questions.iter().take(MOST_QUESTIONS).enumerate() {
            let ask = question.ask.in_language(self.language);
            let words = format!(
                "{}. {ask} ({}) decides {}, at worst {}",
                index + 1,
                question.at,
                question.decides,
                question.worst
            );
            self.line(2, &words);
        }
        if let Some(more) = review
            .questions
            .len()
            .checked_sub(MOST_QUESTIONS)
            .filter(|more| *more > 0)
        {
            self.line(2, &format!("and {more} more (`transborder ask` has them all)"));
        }
        self.gap();
    }

    fn settings(&mut self, review: &Review) {
        if review.settings.is_empty() {
            return;
        }
        self.rule("Its settings");
        for setting in &review.settings {
            let value = setting.value.as_deref().unwrap_or("not known");
            let mut words = format!("{}: {value} (of {})", setting.id, setting.values.join(", "));
            let _ = write!(words, "; {}", changeable(setting));
            if let Some(needs) = &setting.needs {
                let _ = write!(words, "; needs: {}", needs.trim_end_matches('.'));
            }
            if !setting.switches.is_empty() {
                let _ = write!(words, "; decides {}", setting.switches.join(", "));
            }
            if let Some(residue) = &setting.residue {
                let _ = write!(words, ". What stays: {}", residue.trim_end_matches('.'));
            }
            self.line(2, &words);
            for tried in &setting.tried {
                let words = match (tried.cured, tried.added) {
                    (0, 0) => format!("{}: changes no verdict", tried.word),
                    (cured, 0) => format!("{}: {cured} verdicts fewer need attention", tried.word),
                    (cured, added) => format!(
                        "{}: {cured} verdicts fewer need attention, {added} others do",
                        tried.word
                    ),
                };
                self.line(6, &words);
            }
        }
        self.gap();
    }

    fn offers(&mut self, review: &Review) {
        if review.offers.is_empty() {
            return;
        }
        self.rule("Offered by the vendor; nothing is signed");
        for offer in &review.offers {
            let with = offer
                .with
                .as_deref()
                .map_or(String::new(), |with| format!(" with {with}"));
            let about = offer
                .about
                .as_deref()
                .map_or(String::new(), |about| format!(": {about}"));
            self.line(2, &format!("{}{with}{about}", offer.kind));
        }
        self.gap();
    }

    fn memory(&mut self, review: &Review) {
        let memory = || {
            review
                .sources
                .values()
                .filter(|source| source.confidence == SourceConfidence::Memory)
        };
        if memory().all(|source| source.says.is_empty()) {
            return;
        }
        self.rule("From memory, check before relying on it");
        for source in memory().filter(|source| !source.says.is_empty()) {
            self.line(2, &format!("{}: {}", source.title, source.says.join(", ")));
        }
        self.gap();
    }
}

fn name(layer: &LayerReviewed) -> String {
    if layer.status == Status::InForce {
        layer.regime.clone()
    } else {
        format!("{} ({})", layer.regime, layer.layer)
    }
}

fn rank(verdict: &Verdict) -> (Outcome, bool) {
    match verdict.outcome {
        Headline::Firm(outcome) => (outcome, true),
        Headline::Undetermined => (verdict.worst, false),
    }
}

fn short(outcome: Headline) -> &'static str {
    match outcome {
        Headline::Undetermined => "undet",
        Headline::Firm(Outcome::OutOfScope) => "-",
        Headline::Firm(Outcome::NotATransfer) => "no",
        Headline::Firm(Outcome::Exempt) => "exempt",
        Headline::Firm(Outcome::Covered) => "covered",
        Headline::Firm(Outcome::Incomplete) => "incomp",
        Headline::Firm(Outcome::NonExempt) => "NONEX",
    }
}

fn changeable(setting: &SettingReviewed) -> &'static str {
    match setting.changeable {
        Some(Changeable::AnyTime) => "can be changed at any time",
        Some(Changeable::BeforeSignUp) => "can be chosen only before signing up",
        Some(Changeable::ByMigration) => "can be changed by migration",
        Some(Changeable::ByContract) => "can be changed by contract",
        Some(Changeable::Never) => "can never be changed",
        None => "nobody says whether it can be changed",
    }
}
