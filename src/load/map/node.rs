//! Processors and storage nodes.

use crate::load::map::context::Context;
use crate::load::map::format::NODE;
use crate::load::map::ids::Entry;
use crate::load::map::reader::Reader;
use crate::load::tree::Tree;
use crate::model::{Location, Node, Stated};
use crate::word::{Commitment, NodeKind};

pub(super) fn nodes(context: &Context<'_, '_>, entries: &[Entry<'_>]) -> Vec<Node> {
    entries.iter().map(|entry| node(context, entry)).collect()
}

fn node(context: &Context<'_, '_>, entry: &Entry<'_>) -> Node {
    let mut node = Node {
        id: entry.id.clone(),
        is_storage: entry.section == "storage",
        name: None,
        kind: None,
        operator: None,
        acts_for: Stated::Unknown,
        located_in: Location::default(),
        place_set_by: None,
        keys_held_by: Stated::Unknown,
        commitment: None,
        holds: None,
    };
    if let Some(reader) = Reader::new(context, &entry.node, &NODE) {
        node.name = reader.text("name");
        node.kind = reader.word("kind", NodeKind::WORDS, NodeKind::from_word);
        node.operator = reader.entity("operator");
        node.acts_for = reader.entity_or_none("acts_for");
        node.located_in = reader.location("located_in");
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
