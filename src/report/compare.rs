//! Regimes side by side, as text and as JSON.

use crate::law::compare::{Comparison, Entry, Limit, Subject};
use crate::law::pack::Status;
use crate::report::changes::since_in_words;
use crate::report::text::{DISCLAIMER, stem};
use crate::report::wrap::{WIDTH, paragraph};

/// The comparison as text, topic by topic and regime by regime, with the texts of the packs in a language.
#[must_use]
pub fn render(comparison: &Comparison, language: &str) -> String {
    let mut text = String::new();
    let title = format!("Regimes compared, as the law stood on {}", comparison.as_of);
    paragraph(&mut text, 0, 4, &title);
    text.push_str(&"-".repeat(WIDTH));
    text.push('\n');
    for regime in &comparison.regimes {
        let state = match regime.checked_on {
            _ if !regime.is_law => " (not law on that day)".to_owned(),
            Some(day) => format!(" (compared with its sources on {day})"),
            None => String::new(),
        };
        let line = format!("{}: {}{state}", regime.id, regime.title.in_language(language));
        paragraph(&mut text, 0, 4, &line);
    }
    for topic in &comparison.topics {
        text.push('\n');
        paragraph(
            &mut text,
            0,
            4,
            &format!("{} [{}]", topic.title.in_language(language), topic.topic),
        );
        if let Some(note) = topic.note {
            paragraph(&mut text, 0, 0, note);
        }
        for (regime, of_regime) in comparison.regimes.iter().zip(&topic.regimes) {
            paragraph(&mut text, 2, 6, &regime.id);
            if !regime.is_law {
                paragraph(&mut text, 4, 8, "not law on that day");
            } else if of_regime.entries.is_empty() {
                paragraph(&mut text, 4, 8, "nothing in the pack");
            }
            for entry in &of_regime.entries {
                one(&mut text, entry, language);
            }
        }
    }
    text.push('\n');
    paragraph(&mut text, 0, 4, DISCLAIMER);
    text
}

/// The comparison as JSON: the shape of [`Comparison`].
#[must_use]
pub fn json(comparison: &Comparison) -> String {
    crate::report::in_json(comparison)
}

fn one(text: &mut String, entry: &Entry, language: &str) {
    let stem = stem(&entry.rule);
    let what = match &entry.what {
        Subject::Block => format!("block {stem}"),
        Subject::Exemption => format!("exemption {stem}"),
        Subject::Mechanism { implicit: true, .. } => format!("mechanism {stem}, held by everybody"),
        Subject::Mechanism { serves: true, .. } => format!("mechanism {stem}"),
        Subject::Mechanism { .. } => format!("no mechanism on that day: {stem}"),
        Subject::Gate { name } => format!("gate {name} of {stem}"),
        Subject::Requirement { name } => format!("requirement {name} of {stem}"),
        Subject::CommonRequirement { of: None } => format!("requirement {stem} of every mechanism"),
        Subject::CommonRequirement { of: Some(groups) } => {
            format!("requirement {stem} of mechanisms of the group {}", groups.join(", "))
        }
        Subject::Duty => format!("duty {stem}"),
        Subject::Count { per, .. } => format!("count {stem}: individuals, per {per}"),
        Subject::Deadline { part, period, from, .. } => {
            let part = part.as_ref().map_or(String::new(), |part| format!("{part} of "));
            format!("{period} from {from}: {part}{stem}")
        }
    };
    let status = |status: Status| status.as_str().replace('_', " ");
    let layers: Vec<String> = entry
        .layers
        .iter()
        .map(|layer| format!("{}, {}", layer.id, status(layer.status)))
        .collect();
    paragraph(text, 4, 8, &what);
    let cite = format!("{} [{}] (layer {})", entry.cite, entry.confidence, layers.join("; "));
    paragraph(text, 6, 8, &cite);
    paragraph(text, 6, 8, entry.title.in_language(language));
    if !entry.says.is_empty() {
        paragraph(text, 6, 8, entry.says.in_language(language));
    }
    match &entry.what {
        Subject::Count { since, thresholds, .. } => {
            paragraph(text, 6, 8, since.map_or("not counted on that day", since_in_words));
            if thresholds.is_empty() {
                paragraph(text, 6, 8, "no rule in force compares it with a number");
            }
            for threshold in thresholds {
                let test = match threshold.test {
                    Limit::AtLeast => "at least",
                    Limit::Below => "below",
                };
                let line = format!("{test} {}: {}", threshold.number, threshold.rules.join(", "));
                paragraph(text, 6, 8, &line);
            }
        }
        Subject::Deadline { ask, .. } => paragraph(text, 6, 8, &format!("from: {}", ask.in_language(language))),
        _ => {}
    }
}
