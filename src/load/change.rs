//! Changes to a map: values that are set and objects that are taken out, by their paths in the file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostics};
use crate::load::decode::{Node, Problems};
use crate::load::source::Source;
use crate::load::tree::Tree;

/// A change to a map.
///
/// A path is written as reports write it: `settings.chat_backup.value`, `assets.staff.subjects[0].count`,
/// `controls.tenant-admin.access` for a control with an id. What stands at the path is replaced; what does not exist is made.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Change {
    /// Values by path, in the form the map has.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, Value>,
    /// The paths of what is taken out.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub remove: BTreeSet<String>,
}

impl Change {
    /// Nothing is changed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value besides.
    #[must_use]
    pub fn set(mut self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set.insert(path.into(), value.into());
        self
    }

    /// Sets a value as a map writes it: `off`, `2026-11-01`, `[FR, DE]`, `{ one_of: [FR, DE] }`; nothing at all is not known.
    ///
    /// # Errors
    /// If the text is no YAML.
    pub fn set_written(self, path: &str, text: &str) -> Result<Self, Diagnostics> {
        let tree = Tree::parse(&Source::from_text(path, text))?;
        Ok(self.set(path, json(&tree)))
    }

    /// Takes out an object or a value besides.
    #[must_use]
    pub fn remove(mut self, path: impl Into<String>) -> Self {
        self.remove.insert(path.into());
        self
    }

    /// Both changes, the other one's values where both set the same.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.set.extend(other.set.clone());
        self.remove.extend(other.remove.clone());
        self
    }

    /// Whether nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// Reads a change from a file with `set` (values by path) and `remove` (a list of paths).
    ///
    /// # Errors
    /// With every problem of the file. Whether the paths exist and the values fit is told when the map is read.
    pub fn read(source: &Source) -> Result<Self, Diagnostics> {
        let tree = Tree::parse(source)?;
        let problems = Problems::new(source);
        let root = Node::root(&problems, &tree);
        let change = Self::of(&root).unwrap_or_default();
        if change.is_empty() && !matches!(&tree, Tree::Object(entries) if entries.is_empty()) {
            root.report(
                Code::MissingKey,
                "a change has `set`, `remove` or both".to_owned(),
                None,
            );
        }
        let found = problems.finish();
        if found.has_errors() { Err(found) } else { Ok(change) }
    }

    /// The change as a file that [`Change::read`] reads, in YAML.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        // INVARIANT: JSON values under keys that are text can all be written.
        serde_yaml::to_string(self).unwrap_or_default()
    }

    fn of(root: &Node<'_>) -> Option<Self> {
        let object = root.object(&["set", "remove"])?;
        let mut change = Self::new();
        for (path, node) in object
            .get("set")
            .and_then(Node::any_object)
            .into_iter()
            .flat_map(|o| o.entries)
        {
            change.set.insert(path, json(node.tree));
        }
        for path in object.get("remove").and_then(Node::texts).into_iter().flatten() {
            change.remove.insert(path.to_owned());
        }
        Some(change)
    }
}

/// The paths of `tree` at which a change does something impossible, each with what is wrong.
pub(super) fn apply(tree: &mut Tree, change: &Change) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    for path in &change.remove {
        if !remove(tree, path) {
            wrong.push((path.clone(), format!("there is nothing at `{path}` to take out")));
        }
    }
    for (path, value) in &change.set {
        match place(tree, path) {
            Some(at) => *at = of_json(value),
            None => wrong.push((path.clone(), format!("there is no place `{path}` in the map"))),
        }
    }
    wrong
}

/// One step of a path.
#[derive(Debug, Eq, PartialEq)]
enum Step<'p> {
    Key(&'p str),
    Item(usize),
}

/// The steps of a path; `None` where it is none.
fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (key, items) = part
            .split_once('[')
            .map_or((part, None), |(key, items)| (key, Some(items)));
        if key.is_empty() || key.chars().any(char::is_whitespace) {
            return None;
        }
        steps.push(Step::Key(key));
        if let Some(items) = items {
            for item in items.strip_suffix(']')?.split("][") {
                steps.push(Step::Item(item.parse().ok()?));
            }
        }
    }
    Some(steps)
}

/// The value at a path, made if it does not exist; `None` where a list has no such item.
fn place<'t>(tree: &'t mut Tree, path: &str) -> Option<&'t mut Tree> {
    let mut at = tree;
    for step in steps(path)? {
        at = match &step {
            Step::Item(index) => match at {
                Tree::List(items) => items.get_mut(*index)?,
                _ => return None,
            },
            Step::Key(key) => match at {
                // The items of a list go by their id.
                Tree::List(items) => {
                    let of_id = |item: &Tree| item.has_id(key);
                    let found = items.iter().position(of_id);
                    let index = found.unwrap_or_else(|| {
                        items.push(Tree::Object(vec![(
                            Some("id".to_owned()),
                            Tree::Text((*key).to_owned()),
                        )]));
                        items.len() - 1
                    });
                    items.get_mut(index)?
                }
                Tree::Null | Tree::Object(_) => at.entry(key),
                // `parent: group` becomes an object only where somebody writes a whole one.
                _ => return None,
            },
        };
        if step == Step::Key("controls") && matches!(at, Tree::Null) {
            *at = Tree::List(Vec::new());
        }
    }
    Some(at)
}

/// Puts a value at a path, if there is a place for it.
pub(super) fn put(tree: &mut Tree, path: &str, value: Tree) {
    if let Some(at) = place(tree, path) {
        *at = value;
    }
}

/// The part of a path that leads to an attribute of an object: `assets.staff.subjects` of `assets.staff.subjects[0].count`.
pub(super) fn attribute(path: &str) -> &str {
    let mut ends = path.match_indices(['.', '[']).map(|(at, _)| at);
    // `controls[2].access` and `assets.staff.subjects` both have two steps before the attribute.
    ends.nth(2).and_then(|end| path.get(..end)).unwrap_or(path)
}

/// Takes out what stands at a path, if anything does.
pub(super) fn remove(tree: &mut Tree, path: &str) -> bool {
    let Some(mut steps) = steps(path) else {
        return false;
    };
    let Some(last) = steps.pop() else {
        return false;
    };
    let mut at = tree;
    for step in steps {
        let next = match (step, at) {
            (Step::Item(index), Tree::List(items)) => items.get_mut(index),
            (Step::Key(key), Tree::Object(entries)) => {
                let found = entries.iter_mut().find(|(k, _)| k.as_deref() == Some(key));
                found.map(|(_, tree)| tree)
            }
            (Step::Key(key), Tree::List(items)) => items.iter_mut().find(|item| item.has_id(key)),
            _ => None,
        };
        let Some(next) = next else {
            return false;
        };
        at = next;
    }
    let before = size(at);
    match (last, &mut *at) {
        (Step::Item(index), Tree::List(items)) if index < items.len() => {
            items.remove(index);
        }
        (Step::Key(key), Tree::Object(entries)) => entries.retain(|(k, _)| k.as_deref() != Some(key)),
        (Step::Key(key), Tree::List(items)) => {
            items.retain(|item| !item.has_id(key));
        }
        _ => {}
    }
    size(at) < before
}

fn size(tree: &Tree) -> usize {
    tree.entries().len() + tree.items().len()
}

/// A value as JSON has it.
pub(crate) fn json(tree: &Tree) -> Value {
    match tree {
        Tree::Null => Value::Null,
        Tree::Bool(value) => Value::Bool(*value),
        Tree::Integer(number) => match (i64::try_from(*number), u64::try_from(*number)) {
            (Ok(number), _) => number.into(),
            (_, Ok(number)) => number.into(),
            // No number that a map can use; as text it is refused with what it is.
            _ => number.to_string().into(),
        },
        Tree::Float(number) => serde_json::Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Tree::Text(text) => text.clone().into(),
        Tree::List(items) => items.iter().map(json).collect(),
        Tree::Object(_) => tree.named().map(|(key, tree)| (key.to_owned(), json(tree))).collect(),
    }
}

/// A value that JSON has.
pub(super) fn of_json(value: &Value) -> Tree {
    match value {
        Value::Null => Tree::Null,
        Value::Bool(value) => Tree::Bool(*value),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Tree::Integer(number.into()),
            (_, Some(number)) => Tree::Integer(number.into()),
            _ => Tree::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Tree::Text(text.clone()),
        Value::Array(items) => Tree::List(items.iter().map(of_json).collect()),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| (Some(key.clone()), of_json(value));
            Tree::Object(entries.iter().map(entry).collect())
        }
    }
}

/// The value at a path.
pub(super) fn find<'t>(tree: &'t Tree, path: &str) -> Option<&'t Tree> {
    let step = |at: &'t Tree, step: Step<'_>| match step {
        Step::Item(index) => at.items().get(index),
        Step::Key(key) => at.get(key).or_else(|| {
            let mut items = at.items().iter();
            items.find(|item| item.has_id(key))
        }),
    };
    steps(path)?.into_iter().try_fold(tree, step)
}
