//! Measures as text on eighty columns, as JSON, and as change files.

use std::fmt::Write as _;

use crate::assess::measures::{Cleared, Cure, Measure, MeasureKind, Measures, Owed, RuledOut, Set, Step, Worse};
use crate::assess::verdict::DutyState;
use crate::law::pack::Confidence;
use crate::load::Whence;
use crate::outcome::Headline;
use crate::report::text::DISCLAIMER;
use crate::report::wrap::{WIDTH, paragraph};
use crate::word::Changeable;

/// So many findings that a set clears are named; the rest are counted.
const MOST_CLEARED: usize = 12;
/// So many reasons why nothing helps are given for one finding; the rest are counted.
const MOST_REASONS: usize = 6;

/// The measures as JSON, one documented and versioned shape: that of [`Measures`].
#[must_use]
pub fn json(measures: &Measures) -> String {
    super::in_json(measures)
}

/// The changes of the sets as YAML, one document a set, each of which can be read as a change file.
#[must_use]
pub fn yaml(sets: &[&Set]) -> String {
    let mut text = String::new();
    for set in sets {
        if sets.len() > 1 {
            text.push_str("---\n");
        }
        let _ = writeln!(text, "# Set {}", set.number);
        for measure in &set.measures {
            // A line feed in a text of the map must not end the comment.
            let words = measure.words.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "# {words}");
        }
        text.push_str(&set.change.to_yaml());
    }
    text
}

/// The measures as text, texts of rules in a language. With the map's source, findings get their line.
#[must_use]
pub fn render(measures: &Measures, source: Option<&dyn Whence>, language: &str) -> String {
    let mut page = Page {
        text: String::new(),
        source,
        language,
    };
    let name = measures.map.as_deref().unwrap_or("Data map");
    page.line(0, &format!("{name}: measures, the law as of {}", measures.as_of));
    let _ = writeln!(page.text, "{}", "-".repeat(WIDTH));
    if measures.findings.is_empty() {
        page.line(0, "There is nothing to clear.");
    }
    for set in &measures.sets {
        page.set(set);
    }
    page.findings(measures);
    if let Some(stopped) = &measures.stopped {
        page.line(0, &format!("Not everything was tried: {stopped}."));
    }
    page.text.push('\n');
    page.line(0, DISCLAIMER);
    page.text
}

struct Page<'a> {
    text: String,
    source: Option<&'a dyn Whence>,
    language: &'a str,
}

impl Page<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        paragraph(&mut self.text, indent, indent + 2, text);
    }

    fn set(&mut self, set: &Set) {
        self.text.push('\n');
        let clears = set.clears.len();
        let findings = if clears == 1 { "finding" } else { "findings" };
        self.line(0, &format!("SET {}: clears {clears} {findings}", set.number));
        for measure in &set.measures {
            self.measure(measure);
        }
        for cleared in set.clears.iter().take(MOST_CLEARED) {
            self.line(4, &format!("clears {}: {}", cleared.finding, now(cleared)));
        }
        if clears > MOST_CLEARED {
            self.line(4, &format!("clears {} more", clears - MOST_CLEARED));
        }
        for worse in &set.worse {
            self.line(4, &format!("but then: {}", what_is_worse(worse)));
        }
        let (new, old): (Vec<&Owed>, Vec<&Owed>) = set.owed.iter().partition(|owed| owed.before != Some(owed.state));
        for owed in new {
            self.owed(owed);
        }
        if !old.is_empty() {
            let rules: Vec<&str> = old.iter().map(|owed| owed.rule.as_str()).collect();
            self.line(4, &format!("owed as before, or to be checked: {}", rules.join(", ")));
        }
    }

    fn measure(&mut self, measure: &Measure) {
        self.line(2, &measure.words);
        if let Some(setting) = &measure.setting {
            let mut facts = vec![when(setting.changeable).to_owned()];
            facts.extend(setting.about.as_ref().map(|about| format!("what it decides: {about}")));
            facts.extend(setting.set_by.as_ref().map(|who| format!("set by: {who}")));
            facts.extend(setting.needs.as_ref().map(|plan| format!("needs: {plan}")));
            for fact in facts {
                self.line(4, &fact);
            }
            let stays = setting
                .residue
                .as_deref()
                .unwrap_or("what has moved already stays where it is");
            self.line(4, &format!("stays: {stays}"));
        }
        if let Some(mechanism) = &measure.mechanism {
            self.line(4, &format!("{} ({})", mechanism.kind, mechanism.cite));
            if let Some(offered) = &mechanism.offered {
                self.line(4, &format!("offered by the vendor, to be signed: {offered}"));
            }
        }
        for step in &measure.steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        let words = step.words.in_language(self.language);
        let sure = match step.confidence {
            Confidence::Verified => String::new(),
            sure => format!(" [{sure}]"),
        };
        let what = if step.supposed { "only if" } else { "step" };
        self.line(4, &format!("{what} {}: {words} ({}){sure}", step.part, step.cite));
    }

    fn owed(&mut self, owed: &Owed) {
        let state = match owed.state {
            DutyState::Unmet => "not met",
            _ => "to be checked",
        };
        let cure = owed.cure.in_language(self.language);
        self.line(4, &format!("then also owed ({state}): {cure} ({})", owed.cite));
    }

    fn findings(&mut self, measures: &Measures) {
        if measures.findings.is_empty() {
            return;
        }
        self.text.push('\n');
        self.line(0, "FINDINGS");
        for cure in &measures.findings {
            let at = self.at(&cure.at);
            self.line(2, &format!("{}  {at}", cure.finding));
            self.cure(cure, measures);
        }
    }

    fn cure(&mut self, cure: &Cure, measures: &Measures) {
        let numbers: Vec<String> = cure.sets.iter().map(ToString::to_string).collect();
        match numbers.as_slice() {
            [] => self.line(4, "nothing that was tried clears it"),
            [only] => self.line(4, &format!("cleared by set {only}")),
            several => self.line(4, &format!("cleared by one of the sets {}", several.join(", "))),
        }
        if cure.more > 0 {
            self.line(4, &format!("{} more sets clear it", cure.more));
        }
        if !cure.sets.is_empty() && !only_last_resorts(cure, measures) {
            return;
        }
        // What does not help for the same reason is named together.
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for RuledOut { what, why } in &cure.ruled_out {
            match reasons.iter_mut().find(|(known, _)| known == why) {
                Some((_, all)) => all.push(what),
                None => reasons.push((why, vec![what])),
            }
        }
        for (why, what) in reasons.iter().take(MOST_REASONS) {
            self.line(4, &format!("does not help: {}: {why}", what.join(", ")));
        }
        if reasons.len() > MOST_REASONS {
            let more: usize = reasons.iter().skip(MOST_REASONS).map(|(_, what)| what.len()).sum();
            self.line(4, &format!("{more} more do not help"));
        }
    }

    /// A place of the map with its line, if it is written there.
    fn at(&self, path: &str) -> String {
        let position = self.source.and_then(|source| source.position(path));
        match (self.source, position) {
            (Some(source), Some(position)) => format!("{}:{}", source.file(path), position.line),
            _ => path.to_owned(),
        }
    }
}

/// Whether a finding is cleared only by stopping or moving something, or by what may not be so.
fn only_last_resorts(cure: &Cure, measures: &Measures) -> bool {
    let of_finding = measures.sets.iter().filter(|set| cure.sets.contains(&set.number));
    of_finding
        .flat_map(|set| &set.measures)
        .all(|measure| measure.kind >= MeasureKind::ExcludeAccess)
}

fn now(cleared: &Cleared) -> String {
    match cleared.now {
        None => "no movement any more".to_owned(),
        Some(Headline::Firm(outcome)) => format!("then {outcome}"),
        Some(Headline::Undetermined) => "no finding any more".to_owned(),
    }
}

fn what_is_worse(worse: &Worse) -> String {
    match (worse.before, worse.after) {
        (Some(before), Some(after)) => format!("{} is worse ({before} before, {after} then)", worse.finding),
        (None, Some(after)) => format!("{} is new ({after})", worse.finding),
        _ => format!("{} is new", worse.finding),
    }
}

fn when(changeable: Option<Changeable>) -> &'static str {
    match changeable {
        Some(Changeable::AnyTime) => "can be changed at any time",
        Some(Changeable::ByMigration) => "changes what is new; what is there has to be migrated",
        Some(Changeable::ByContract) => "can be changed by contract with the vendor",
        Some(Changeable::BeforeSignUp) => "can be chosen before sign-up only",
        Some(Changeable::Never) => "can never be changed",
        None => "nobody has said whether and when it can be changed",
    }
}
