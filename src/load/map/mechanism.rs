//! Mechanisms: what is held to legalise transfers, with the facts that their regime asks for.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Code;
use crate::fact::{Carrier, MechanismFact, Value};
use crate::load::decode::{Node, Object};
use crate::load::map::context::{Context, OwnNames, shortened};
use crate::load::map::format::{COVERS, MECHANISM};
use crate::load::map::ids::Entry;
use crate::load::map::reader::{Reader, objects, or_nothing};
use crate::load::tree::Tree;
use crate::model::Mechanism;

pub(super) fn mechanisms(context: &Context<'_, '_>, entries: &[Entry<'_>]) -> Vec<Mechanism> {
    entries
        .iter()
        .map(|entry| Mechanism {
            id: entry.id.clone(),
            ..mechanism(context, entry).unwrap_or_default()
        })
        .collect()
}

fn mechanism(context: &Context<'_, '_>, entry: &Entry<'_>) -> Option<Mechanism> {
    let object = or_nothing(&entry.node).any_object()?;
    let kind = kind(context, &object);
    let regime = kind
        .as_deref()
        .and_then(|kind| kind.split_once('/'))
        .map(|(regime, _)| regime);
    let names = regime.and_then(|regime| context.own_of(Carrier::Mechanism, regime));
    let reader = Reader::of(context, object);
    reader.require(&MECHANISM);
    let own = own(&reader, regime, names);
    let mut mechanism = Mechanism {
        id: String::new(),
        kind: kind.unwrap_or_default(),
        between: reader.set("between", |item| context.entity(item)),
        own,
        ..Mechanism::default()
    };
    if let Some(covers) = reader
        .known("covers")
        .and_then(|node| Reader::new(context, node, &COVERS))
    {
        mechanism.covers_assets = covers.set("assets", |item| context.asset(item));
        mechanism.covers_flows = covers.set("flows", |item| context.flow(item));
        mechanism.covers_classes = covers.texts("data_classes");
    }
    refuse_without_reach(&reader);
    Some(mechanism)
}

/// The type; `None` if no pack has it, which is reported.
pub(super) fn kind(context: &Context<'_, '_>, object: &Object<'_>) -> Option<String> {
    let node = object.get("type").filter(|node| !node.is_unknown())?;
    let kind = node.text()?;
    let known = context.catalogue.mechanism_types();
    if known.contains(kind) {
        return Some(kind.to_owned());
    }
    let help = context
        .near(kind, known.iter().map(String::as_str).collect())
        .map_or_else(
            || "a type is `regime/rule`, as a rule pack names it".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
    let message = format!("no loaded rule pack has a mechanism `{}`", shortened(kind));
    node.report(Code::UnknownWord, message, Some(help));
    None
}

/// The dates every mechanism has, and what its regime declares on mechanisms. Without a regime nothing can be said of
/// the keys that are no dates.
fn own(reader: &Reader<'_, '_>, regime: Option<&str>, names: Option<&OwnNames<'_>>) -> BTreeMap<String, Value> {
    let mut own = BTreeMap::new();
    for fact in MechanismFact::WORDS {
        own.extend(reader.date_or_never(fact).map(|value| ((*fact).to_owned(), value)));
    }
    let Some(regime) = regime else { return own };
    let none = OwnNames::new();
    let names = names.unwrap_or(&none);
    for (key, node) in &reader.object.entries {
        if MECHANISM.names().any(|name| name == key) {
            continue;
        }
        if names.contains_key(key.as_str()) {
            let value = reader.own_fact(Carrier::Mechanism, regime, names, key, node);
            own.extend(value.map(|value| (key.clone(), value)));
        } else {
            report_unknown_key(reader.context, regime, names, key, node);
        }
    }
    own
}

fn report_unknown_key(context: &Context<'_, '_>, regime: &str, names: &OwnNames<'_>, key: &str, node: &Node<'_>) {
    let known: BTreeSet<&str> = MECHANISM.names().chain(names.keys().copied()).collect();
    let help = match (
        context.near(key, known.iter().copied().collect()),
        context.carrier_of(regime, key),
    ) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Some(other)) => format!("`{regime}` declares it on {}", objects(other)),
        (None, None) => format!("known keys: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    };
    let message = format!("unknown key `{key}`");
    node.problems()
        .report_key(Code::UnknownKey, &node.path, message, Some(help));
}

fn refuse_without_reach(reader: &Reader<'_, '_>) {
    // What is there but wrong has been reported already.
    let reaches = |key: &str| reader.known(key).is_some_and(|node| !is_empty(node.tree));
    if !reaches("between") && !reaches("covers") {
        let message = "the mechanism says neither between whom nor for what".to_owned();
        let help = "give it `between: [entities]` or `covers: { assets: […], flows: […], data_classes: […] }`";
        let node = &reader.object.node;
        node.report(Code::MechanismWithoutReach, message, Some(help.to_owned()));
    }
}

fn is_empty(tree: &Tree) -> bool {
    match tree {
        Tree::Null => true,
        Tree::List(items) => items.is_empty(),
        Tree::Object(entries) => entries.iter().all(|(_, value)| is_empty(value)),
        Tree::Text(text) => text == "unknown" || text == "none",
        _ => false,
    }
}
