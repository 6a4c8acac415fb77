//! Entities, and the two chains that may not return to their start: parents and branches.

use crate::diagnostic::Code;
use crate::fact::Carrier;
use crate::load::map::context::Context;
use crate::load::map::format::{ENTITY, PARENT};
use crate::load::map::ids::Entry;
use crate::load::map::reader::Reader;
use crate::load::tree::Tree;
use crate::model::{Entity, EntityId, Stated};
use crate::word::{EntityKind, EntityRole};

pub(super) fn entities(context: &Context<'_, '_>, entries: &[Entry<'_>]) -> Vec<Entity> {
    let entities: Vec<Entity> = entries
        .iter()
        .map(|entry| Entity {
            id: entry.id.clone(),
            ..entity(context, entry).unwrap_or_default()
        })
        .collect();
    refuse_parent_cycles(&entities, entries);
    refuse_branches_of_branches(&entities, entries);
    entities
}

fn entity(context: &Context<'_, '_>, entry: &Entry<'_>) -> Option<Entity> {
    let reader = Reader::new(context, &entry.node, &ENTITY)?;
    let mut entity = Entity {
        id: String::new(),
        name: reader.text("name"),
        kind: reader.word("kind", EntityKind::WORDS, EntityKind::from_word),
        established_in: reader.places("established_in"),
        decides_from: reader.places("decides_from"),
        branch_of: reader.entity_or_none("branch_of"),
        parent: Stated::Unknown,
        parent_share: None,
        parent_since: None,
        role: reader.word("role", EntityRole::WORDS, EntityRole::from_word),
        own: reader.own(Carrier::Entity),
    };
    match reader.known("parent") {
        Some(node) if matches!(node.tree, Tree::Object(_)) => {
            if let Some(parent) = Reader::new(context, node, &PARENT) {
                entity.parent = parent.entity("entity").map_or(Stated::Unknown, Stated::Is);
                entity.parent_share = parent.percent("share");
                entity.parent_since = parent.date("since");
            }
        }
        _ => entity.parent = reader.entity_or_none("parent"),
    }
    Some(entity)
}

fn refuse_parent_cycles(entities: &[Entity], entries: &[Entry<'_>]) {
    // The walk that first came by, so that each chain is walked once.
    let mut walk_of = vec![0_usize; entities.len()];
    for start in 0..entities.len() {
        let mut chain = Vec::new();
        let mut next = Some(EntityId::at(start));
        while let Some(id) = next {
            let Some(mark) = walk_of.get_mut(id.index()) else {
                break;
            };
            if *mark == start + 1 {
                let from = chain.iter().position(|other| *other == id).unwrap_or_default();
                report_cycle(entities, entries, chain.get(from..).unwrap_or_default());
            }
            if *mark != 0 {
                break;
            }
            *mark = start + 1;
            chain.push(id);
            next = entities.get(id.index()).and_then(|entity| entity.parent.is());
        }
    }
}

/// Names the whole cycle, from its first id in alphabetical order.
fn report_cycle(entities: &[Entity], entries: &[Entry<'_>], cycle: &[EntityId]) {
    let first = cycle
        .iter()
        .enumerate()
        .min_by_key(|(_, id)| **id)
        .map_or(0, |(at, _)| at);
    let turned = cycle.iter().cycle().skip(first).take(cycle.len() + 1);
    let names: Vec<String> = turned
        .filter_map(|id| Some(format!("`{}`", entities.get(id.index())?.id)))
        .collect();
    let Some(entry) = cycle.get(first).and_then(|id| entries.get(id.index())) else {
        return;
    };
    let message = match names.as_slice() {
        [name, _] => format!("{name} is its own parent"),
        _ => format!("the parents lead back to where they start: {}", names.join(" → ")),
    };
    let problems = entry.node.problems();
    problems.report(Code::ParentCycle, &format!("{}.parent", entry.node.path), message, None);
}

/// A branch is part of a legal person, so one step has to lead from it to the person.
fn refuse_branches_of_branches(entities: &[Entity], entries: &[Entry<'_>]) {
    for (entity, entry) in entities.iter().zip(entries) {
        let Some((whole, of)) = entity.branch_of.is().and_then(|id| {
            let whole = entities.get(id.index())?;
            Some((whole, entities.get(whole.branch_of.is()?.index())?))
        }) else {
            continue;
        };
        let (code, message, help) = if whole.id == entity.id {
            (
                Code::ParentCycle,
                format!("`{}` is a branch of itself", entity.id),
                None,
            )
        } else {
            let message = format!("`{}` is itself a branch, of `{}`", whole.id, of.id);
            let help = "name the legal person that the branch is part of".to_owned();
            (Code::UnknownId, message, Some(help))
        };
        let path = format!("{}.branch_of", entry.node.path);
        entry.node.problems().report(code, &path, message, help);
    }
}
