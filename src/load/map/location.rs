//! Places and locations as written: certain, one of several, several at once, hanging on a setting.

use std::collections::BTreeSet;

use crate::diagnostic::Code;
use crate::load::decode::Node;
use crate::load::map::context::{Context, shortened};
use crate::load::map::format::LOCATION;
use crate::load::map::reader::members;
use crate::load::map::setting;
use crate::load::tree::Tree;
use crate::load::value;
use crate::locate::cloud;
use crate::model::Location;
use crate::place::Place;

type Alternatives = BTreeSet<BTreeSet<Place>>;

const FORMS: &str =
    "a code of a place (text), or an object with `one_of`, `all_of`, `cloud`, `address`, or `setting` and `values`";

/// A place or a list of places, at least one.
pub(super) fn places(context: &Context<'_, '_>, node: &Node<'_>) -> Option<BTreeSet<Place>> {
    let places = match node.tree {
        Tree::Text(_) => BTreeSet::from([place(context, node)?]),
        Tree::List(_) => members(node, |item| place(context, item))?.into_iter().collect(),
        _ => {
            node.expected("a code of a place (text), or a list of them");
            return None;
        }
    };
    not_empty(node, places)
}

/// Where a node or a person is; `None` after a problem has been reported.
pub(super) fn location(context: &Context<'_, '_>, node: &Node<'_>) -> Option<Location> {
    match node.tree {
        tree if has_setting(tree) => by_setting(context, node),
        Tree::List(_) => {
            let help = "write `{ all_of: […] }` if it is in all of them, `{ one_of: […] }` if it is in one of them";
            let message = format!("expected {FORMS}, found a list");
            node.report(Code::WrongType, message, Some(help.to_owned()));
            None
        }
        _ => Some(Location {
            alternatives: alternatives(context, node)?.into_iter().collect(),
            setting: None,
        }),
    }
}

fn has_setting(tree: &Tree) -> bool {
    matches!(tree, Tree::Object(entries) if entries.iter().any(|(key, _)| key.as_deref() == Some("setting")))
}

/// The word of a known setting decides; an unknown one leaves every word's place possible.
fn by_setting(context: &Context<'_, '_>, node: &Node<'_>) -> Option<Location> {
    let object = node.object(&["setting", "values"])?;
    let values = object.required("values").and_then(Node::any_object);
    let (setting, values) = (context.setting(object.get("setting")?)?, values?);
    let mut by_word = Vec::new();
    for (word, location) in &values.entries {
        let known = setting::has(context, setting, word, |message, help| {
            let problems = location.problems();
            problems.report_key(Code::UnknownWord, &location.path, message, help);
        });
        let alternatives = if location.is_unknown() {
            Some(Alternatives::new())
        } else {
            alternatives(context, location)
        };
        if let (true, Some(alternatives)) = (known, alternatives) {
            by_word.push((word.as_str(), alternatives));
        }
    }
    let at = |word: &str| {
        by_word
            .iter()
            .find(|(w, _)| *w == word)
            .map(|(_, alternatives)| alternatives)
    };
    if let Some(word) = &setting.value {
        return Some(Location {
            alternatives: at(word).into_iter().flatten().cloned().collect(),
            setting: None,
        });
    }
    let mut all = Alternatives::new();
    for word in &setting.values {
        match at(word) {
            Some(alternatives) if !alternatives.is_empty() => all.extend(alternatives.iter().cloned()),
            // One word under which it may be anywhere: it may be anywhere.
            _ => {
                all.clear();
                break;
            }
        }
    }
    Some(Location {
        alternatives: all.into_iter().collect(),
        setting: Some(setting.id.clone()),
    })
}

/// One alternative, or several under `one_of`.
fn alternatives(context: &Context<'_, '_>, node: &Node<'_>) -> Option<Alternatives> {
    if has_setting(node.tree) {
        node.report(Code::WrongType, "a place hangs on one setting only".to_owned(), None);
        return None;
    }
    let known: Vec<&str> = LOCATION.names().collect();
    match only_key(node, &known)? {
        Some(("one_of", candidates)) => {
            let candidates = members(&candidates, |item| together(context, item))?;
            not_empty(node, candidates.into_iter().collect())
        }
        Some(("values", _)) => {
            node.expected("`setting` beside `values`");
            None
        }
        Some(("address" | "rely_on", _)) => {
            let message = "only the place of a processor or storage node can follow from its addresses".to_owned();
            node.report(Code::WrongType, message, None);
            None
        }
        _ => Some(BTreeSet::from([together(context, node)?])),
    }
}

/// One place, or several at once under `all_of`.
fn together(context: &Context<'_, '_>, node: &Node<'_>) -> Option<BTreeSet<Place>> {
    match only_key(node, &["all_of", "cloud"])? {
        Some(("all_of", places)) => {
            let places = members(&places, |item| single(context, item))?;
            not_empty(node, places.into_iter().collect())
        }
        _ => Some(BTreeSet::from([single(context, node)?])),
    }
}

/// One place, or the place of a cloud's region.
pub(super) fn single(context: &Context<'_, '_>, node: &Node<'_>) -> Option<Place> {
    match only_key(node, &["cloud"])? {
        Some((_, region)) => cloud_region(context, &region),
        None => place(context, node),
    }
}

/// The one key of an object with its value; `Some(None)` for what is no object.
fn only_key<'a, 'k>(node: &Node<'a>, known: &[&'k str]) -> Option<Option<(&'k str, Node<'a>)>> {
    if !matches!(node.tree, Tree::Object(_)) {
        return Some(None);
    }
    let object = node.object(known)?;
    let mut found = known.iter().filter_map(|key| Some((*key, object.get(key)?.clone())));
    match (found.next(), found.next()) {
        (Some(one), None) if object.entries.len() == 1 => Some(Some(one)),
        // Another key has been reported as unknown.
        (Some(_), None) => None,
        (None, None) if !object.entries.is_empty() => None,
        _ => {
            node.expected(&format!("an object with one of the keys {}", known.join(", ")));
            None
        }
    }
}

fn cloud_region(context: &Context<'_, '_>, node: &Node<'_>) -> Option<Place> {
    let name = node.text()?;
    let found = cloud::region(name).and_then(|region| context.catalogue.gazetteer().find(region.place));
    if found.is_none() {
        let provider = name.split_once('/').map_or("", |(provider, _)| provider);
        let of_provider: Vec<&str> = cloud::names()
            .filter(|region| region.split_once('/').is_some_and(|(of, _)| of == provider))
            .collect();
        let help = context
            .near(name, of_provider)
            .or_else(|| context.near(name, cloud::names().collect()))
            .map_or_else(
                || "write `provider/region`, or the code of the place where the region lies".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
        let message = format!("there is no cloud region `{}`", shortened(name));
        node.report(Code::UnknownPlace, message, Some(help));
    }
    found
}

fn place(context: &Context<'_, '_>, node: &Node<'_>) -> Option<Place> {
    let places = context.catalogue.gazetteer();
    let Tree::Text(code) = node.tree else {
        node.expected(FORMS);
        return None;
    };
    let found = places.find(code);
    if found.is_none() {
        // The help of `value::place` compares the code with every place.
        if code.len() <= 60 && context.may_compare(places.places().count()) {
            return value::place(node, places);
        }
        node.report(
            Code::UnknownPlace,
            format!("there is no place `{}`", shortened(code)),
            None,
        );
    }
    found
}

fn not_empty<T: Ord>(node: &Node<'_>, members: BTreeSet<T>) -> Option<BTreeSet<T>> {
    let written_empty = match node.tree {
        Tree::List(items) => items.is_empty(),
        Tree::Object(entries) => entries
            .iter()
            .any(|(_, value)| matches!(value, Tree::List(items) if items.is_empty())),
        _ => false,
    };
    if written_empty {
        let help = "leave it out if it is not known".to_owned();
        node.report(Code::WrongType, "expected at least one place".to_owned(), Some(help));
    }
    (!members.is_empty()).then_some(members)
}
