//! Flows with their ends, their conditions and what they do to the data.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Code;
use crate::fact::Carrier;
use crate::load::decode::Node;
use crate::load::map::context::Context;
use crate::load::map::format::{FLOW, TRANSFORMS};
use crate::load::map::ids::Entry;
use crate::load::map::reader::{Reader, members};
use crate::load::map::setting;
use crate::load::tree::Tree;
use crate::model::{End, Flow, Setting, Transforms};
use crate::word::{Access, DataState, Existence, FlowKind, InitiatedBy, Protection, Purpose, Trigger};

/// The flows, as far as their ends are known: a flow without ends has been reported.
pub(super) fn flows(context: &Context<'_, '_>, entries: &[Entry<'_>]) -> Vec<Flow> {
    entries.iter().filter_map(|entry| flow(context, entry)).collect()
}

fn flow(context: &Context<'_, '_>, entry: &Entry<'_>) -> Option<Flow> {
    let reader = Reader::new(context, &entry.node, &FLOW)?;
    let end = |key| context.end(reader.known(key)?);
    let (from, to) = (end("from"), end("to"));
    refuse_odd_ends(&reader, from, to);
    let mut carries = reader.set("carries", |item| context.asset(item));
    let passes_on = reader.set("passes_on", |item| context.asset(item));
    if let (Some(_), Some(node)) = (&carries, reader.known("passes_on")) {
        let help = "`carries`: these, even if they start here; `passes_on`: these, if they reach its source".to_owned();
        let message = "a flow has `carries` or `passes_on`, not both".to_owned();
        node.report(Code::UnknownKey, message, Some(help));
    }
    let is_passed_on = passes_on.is_some();
    carries = carries.or(passes_on);
    let kind = reader.word("kind", FlowKind::WORDS, FlowKind::from_word);
    let trigger = reader.word("trigger", Trigger::WORDS, Trigger::from_word);
    let when = when(&reader);
    let purpose = reader.word("purpose", Purpose::WORDS, Purpose::from_word);
    let arranged_by = reader.entity_or_none("arranged_by");
    let access = reader.word("access", Access::WORDS, Access::from_word);
    let transit_only = reader.bool("transit_only");
    let initiated_by = reader.word("initiated_by", InitiatedBy::WORDS, InitiatedBy::from_word);
    let occasional = reader.bool("occasional");
    let protection = reader.word("protection", Protection::WORDS, Protection::from_word);
    let transforms = transforms(&reader);
    let per_day = reader.count("per_day");
    let existence = reader.word("existence", Existence::WORDS, Existence::from_word);
    let own = reader.own(Carrier::Flow);
    // Only here, so that every attribute has been checked.
    Some(Flow {
        id: entry.id.clone(),
        from: from?,
        to: to?,
        carries,
        passes_on: is_passed_on,
        kind,
        trigger,
        when,
        purpose,
        arranged_by,
        access,
        transit_only,
        initiated_by,
        occasional,
        protection,
        transforms,
        per_day,
        existence: existence.unwrap_or(Existence::Shown),
        own,
    })
}

fn refuse_odd_ends(reader: &Reader<'_, '_>, from: Option<End>, to: Option<End>) {
    let Some(node) = reader.known("to") else {
        return;
    };
    match (from, to) {
        (Some(from), Some(to)) if from == to => {
            let help = "a flow leads from one place of processing to another".to_owned();
            node.report(Code::SelfFlow, "the flow ends where it starts".to_owned(), Some(help));
        }
        (Some(End::Subjects(_)), Some(End::Subjects(_))) => {
            let message = "the flow starts and ends at an asset, that is, at the persons concerned".to_owned();
            let help = "one of its ends has to be a processor or storage node".to_owned();
            node.report(Code::UnknownId, message, Some(help));
        }
        _ => {}
    }
}

/// The settings under which a flow exists, each with the words that switch it on.
fn when(reader: &Reader<'_, '_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut when = BTreeMap::new();
    let Some(node) = reader.known("when").filter(|node| !node.is_word("none")) else {
        return when;
    };
    for (id, node) in node.any_object().map(|object| object.entries).unwrap_or_default() {
        let Some(setting) = reader.context.setting_called(&id, &node) else {
            continue;
        };
        if let Some(words) = words(reader.context, setting, &node) {
            when.insert(id, words);
        }
    }
    when
}

fn words(context: &Context<'_, '_>, setting: &Setting, node: &Node<'_>) -> Option<BTreeSet<String>> {
    let known = |node: &Node<'_>| {
        let word = setting::word(node)?;
        let report = |message, help| node.report(Code::UnknownWord, message, help);
        setting::has(context, setting, &word, report).then_some(word)
    };
    let words: BTreeSet<String> = match node.tree {
        Tree::List(items) if items.is_empty() => {
            node.report(Code::WrongType, "expected at least one word".to_owned(), None);
            return None;
        }
        Tree::List(_) => members(node, known)?.into_iter().collect(),
        _ => BTreeSet::from([known(node)?]),
    };
    Some(words)
}

fn transforms(reader: &Reader<'_, '_>) -> Transforms {
    let mut transforms = Transforms::default();
    match reader.known("transforms") {
        Some(node) if node.is_word("none") => transforms.mixes_in = Some(BTreeSet::new()),
        Some(node) => {
            if let Some(reader) = Reader::new(reader.context, node, &TRANSFORMS) {
                transforms.state = reader.word("state", DataState::WORDS, DataState::from_word);
                transforms.drops = reader.categories("drops").unwrap_or_default();
                transforms.mixes_in = reader.set("mixes_in", |item| reader.context.asset(item));
            }
        }
        None => {}
    }
    transforms
}
