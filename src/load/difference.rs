//! What differs between the objects of two maps, as they are written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::load::document::Document;
use crate::load::map::format::{MAP, Shape};
use crate::load::tree::Tree;

/// The section of what stands at the top of a map beside its objects.
pub const TOP: &str = "map";

/// Keys at the top that are about the file or the judging, not about what is mapped.
const NO_OBJECTS: &[&str] = &["transborder", "as_of"];

/// Whether an object is there before, after, or both times.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Only in the new map.
    Appeared,
    /// Only in the old map.
    Vanished,
    /// In both, with other attributes.
    Changed,
}

/// One object that is not the same in both maps.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ObjectDifference {
    /// The key of the map under which it stands, or [`TOP`].
    pub section: &'static str,
    /// Its id; of a control, which has none: who reaches what, and how. Empty for the top of the map.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Whether it is new, gone or changed.
    pub change: Presence,
    /// The attributes that differ, by path.
    pub keys: Vec<KeyDifference>,
}

/// One attribute that is not the same in both maps.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct KeyDifference {
    /// Where it stands within its object: `located_in`, `transforms.state`.
    pub path: String,
    /// What the old map says; nothing where it is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What the new map says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// Compares the objects of two maps: section by section in the order of the format, then by id.
///
/// What only the writing makes another is no difference: the order of keys and of lists, a list of one member and the
/// member alone, `none` and an empty list, `unknown` and a key left empty.
#[must_use]
pub fn difference(old: &Document, new: &Document) -> Vec<ObjectDifference> {
    between(old.tree(), new.tree())
}

/// The name of an object, and what it is on either side.
type Sides = (String, Option<Tree>, Option<Tree>);

fn between(old: &Tree, new: &Tree) -> Vec<ObjectDifference> {
    let (old, new) = (canonical(old), canonical(new));
    let mut found = Vec::new();
    let mut rest: BTreeSet<&str> = keys_of(&old).chain(keys_of(&new)).collect();
    rest.retain(|key| !NO_OBJECTS.contains(key));
    for key in MAP.keys {
        let objects: fn(&Tree, &Tree) -> Vec<Sides> = match key.shape {
            Shape::ById(_) => by_id,
            Shape::List(_) => by_content,
            _ => continue,
        };
        rest.remove(key.name);
        let (old, new) = (value(&old, key.name), value(&new, key.name));
        let empty = Tree::Null;
        for (id, old, new) in objects(old.unwrap_or(&empty), new.unwrap_or(&empty)) {
            found.extend(object(key.name, id, old.as_ref(), new.as_ref()));
        }
    }
    let top = |tree: &Tree| {
        let kept = rest.iter().filter_map(|key| {
            let value = value(tree, key)?;
            Some((Some((*key).to_owned()), value.clone()))
        });
        Tree::Object(kept.collect())
    };
    found.extend(object(TOP, String::new(), Some(&top(&old)), Some(&top(&new))));
    found
}

/// The objects of a section on either side, by id.
fn by_id(old: &Tree, new: &Tree) -> Vec<Sides> {
    let ids: BTreeSet<&str> = keys_of(old).chain(keys_of(new)).collect();
    let of = |tree: &Tree, id: &str| value(tree, id).cloned();
    ids.into_iter()
        .map(|id| (id.to_owned(), of(old, id), of(new, id)))
        .collect()
}

/// The items of a list on either side, by what tells them apart: their ends and kind or, where several share these, all
/// they say.
fn by_content(old: &Tree, new: &Tree) -> Vec<Sides> {
    let mut named: BTreeMap<String, [BTreeMap<String, Tree>; 2]> = BTreeMap::new();
    for (side, tree) in [old, new].into_iter().enumerate() {
        for item in items(tree) {
            let name: Vec<String> = ["by", "kind", "over"]
                .into_iter()
                .filter_map(|key| Some(in_words(value(item, key)?)))
                .collect();
            if let Some(of_side) = named.entry(name.join(" ")).or_default().get_mut(side) {
                of_side.insert(in_words(item), item.clone());
            }
        }
    }
    let mut found = Vec::new();
    for (name, [mut old, mut new]) in named {
        if old.len() <= 1 && new.len() <= 1 {
            let first = |side: BTreeMap<String, Tree>| side.into_values().next();
            found.push((name, first(old), first(new)));
            continue;
        }
        let contents: BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
        for content in contents {
            found.push((name.clone(), old.remove(&content), new.remove(&content)));
        }
    }
    found
}

fn object(section: &'static str, id: String, old: Option<&Tree>, new: Option<&Tree>) -> Option<ObjectDifference> {
    let nothing = Tree::Object(Vec::new());
    let mut keys = Vec::new();
    attributes(
        "",
        Some(old.unwrap_or(&nothing)),
        Some(new.unwrap_or(&nothing)),
        &mut keys,
    );
    let change = match (old, new) {
        (None, Some(_)) => Presence::Appeared,
        (Some(_), None) => Presence::Vanished,
        _ if keys.is_empty() => return None,
        _ => Presence::Changed,
    };
    Some(ObjectDifference {
        section,
        id,
        change,
        keys,
    })
}

fn attributes(path: &str, old: Option<&Tree>, new: Option<&Tree>, found: &mut Vec<KeyDifference>) {
    if let (Some(Tree::Object(_)), Some(Tree::Object(_))) = (old, new) {
        let keys: BTreeSet<&str> = [old, new].into_iter().flatten().flat_map(keys_of).collect();
        for key in keys {
            let at = if path.is_empty() {
                key.to_owned()
            } else {
                format!("{path}.{key}")
            };
            let of = |tree: Option<&'_ Tree>| tree.and_then(|tree| value(tree, key)).cloned();
            attributes(&at, of(old).as_ref(), of(new).as_ref(), found);
        }
        return;
    }
    let (old, new) = (old.map(in_words), new.map(in_words));
    if old != new {
        found.push(KeyDifference {
            path: path.to_owned(),
            old,
            new,
        });
    }
}

/// The same value in one way of writing.
fn canonical(tree: &Tree) -> Tree {
    match tree {
        Tree::Null => Tree::Text("unknown".to_owned()),
        Tree::List(items) => match items.as_slice() {
            [] => Tree::Text("none".to_owned()),
            [only] => canonical(only),
            items => {
                let mut items: Vec<Tree> = items.iter().map(canonical).collect();
                items.sort_by_cached_key(in_words);
                Tree::List(items)
            }
        },
        Tree::Object(entries) => {
            let entry = |(key, value): &(Option<String>, Tree)| (key.clone(), canonical(value));
            let mut entries: Vec<(Option<String>, Tree)> = entries.iter().map(entry).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Tree::Object(entries)
        }
        _ => tree.clone(),
    }
}

/// A value on one line, as it would be written in a map.
fn in_words(tree: &Tree) -> String {
    match tree {
        Tree::Null => "unknown".to_owned(),
        Tree::Bool(value) => value.to_string(),
        Tree::Integer(number) => number.to_string(),
        Tree::Float(number) => number.to_string(),
        Tree::Text(text) => text.clone(),
        Tree::List(items) => {
            let items: Vec<String> = items.iter().map(in_words).collect();
            format!("[{}]", items.join(", "))
        }
        Tree::Object(entries) => {
            let entry = |(key, value): &(Option<String>, Tree)| {
                let key = key.as_deref().map_or(Cow::Borrowed("?"), Cow::Borrowed);
                format!("{key}: {}", in_words(value))
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// The items of a list; a list of one has become its item.
fn items(tree: &Tree) -> &[Tree] {
    match tree {
        Tree::List(items) => items,
        Tree::Object(_) => std::slice::from_ref(tree),
        _ => &[],
    }
}

fn keys_of(tree: &Tree) -> impl Iterator<Item = &str> {
    let entries = match tree {
        Tree::Object(entries) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().filter_map(|(key, _)| key.as_deref())
}

/// The value of a key of a canonical object.
fn value<'t>(tree: &'t Tree, key: &str) -> Option<&'t Tree> {
    let Tree::Object(entries) = tree else { return None };
    let at = entries
        .binary_search_by(|(name, _)| name.as_deref().cmp(&Some(key)))
        .ok()?;
    entries.get(at).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::profiles::Profiles;
    use crate::load::source::Source;

    /// `section.id change: path old -> new, …`, one a line.
    fn said(old: &str, new: &str) -> String {
        let document = |text: &str| Document::read(&Source::from_text("map.yaml", text), &Profiles::none()).unwrap();
        let found = difference(&document(old), &document(new));
        let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "-".to_owned());
        let line = |object: &ObjectDifference| {
            let keys = object.keys.iter();
            let keys: Vec<String> = keys
                .map(|key| format!("{} {} -> {}", key.path, word(&key.old), word(&key.new)))
                .collect();
            format!(
                "{}.{} {:?}: {}",
                object.section,
                object.id,
                object.change,
                keys.join("; ")
            )
        };
        found.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn objects_come_go_and_change_in_the_order_of_the_format() {
        let old = "{flows: {a: {from: x, to: y}}, entities: {b: {parent: none}, a: {established_in: [HK]}}}";
        let new = "{flows: {b: {from: x, to: y}}, entities: {b: {parent: a}, a: {established_in: [HK]}}, name: New}";
        assert_eq!(
            said(old, new),
            "entities.b Changed: parent none -> a\n\
             flows.a Vanished: from x -> -; to y -> -\n\
             flows.b Appeared: from - -> x; to - -> y\n\
             map. Changed: name - -> New"
        );
    }

    #[test]
    fn another_way_of_writing_is_no_difference() {
        let pairs = [
            (
                "entities: {a: {x: [HK, MO], y: 1}}",
                "entities: {a: {y: 1, x: [MO, HK]}}",
            ),
            ("entities: {a: {x: [HK]}}", "entities: {a: {x: HK}}"),
            ("entities: {a: {x: []}}", "entities: {a: {x: none}}"),
            ("entities: {a: {x: }}", "entities: {a: {x: unknown}}"),
            (
                "{as_of: 2026-01-01, transborder: 1}",
                "{as_of: 2027-01-01, transborder: 1}",
            ),
            (
                "controls: [{by: a, over: b, kind: owns}, {by: b, over: c, kind: owns}]",
                "controls: [{by: b, over: c, kind: owns}, {kind: owns, over: b, by: a}]",
            ),
        ];
        for (old, new) in pairs {
            assert_eq!(said(old, new), "");
        }
        // What is left out may be presumed, what is said to be unknown may not.
        assert_eq!(
            said("entities: {a: {x: unknown}}", "entities: {a: {}}"),
            "entities.a Changed: x unknown -> -"
        );
    }

    #[test]
    fn inner_keys_are_compared_one_by_one() {
        assert_eq!(
            said(
                "flows: {a: {transforms: {state: clear, drops: [b, a]}}}",
                "flows: {a: {transforms: {state: encrypted, drops: [a, b]}}}"
            ),
            "flows.a Changed: transforms.state clear -> encrypted"
        );
    }

    #[test]
    fn a_control_is_told_by_its_ends_and_kind_unless_several_share_them() {
        let control = |access: &str| format!("{{by: v, over: s, kind: administers, access: {access}}}");
        let map = |all: &[&str]| {
            let all: Vec<String> = all.iter().map(|access| control(access)).collect();
            format!("controls: [{}]", all.join(", "))
        };
        assert_eq!(
            said(&map(&["none"]), &map(&["actual"])),
            "controls.v administers s Changed: access none -> actual"
        );
        assert_eq!(
            said(&map(&["none", "possible"]), &map(&["possible", "possible", "actual"])),
            "controls.v administers s Appeared: access - -> actual; by - -> v; kind - -> administers; over - -> s\n\
             controls.v administers s Vanished: access none -> -; by v -> -; kind administers -> -; over s -> -"
        );
    }
}
