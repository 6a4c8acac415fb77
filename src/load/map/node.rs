//! Processors and storage nodes.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Code;
use crate::load::decode::Node;
use crate::load::map::context::Context;
use crate::load::map::format::{NODE, OPERATOR};
use crate::load::map::ids::Entry;
use crate::load::map::placement;
use crate::load::map::reader::Reader;
use crate::load::map::setting;
use crate::load::tree::Tree;
use crate::locate::locator::Locator;
use crate::model::{self, EntityId, Location, Stated};
use crate::word::{Commitment, NodeKind};

pub(super) fn nodes(context: &Context<'_, '_>, locator: &Locator, entries: &[Entry<'_>]) -> Vec<model::Node> {
    entries.iter().map(|entry| node(context, locator, entry)).collect()
}

fn node(context: &Context<'_, '_>, locator: &Locator, entry: &Entry<'_>) -> model::Node {
    let mut node = model::Node {
        id: entry.id.clone(),
        is_storage: entry.section == "storage",
        name: None,
        kind: None,
        operator: None,
        operator_set_by: None,
        acts_for: Stated::Unknown,
        located_in: Location::default(),
        place_set_by: None,
        keys_held_by: Stated::Unknown,
        commitment: None,
        holds: None,
        addresses: Vec::new(),
        regions: Vec::new(),
        sighted: Vec::new(),
        placed_by: None,
    };
    if let Some(reader) = Reader::new(context, &entry.node, &NODE) {
        node.name = reader.text("name");
        node.kind = reader.word("kind", NodeKind::WORDS, NodeKind::from_word);
        (node.operator, node.operator_set_by) = operator(context, &reader);
        node.acts_for = reader.entity_or_none("acts_for");
        placement::place(context, locator, &reader, &mut node);
        let setting = reader
            .known("located_in")
            .and_then(|location| location.tree.get("setting"));
        node.place_set_by = setting.and_then(Tree::text).map(str::to_owned);
        node.keys_held_by = reader.entity_or_none("keys_held_by");
        node.commitment = reader.word("commitment", Commitment::WORDS, Commitment::from_word);
        node.holds = reader.set("holds", |item| context.asset(item));
    }
    node
}

/// Who runs a node. The word of a known setting decides; of an unknown one, what all its words have in common.
fn operator(context: &Context<'_, '_>, reader: &Reader<'_, '_>) -> (Option<EntityId>, Option<String>) {
    let Some(node) = reader.known("operator") else {
        return (None, None);
    };
    if !matches!(node.tree, Tree::Object(_)) {
        return (context.entity(node), None);
    }
    let Some(object) = node.object(&OPERATOR.names().collect::<Vec<_>>()) else {
        return (None, None);
    };
    let (setting, values) = (object.required("setting"), object.required("values"));
    let setting = setting.and_then(|node| context.setting(node));
    let (Some(setting), Some(values)) = (setting, values.and_then(Node::any_object)) else {
        return (None, None);
    };
    let mut by_word: BTreeMap<&str, Option<EntityId>> = BTreeMap::new();
    for (word, named) in &values.entries {
        let report = |message, help| {
            named
                .problems()
                .report_key(Code::UnknownWord, &named.path, message, help)
        };
        if setting::has(context, setting, word, report) {
            by_word.insert(
                word,
                if named.is_unknown() {
                    None
                } else {
                    context.entity(named)
                },
            );
        }
    }
    let of = |word: &String| by_word.get(word.as_str()).copied().flatten();
    let operator = match &setting.value {
        Some(word) => of(word),
        None => {
            let all: BTreeSet<Option<EntityId>> = setting.values.iter().map(of).collect();
            all.first().copied().flatten().filter(|_| all.len() == 1)
        }
    };
    (operator, Some(setting.id.clone()))
}
