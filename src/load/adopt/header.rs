//! What a profile says of itself: its product, the roles and the data that a map binds.

use std::collections::BTreeSet;

use crate::diagnostic::Code;
use crate::load::adopt::USERS;
use crate::load::decode::Node;
use crate::load::map::format::{CUSTOMERS, DATA_CLASS, PROFILE};
use crate::load::tree::Tree;

type Entries = Vec<(Option<String>, Tree)>;

#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) name: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) roles: BTreeSet<String>,
    /// The data classes, each with what an asset of it is known to be at least.
    pub(super) classes: Vec<(String, Entries)>,
}

impl Header {
    /// `None` after a problem has been reported.
    pub(super) fn read(root: &Node<'_>) -> Option<Self> {
        let Some(node) = root.tree.get("profile") else {
            let message = "it is a map and no vendor profile: the key `profile` is missing".to_owned();
            root.report(Code::MissingKey, message, None);
            return None;
        };
        let top = root.any_object()?;
        for key in CUSTOMERS {
            if let Some(node) = top.get(key) {
                let help =
                    "what is offered stands under `profile.mechanisms_offered`, and nothing is signed or accepted yet";
                let message = format!("a profile has no `{key}`: only a customer's map can have it");
                node.problems()
                    .report_key(Code::UnknownKey, &node.path, message, Some(help.to_owned()));
            }
        }
        let object = top.get("profile")?.object(&PROFILE.names().collect::<Vec<_>>())?;
        let text = |tree: &Tree, key| tree.get(key).and_then(Tree::text).map(str::to_owned);
        let roles = object
            .get("roles")
            .filter(|node| !node.is_unknown())
            .and_then(Node::any_object);
        let classes = object
            .get("data_classes")
            .filter(|node| !node.is_unknown())
            .and_then(Node::any_object);
        let class = |(id, node): (String, Node<'_>)| {
            node.object(&DATA_CLASS.names().collect::<Vec<_>>())?;
            let entry = |key: &str, value: Tree| (Some(key.to_owned()), value);
            let mut entries = vec![entry("data_class", Tree::Text(id.clone()))];
            entries.extend(
                node.tree
                    .get("categories")
                    .map(|words| entry("categories", words.clone())),
            );
            entries.extend(node.tree.get("about").map(|about| entry("name", about.clone())));
            Some((id, entries))
        };
        let header = Self {
            name: text(root.tree, "name"),
            vendor: text(node, "vendor"),
            roles: roles
                .into_iter()
                .flat_map(|roles| roles.entries)
                .map(|(role, _)| role)
                .collect(),
            classes: classes
                .into_iter()
                .flat_map(|classes| classes.entries)
                .filter_map(class)
                .collect(),
        };
        let clash = header.roles.contains(USERS) || header.classes.iter().any(|(class, _)| class == USERS);
        if clash {
            let message = format!("`{USERS}` is the node where the customer's people work, and no role or data class");
            root.report(Code::BadId, message, None);
            return None;
        }
        Some(header)
    }

    pub(super) fn has_class(&self, id: &str) -> bool {
        self.classes.iter().any(|(class, _)| class == id)
    }
}
