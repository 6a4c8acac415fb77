//! Whence what a map says is known: its sources, and which of them each object names; and what somebody offers.

use std::collections::BTreeMap;

use crate::load::decode::Node;
use crate::load::map::context::Context;
use crate::load::map::format::{OFFER, SOURCE};
use crate::load::map::ids::{Entry, Kind, Sections};
use crate::load::map::mechanism;
use crate::load::map::reader::{Reader, or_nothing};
use crate::load::tree::Tree;
use crate::model::{Offer, SourceCited};
use crate::word::{SourceConfidence, SourceKind};

pub(super) fn sources(context: &Context<'_, '_>, entries: &[Entry<'_>]) -> BTreeMap<String, SourceCited> {
    let source = |entry: &Entry<'_>| Some((entry.id.clone(), source(context, &entry.node)?));
    entries.iter().filter_map(source).collect()
}

fn source(context: &Context<'_, '_>, node: &Node<'_>) -> Option<SourceCited> {
    let reader = Reader::new(context, node, &SOURCE)?;
    let confidence = reader.word("confidence", SourceConfidence::WORDS, SourceConfidence::from_word);
    Some(SourceCited {
        title: reader.text("title")?,
        address: reader.text("address"),
        kind: reader.word("kind", SourceKind::WORDS, SourceKind::from_word),
        as_of: reader.date("as_of"),
        confidence: confidence?,
    })
}

pub(super) fn offers(context: &Context<'_, '_>, entries: &[Entry<'_>]) -> Vec<Offer> {
    let offer = |entry: &Entry<'_>| {
        let reader = Reader::new(context, &entry.node, &OFFER)?;
        let kind = mechanism::kind(context, &or_nothing(&entry.node).any_object()?);
        Some(Offer {
            id: entry.id.clone(),
            kind: kind?,
            with: reader.known("with").and_then(|node| context.entity(node)),
            about: reader.text("about"),
        })
    };
    entries.iter().filter_map(offer).collect()
}

/// The source of each object and of each of its values that names its own.
pub(super) fn evidence(context: &Context<'_, '_>, sections: &Sections<'_>) -> BTreeMap<String, String> {
    let mut evidence = BTreeMap::new();
    let entries = Kind::ALL
        .into_iter()
        .flat_map(|kind| sections.entries(kind))
        .map(|entry| &entry.node);
    for node in entries.chain(&sections.controls) {
        // Objects that are none, and keys that stand twice, have been reported.
        let Some(tree) = node.tree.get("evidence").filter(|tree| !tree.is_unknown()) else {
            continue;
        };
        let at = node.child("evidence", tree);
        if let Tree::Text(source) = tree {
            if context.knows_source(&at, source) {
                evidence.insert(node.path.clone(), source.clone());
            }
            continue;
        }
        for (key, named) in at.any_object().map(|object| object.entries).unwrap_or_default() {
            let Some(source) = named.text().filter(|source| context.knows_source(&named, source)) else {
                continue;
            };
            let path = if key == "all" {
                node.path.clone()
            } else {
                format!("{}.{key}", node.path)
            };
            evidence.insert(path, source.to_owned());
        }
    }
    evidence
}
