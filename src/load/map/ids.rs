//! The ids of a map: collected before anything else is read, so that objects can refer to each other in any order.

use std::collections::BTreeMap;

use crate::diagnostic::Code;
use crate::load::decode::{Node, Object};
use crate::load::map::format::{LONGEST_KEY, NULL_LIKE, PARTING};
use crate::load::tree::Tree;

/// What an id can stand for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Asset,
    Entity,
    Flow,
    Mechanism,
    Network,
    Node,
    Setting,
    Source,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::Asset,
        Self::Entity,
        Self::Flow,
        Self::Mechanism,
        Self::Network,
        Self::Node,
        Self::Setting,
        Self::Source,
    ];

    /// In words: "there is no …".
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Entity => "entity",
            Self::Flow => "flow",
            Self::Mechanism => "mechanism",
            Self::Network => "network",
            Self::Node => "processor or storage node",
            Self::Setting => "setting",
            Self::Source => "source",
        }
    }

    /// In words: "it is …".
    pub(super) fn phrase(self) -> &'static str {
        match self {
            Self::Asset => "an asset",
            Self::Entity => "an entity",
            Self::Flow => "a flow",
            Self::Mechanism => "a mechanism",
            Self::Network => "a network",
            Self::Node => "a processor or storage node",
            Self::Setting => "a setting",
            Self::Source => "a source",
        }
    }
}

/// One object that has an id.
pub(super) struct Entry<'a> {
    pub(super) id: String,
    pub(super) node: Node<'a>,
    /// The key of the map under which it stands.
    pub(super) section: &'static str,
}

/// The parts of a map, objects sorted by id.
pub(super) struct Sections<'a> {
    pub(super) entities: Vec<Entry<'a>>,
    pub(super) assets: Vec<Entry<'a>>,
    pub(super) nodes: Vec<Entry<'a>>,
    pub(super) flows: Vec<Entry<'a>>,
    pub(super) mechanisms: Vec<Entry<'a>>,
    pub(super) networks: Vec<Entry<'a>>,
    pub(super) settings: Vec<Entry<'a>>,
    pub(super) sources: Vec<Entry<'a>>,
    pub(super) offers: Vec<Entry<'a>>,
    pub(super) accepted: Vec<Entry<'a>>,
    pub(super) controls: Vec<Node<'a>>,
}

impl<'a> Sections<'a> {
    /// Splits the document.
    pub(super) fn of(top: &Object<'a>) -> Self {
        let mut nodes = entries(top, "processors");
        nodes.extend(entries(top, "storage"));
        nodes.sort_by(|a, b| a.id.cmp(&b.id));
        let controls = top.get("controls").filter(|node| !node.is_unknown());
        let sections = Self {
            entities: entries(top, "entities"),
            assets: entries(top, "assets"),
            nodes,
            flows: entries(top, "flows"),
            mechanisms: entries(top, "mechanisms"),
            networks: entries(top, "networks"),
            settings: entries(top, "settings"),
            sources: entries(top, "sources"),
            offers: entries(top, "offers"),
            accepted: entries(top, "accepted"),
            controls: controls.and_then(Node::list).unwrap_or_default(),
        };
        sections.refuse_shared_ids();
        sections
    }

    pub(super) fn entries(&self, kind: Kind) -> &[Entry<'a>] {
        match kind {
            Kind::Asset => &self.assets,
            Kind::Entity => &self.entities,
            Kind::Flow => &self.flows,
            Kind::Mechanism => &self.mechanisms,
            Kind::Network => &self.networks,
            Kind::Node => &self.nodes,
            Kind::Setting => &self.settings,
            Kind::Source => &self.sources,
        }
    }

    /// A flow ends at an asset, a processor or a storage node, so no two of them may share an id.
    fn refuse_shared_ids(&self) {
        let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
        for entry in self.assets.iter().chain(&self.nodes) {
            let Some(other) = taken.insert(&entry.id, entry.section) else {
                continue;
            };
            let message = format!(
                "the id `{}` stands under `{other}` and under `{}`",
                entry.id, entry.section
            );
            let help = "assets, processors and storage share their ids, since a flow may end at any of them";
            let problems = entry.node.problems();
            problems.report_key(Code::DuplicateKey, &entry.node.path, message, Some(help.to_owned()));
        }
    }
}

/// The objects under one key of the map.
fn entries<'a>(top: &Object<'a>, section: &'static str) -> Vec<Entry<'a>> {
    let Some(node) = top.get(section).filter(|node| !node.is_unknown()) else {
        return Vec::new();
    };
    let objects = node.any_object().map(|object| object.entries).unwrap_or_default();
    if u32::try_from(objects.len()).is_err() {
        node.report(Code::WrongType, format!("more than {} objects", u32::MAX), None);
        return Vec::new();
    }
    let mut entries: Vec<Entry<'a>> = objects
        .into_iter()
        .map(|(id, node)| Entry { id, node, section })
        .collect();
    for entry in &entries {
        refuse_bad_id(&entry.id, &entry.node);
    }
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    entries
}

pub(in crate::load) fn refuse_bad_id(id: &str, node: &Node<'_>) {
    let (message, help) = if NULL_LIKE.contains(&id.to_lowercase().as_str()) {
        let message = format!("`{id}` looks like nothing and cannot be an id");
        (message, "give the object a name of its own")
    } else if let Some(wrong) = id
        .chars()
        .find(|c| c.is_whitespace() || c.is_control() || PARTING.contains(c))
    {
        let message = format!("the id `{id}` has {} in it", in_words(wrong));
        (message, "use letters, digits, `-` and `_`")
    } else {
        return;
    };
    node.problems()
        .report_key(Code::BadId, &node.path, message, Some(help.to_owned()));
}

fn in_words(c: char) -> String {
    match c {
        c if c.is_whitespace() => "white space".to_owned(),
        c if c.is_control() => "a control character".to_owned(),
        c => format!("`{c}`"),
    }
}

/// Every object's path holds the keys above it, so keys without a bound would multiply the memory a file takes.
pub(super) fn refuse_long_keys(root: &Node<'_>) -> Option<()> {
    fn longest(tree: &Tree) -> usize {
        match tree {
            Tree::List(items) => items.iter().map(longest).max().unwrap_or(0),
            Tree::Object(entries) => entries
                .iter()
                .map(|(key, value)| key.as_ref().map_or(0, String::len).max(longest(value)))
                .max()
                .unwrap_or(0),
            _ => 0,
        }
    }
    let longest = longest(root.tree);
    if longest <= LONGEST_KEY {
        return Some(());
    }
    let message = format!("a key is {longest} bytes long, the longest allowed is {LONGEST_KEY}");
    root.report(Code::BadId, message, None);
    None
}
