//! Control edges.

use std::collections::BTreeSet;

use crate::diagnostic::Code;
use crate::load::decode::Node;
use crate::load::map::context::Context;
use crate::load::map::format::CONTROL;
use crate::load::map::ids;
use crate::load::map::reader::Reader;
use crate::model::Control;
use crate::word::{Access, ControlKind};

/// The edges in the order of their content, as far as their ends and kind are known: others have been reported.
pub(super) fn controls(context: &Context<'_, '_>, nodes: &[Node<'_>]) -> Vec<Control> {
    let edges = nodes.iter().enumerate();
    let mut controls: Vec<Control> = edges.filter_map(|(at, node)| control(context, node, at)).collect();
    refuse_same_id(&controls, nodes);
    controls.sort_by(|a, b| content(a).cmp(&content(b)));
    controls
}

fn refuse_same_id(controls: &[Control], nodes: &[Node<'_>]) {
    let mut seen = BTreeSet::new();
    for control in controls {
        if let (Some(id), Some(node)) = (&control.id, nodes.get(control.position))
            && !seen.insert(id)
        {
            let message = format!("the id `{id}` stands at two controls");
            node.report(
                Code::DuplicateKey,
                message,
                Some("give one of them another id".to_owned()),
            );
        }
    }
}

fn control(context: &Context<'_, '_>, node: &Node<'_>, position: usize) -> Option<Control> {
    let reader = Reader::new(context, node, &CONTROL)?;
    let id = reader.text("id");
    if let (Some(id), Some(node)) = (&id, reader.known("id")) {
        ids::refuse_bad_id(id, node);
    }
    let by = reader.entity("by");
    let over = reader.known("over").and_then(|node| context.controlled(node));
    let kind = reader.word("kind", ControlKind::WORDS, ControlKind::from_word);
    let access = reader.word("access", Access::WORDS, Access::from_word);
    let access_from = reader.location("access_from");
    let share = reader.percent("share");
    let since = reader.date("since");
    // Only here, so that every attribute has been checked.
    Some(Control {
        position,
        id,
        by: by?,
        over: over?,
        kind: kind?,
        access,
        access_from,
        share,
        since,
    })
}

/// All but the position; ids are in the order of the names they stand for.
fn content(control: &Control) -> impl Ord + '_ {
    let from = &control.access_from;
    (
        (control.by, control.over, control.kind, control.access),
        (&from.alternatives, &from.setting),
        (control.share, control.since),
    )
}
