//! What changed in the law between two days, as text and as JSON.

use crate::law::changes::{Change, Changes, PlaceNamed, Thing};
use crate::law::pack::{Since, Stage};
use crate::report::text::{DISCLAIMER, stem};
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
    paragraph(text, 4, 8, &format!("{}: {}", change.what, thing(change)));
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
    for more in more(change) {
        paragraph(text, 6, 8, &more);
    }
    if !change.because.is_empty() {
        paragraph(text, 6, 8, change.because.in_language(language));
    }
}

/// What it is that changes.
pub(super) fn thing(change: &Change) -> String {
    let stem = stem(&change.id);
    match &change.thing {
        Thing::Regime => "the regime".to_owned(),
        Thing::Layer => format!("layer {stem}"),
        Thing::Instrument { .. } => format!("instrument {stem}"),
        Thing::Condition { part: Some(part), .. } => format!("{part} of {stem}"),
        Thing::Condition { .. } => format!("condition of {stem}"),
        Thing::Rule { stage } => format!("{} {stem}", in_words(*stage)),
        Thing::Member { places, .. } => format!("entry of {} in the list {stem}", places_in_words(places)),
        Thing::Window { .. } => format!("window of the count {stem}"),
    }
}

/// What there is to say of a change beside its thing, name, provision and reason.
pub(super) fn more(change: &Change) -> Vec<String> {
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
            let mut more = vec![format!("the day is {test} {with}: {turns}")];
            if rules.as_slice() != std::slice::from_ref(&change.id) {
                more.push(format!("asked by: {}", rules.join(", ")));
            }
            more
        }
        Thing::Member {
            on_condition, ended_by, ..
        } => {
            let on_condition = on_condition.then(|| "on a condition".to_owned());
            let ended_by = ended_by.as_ref().map(|ended_by| format!("ended by: {ended_by}"));
            on_condition.into_iter().chain(ended_by).collect()
        }
        Thing::Window { before, now } => {
            let since = |since: &Option<Since>| since.map_or("nothing", since_in_words);
            vec![format!("counts {}; until then {}", since(now), since(before))]
        }
        Thing::Regime | Thing::Layer | Thing::Instrument { .. } | Thing::Rule { .. } => Vec::new(),
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
