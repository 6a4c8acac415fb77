//! What changed in the law between two days, as text and as JSON.

use crate::law::changes::{Change, Changes, PlaceNamed, Thing};
use crate::law::pack::{Since, Stage};
use crate::report::text::DISCLAIMER;
use crate::report::wrap::{WIDTH, paragraph};

/// The changes as text, by day and regime, with the texts of the packs in a language.
#[must_use]
pub fn render(changes: &Changes, language: &str) -> String {
    let mut text = String::new();
    let title = format!(
        "What changed in the law after {}, up to and including {}",
        changes.from, changes.to
    );
    paragraph(&mut text, 0, 4, &title);
    text.push_str(&"-".repeat(WIDTH));
    text.push('\n');
    if changes.changes.is_empty() {
        text.push_str("Nothing changed.\n");
    }
    let (mut day, mut regime) = (None, None);
    for change in &changes.changes {
        if day != Some(change.day) {
            (day, regime) = (Some(change.day), None);
            text.push('\n');
            paragraph(&mut text, 0, 4, &change.day.to_string());
        }
        if regime != Some(&change.regime) {
            regime = Some(&change.regime);
            paragraph(&mut text, 2, 6, &change.regime);
        }
        one(&mut text, change, language);
    }
    text.push('\n');
    paragraph(&mut text, 0, 4, DISCLAIMER);
    text
}

/// The changes as JSON: the shape of [`Changes`].
#[must_use]
pub fn json(changes: &Changes) -> String {
    crate::report::in_json(changes)
}

fn one(text: &mut String, change: &Change, language: &str) {
    let stem = change.id.split_once('/').map_or(change.id.as_str(), |(_, stem)| stem);
    let thing = match &change.thing {
        Thing::Regime => "the regime".to_owned(),
        Thing::Layer => format!("layer {stem}"),
        Thing::Instrument { .. } => format!("instrument {stem}"),
        Thing::Condition { part: Some(part), .. } => format!("{part} of {stem}"),
        Thing::Condition { .. } => format!("condition of {stem}"),
        Thing::Rule { stage } => format!("{} {stem}", in_words(*stage)),
        Thing::Member { places, .. } => format!("{} in the list {stem}", places_in_words(places)),
        Thing::Window { .. } => format!("window of the count {stem}"),
    };
    paragraph(text, 4, 8, &format!("{}: {thing}", change.what));
    let mut title = change.title.in_language(language).to_owned();
    if let Thing::Instrument { number: Some(number) } = &change.thing {
        title = format!("{title} ({number})");
    }
    if !title.is_empty() {
        paragraph(text, 6, 8, &title);
    }
    if let Some(cite) = &change.cite {
        let confidence = change.confidence.map_or(String::new(), |sure| format!(" [{sure}]"));
        paragraph(text, 6, 8, &format!("{cite}{confidence}"));
    }
    match &change.thing {
        Thing::Condition {
            comparison,
            with,
            holds,
            rules,
            ..
        } => {
            let turns = if *holds {
                "holds from this day on"
            } else {
                "holds no longer"
            };
            let test = comparison.as_str().replace('_', " ");
            paragraph(text, 6, 8, &format!("the day is {test} {with}: {turns}"));
            if rules.as_slice() != std::slice::from_ref(&change.id) {
                paragraph(text, 6, 8, &format!("asked by: {}", rules.join(", ")));
            }
        }
        Thing::Member {
            on_condition, ended_by, ..
        } => {
            if *on_condition {
                paragraph(text, 6, 8, "on a condition");
            }
            if let Some(ended_by) = ended_by {
                paragraph(text, 6, 8, &format!("ended by: {ended_by}"));
            }
        }
        Thing::Window { before, now } => {
            let since = |since: &Option<Since>| since.map_or("nothing", since_in_words);
            let line = format!("counts {}; until then {}", since(now), since(before));
            paragraph(text, 6, 8, &line);
        }
        Thing::Regime | Thing::Layer | Thing::Instrument { .. } | Thing::Rule { .. } => {}
    }
    if !change.because.is_empty() {
        paragraph(text, 6, 8, change.because.in_language(language));
    }
}

/// What a rule of a stage is called.
pub(super) fn in_words(stage: Stage) -> &'static str {
    match stage {
        Stage::Scope => "rule of scope",
        Stage::Transfer => "rule of transfer",
        Stage::Blocks => "block",
        Stage::Exemptions => "exemption",
        Stage::Mechanisms => "mechanism",
        Stage::Requirements => "common requirement",
        Stage::Duties => "duty",
        Stage::Counts => "count",
        Stage::Sets => "list",
    }
}

/// Since when a count runs.
pub(super) fn since_in_words(since: Since) -> &'static str {
    match since {
        Since::January1OfThisYear => "since 1 January of this year",
        Since::January1OfPreviousYear => "since 1 January of the year before",
    }
}

fn places_in_words(places: &[PlaceNamed]) -> String {
    let place = |place: &PlaceNamed| format!("{} ({})", place.name, place.code);
    places.iter().map(place).collect::<Vec<_>>().join(", ")
}
