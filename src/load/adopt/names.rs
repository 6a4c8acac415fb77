//! The ids of a profile as they are called in the map that takes it in.

use std::sync::LazyLock;

use crate::load::adopt::USERS;
use crate::load::adopt::bind::{Binding, Group};
use crate::load::adopt::header::Header;
use crate::load::map::format::{Format, Shape};
use crate::load::tree::Tree;

static NO_HEADER: LazyLock<Header> = LazyLock::new(|| Header {
    name: None,
    vendor: None,
    roles: Default::default(),
    classes: Vec::new(),
});
static NO_BINDING: LazyLock<Binding> = LazyLock::new(Binding::default);

/// Whose an object is.
#[derive(Clone, Copy)]
pub(super) enum Scope {
    /// The vendor's own: what it says of data is of those of all groups.
    Shared,
    /// It comes from the users of a group.
    From(usize),
    /// It goes to the users of a group, with what the others gave.
    To(usize),
}

#[derive(Clone, Copy)]
pub(super) struct Names<'n> {
    pub(super) prefix: &'n str,
    pub(super) header: &'n Header,
    pub(super) binding: &'n Binding,
    pub(super) scope: Scope,
}

/// The id in the map of an object of the vendor's own.
pub(super) fn with_prefix(prefix: &str, id: &str) -> String {
    if prefix.is_empty() {
        id.to_owned()
    } else {
        format!("{prefix}-{id}")
    }
}

impl Names<'_> {
    /// Every id stays as it is.
    pub(super) fn unbound() -> Self {
        Self {
            prefix: "",
            header: &NO_HEADER,
            binding: &NO_BINDING,
            scope: Scope::Shared,
        }
    }

    /// An object of the vendor's own.
    pub(super) fn own(&self, id: &str) -> String {
        with_prefix(self.prefix, id)
    }

    /// The objects of a profile, with every id in them as the map calls it.
    pub(super) fn object(&self, tree: &Tree, format: &Format) -> Tree {
        let Tree::Object(entries) = tree else {
            return tree.clone();
        };
        let renamed = entries.iter().map(|(key, value)| {
            let shape = key
                .as_deref()
                .and_then(|key| format.keys.iter().find(|known| known.name == key));
            let value = shape.map_or_else(|| value.clone(), |key| self.value(value, &key.shape));
            (key.clone(), value)
        });
        Tree::Object(renamed.collect())
    }

    fn value(&self, tree: &Tree, shape: &Shape) -> Tree {
        match (shape, tree) {
            (Shape::Id | Shape::IdOrNone | Shape::IdOrObject(_) | Shape::IdBySetting(_), Tree::Text(id)) => {
                Tree::Text(self.one(id))
            }
            (Shape::IdOrObject(format) | Shape::Object(format) | Shape::ObjectOrNone(format), Tree::Object(_)) => {
                self.object(tree, format)
            }
            (Shape::Ids, Tree::List(items)) => {
                let each = items.iter().flat_map(|item| match item {
                    Tree::Text(id) => self.many(id).into_iter().map(Tree::Text).collect(),
                    other => vec![other.clone()],
                });
                Tree::List(each.collect())
            }
            (Shape::When, Tree::Object(entries)) => {
                let rename = |(key, value): &(Option<String>, Tree)| {
                    (key.as_deref().map(|key| self.setting(key)), value.clone())
                };
                Tree::Object(entries.iter().map(rename).collect())
            }
            (Shape::IdByWord, Tree::Object(entries)) => {
                let rename = |(key, value): &(Option<String>, Tree)| (key.clone(), self.value(value, &Shape::Id));
                Tree::Object(entries.iter().map(rename).collect())
            }
            (Shape::IdBySetting(_) | Shape::Location, Tree::Object(entries)) => {
                let rename = |(key, value): &(Option<String>, Tree)| match (key.as_deref(), value) {
                    (Some("setting"), Tree::Text(id)) => (key.clone(), Tree::Text(self.setting(id))),
                    (Some("values"), _) if matches!(shape, Shape::IdBySetting(_)) => {
                        (key.clone(), self.value(value, &Shape::IdByWord))
                    }
                    _ => (key.clone(), value.clone()),
                };
                Tree::Object(entries.iter().map(rename).collect())
            }
            (Shape::Evidence, Tree::Text(source)) => Tree::Text(self.own(source)),
            (Shape::Evidence, Tree::Object(entries)) => {
                let rename = |(key, value): &(Option<String>, Tree)| match value {
                    Tree::Text(source) => (key.clone(), Tree::Text(self.own(source))),
                    other => (key.clone(), other.clone()),
                };
                Tree::Object(entries.iter().map(rename).collect())
            }
            _ => tree.clone(),
        }
    }

    /// Where one id is meant.
    fn one(&self, id: &str) -> String {
        if matches!(id, "none" | "unknown") {
            return id.to_owned();
        }
        if let Some(entity) = self.binding.roles.get(id) {
            return entity.clone();
        }
        match (id, self.group()) {
            (USERS, Some(group)) => group.users.clone(),
            _ => self.own(id),
        }
    }

    /// Where ids are listed, a data class stands for the assets bound to it.
    pub(super) fn many(&self, id: &str) -> Vec<String> {
        if !self.header.has_class(id) || self.prefix.is_empty() {
            return vec![self.one(id)];
        }
        let groups = self.binding.groups.iter().enumerate();
        let meant = groups.filter(|(index, _)| match self.scope {
            Scope::Shared => true,
            Scope::From(group) => *index == group,
            Scope::To(group) => *index != group,
        });
        let of = |(_, group): (usize, &Group)| match group.data.get(id) {
            Some(assets) => assets.clone(),
            None => vec![group.unbound(self.prefix, id)],
        };
        let mut assets: Vec<String> = meant.flat_map(of).collect();
        assets.sort();
        assets.dedup();
        assets
    }

    /// A setting, as the group answers it if it does so otherwise than the others.
    fn setting(&self, id: &str) -> String {
        match self.group() {
            Some(group) if group.settings.contains_key(id) => format!("{}-{}", self.own(id), group.id),
            _ => self.own(id),
        }
    }

    fn group(&self) -> Option<&Group> {
        match self.scope {
            Scope::Shared => None,
            Scope::From(group) | Scope::To(group) => self.binding.groups.get(group),
        }
    }
}
