//! Accepted risks: findings that are accepted for a time, and by whom.

use std::collections::BTreeSet;

use crate::load::decode::Node;
use crate::load::map::context::Context;
use crate::load::map::format::{ACCEPTANCE, ACCEPTED, APPROVAL};
use crate::load::map::ids::Entry;
use crate::load::map::reader::{Reader, members};
use crate::model::{Acceptance, Approval};
use crate::outcome::Outcome;

/// The roles that have to approve.
pub(super) fn needs(context: &Context<'_, '_>, top: &Reader<'_, '_>) -> BTreeSet<String> {
    let reader = top
        .known("acceptance")
        .and_then(|node| Reader::new(context, node, &ACCEPTANCE));
    reader.and_then(|reader| reader.texts("needs")).unwrap_or_default()
}

/// The acceptances, as far as all is said that has to be: what is missing has been reported.
pub(super) fn accepted(context: &Context<'_, '_>, entries: &[Entry<'_>]) -> Vec<Acceptance> {
    entries.iter().filter_map(|entry| acceptance(context, entry)).collect()
}

fn acceptance(context: &Context<'_, '_>, entry: &Entry<'_>) -> Option<Acceptance> {
    let reader = Reader::new(context, &entry.node, &ACCEPTED)?;
    let (finding, reason, until) = (reader.text("finding"), reader.text("reason"), reader.date("until"));
    let worst = reader.word("worst", Outcome::WORDS, |word| word.parse().ok());
    let approved = match reader.known("approved") {
        None => Vec::new(),
        Some(node) if node.is_word("none") => Vec::new(),
        Some(node) => members(node, |item| approval(context, item)).unwrap_or_default(),
    };
    Some(Acceptance {
        id: entry.id.clone(),
        finding: finding?,
        reason: reason?,
        approved,
        until: until?,
        worst,
    })
}

fn approval(context: &Context<'_, '_>, node: &Node<'_>) -> Option<Approval> {
    let reader = Reader::new(context, node, &APPROVAL)?;
    let (role, by, on) = (reader.text("role"), reader.text("by"), reader.date("on"));
    Some(Approval {
        role: role?,
        by: by?,
        on: on?,
    })
}
