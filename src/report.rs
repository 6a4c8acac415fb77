//! Puts an assessment on paper: text for people, JSON for programs.
#![doc = include_str!("report/json.md")]

pub mod changes;
pub mod compare;
pub mod difference;
pub mod forecast;
pub mod law;
mod markdown;
pub mod measures;
pub mod memo;
#[cfg(feature = "observe")]
pub mod observed;
pub mod questionnaire;
mod state;
pub mod text;
pub mod vendor;
mod whereabouts;
mod wrap;

use crate::assess::Assessment;

/// The assessment as JSON, one documented and versioned shape: that of [`Assessment`].
#[must_use]
pub fn json(assessment: &Assessment) -> String {
    in_json(assessment)
}

fn in_json(shape: &impl serde::Serialize) -> String {
    // INVARIANT: no shape has a map with keys that are no text, the only thing that could fail.
    let mut text = serde_json::to_string_pretty(shape).unwrap_or_default();
    text.push('\n');
    text
}
