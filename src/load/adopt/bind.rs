//! What a map says under `use`: who is behind the roles of a profile, whose data are in its classes, how its settings stand.

use std::collections::BTreeMap;

use crate::diagnostic::Code;
use crate::load::adopt::header::Header;
use crate::load::decode::{Node, Object, did_you_mean, near};
use crate::load::map::format::GROUP;
use crate::load::map::ids;
use crate::load::tree::Tree;

/// What the head of a profile may leave unknown, and a map may answer.
const OPEN_HEADS: &[&str] = &[
    "variants",
    "remote_access",
    "management_plane",
    "subprocessors",
    "mechanisms_offered",
];

#[derive(Clone, Debug, Default)]
pub(super) struct Binding {
    /// The entity behind each role.
    pub(super) roles: BTreeMap<String, String>,
    pub(super) groups: Vec<Group>,
    /// The word of each setting that is answered, and where the answer stands.
    pub(super) settings: BTreeMap<String, (Tree, String)>,
    /// Where it stands that the other settings are as delivered, if they are.
    pub(super) as_delivered: Option<String>,
}

/// Users of the product.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) users: String,
    /// The assets in each class that is bound.
    pub(super) data: BTreeMap<String, Vec<String>>,
    pub(super) settings: BTreeMap<String, (Tree, String)>,
}

impl Group {
    /// The id of the asset that stands for data of a class that nobody bound.
    pub(super) fn unbound(&self, prefix: &str, class: &str) -> String {
        format!("{prefix}-{class}-{}", self.id)
    }
}

impl Binding {
    /// `None` after a problem has been reported.
    pub(super) fn read(own: &Tree, prefix: &str, object: &Object<'_>, header: &Header, profile: &Tree) -> Option<Self> {
        let mut roles = BTreeMap::new();
        for (role, node) in entries(object, "roles") {
            let known: Vec<&str> = header.roles.iter().map(String::as_str).collect();
            if !refuse_other(&node, &role, "role", &known) {
                continue;
            }
            if let Some(entity) = node.text()
                && exists(own, &["entities"], entity, "entity", &node)
            {
                roles.insert(role, entity.to_owned());
            }
        }
        for (key, node) in entries(object, "answers") {
            refuse_other(&node, &key, "head with", OPEN_HEADS);
        }
        let settings = answers(object, profile);
        let as_delivered = object.get("as_delivered").filter(|node| !node.is_unknown());
        let as_delivered = as_delivered
            .filter(|node| node.bool() == Some(true))
            .map(|node| node.path.clone());
        let groups = match object.get("groups").filter(|node| !node.is_unknown()) {
            Some(node) => node
                .any_object()?
                .entries
                .iter()
                .filter_map(|(id, node)| group(own, id, node, header, profile))
                .collect(),
            None => of_clients(own, header),
        };
        if groups.is_empty() {
            let help =
                "name the users: `groups: { staff: { users: … } }`, or give a processor `kind: client`".to_owned();
            let message = format!("nobody would use `{prefix}`: the map has no processor of kind `client`");
            object.node.report(Code::MissingKey, message, Some(help));
        }
        Some(Self {
            roles,
            groups,
            settings,
            as_delivered,
        })
    }
}

fn group(own: &Tree, id: &str, node: &Node<'_>, header: &Header, profile: &Tree) -> Option<Group> {
    ids::refuse_bad_id(id, node);
    let object = node.object(&GROUP.names().collect::<Vec<_>>())?;
    let named = object.required("users")?;
    let users = named.text()?;
    if !exists(
        own,
        &["processors", "storage"],
        users,
        "processor or storage node",
        named,
    ) {
        return None;
    }
    let mut data = by_class(own, users, header);
    if object.get("data").is_some() {
        let classes: Vec<&str> = header.classes.iter().map(|(class, _)| class.as_str()).collect();
        data = BTreeMap::new();
        for (class, node) in entries(&object, "data") {
            if !refuse_other(&node, &class, "data class", &classes) {
                continue;
            }
            let assets = match node.tree {
                Tree::Text(word) if word == "none" => Vec::new(),
                Tree::Text(_) => vec![node.text()?.to_owned()],
                _ => node.texts()?.into_iter().map(str::to_owned).collect(),
            };
            let known = assets
                .into_iter()
                .filter(|asset| exists(own, &["assets"], asset, "asset", &node));
            data.insert(class, known.collect());
        }
    }
    Some(Group {
        id: id.to_owned(),
        users: users.to_owned(),
        data,
        settings: answers(&object, profile),
    })
}

/// A group for each client of the map, called like it.
fn of_clients(own: &Tree, header: &Header) -> Vec<Group> {
    let nodes = own.get("processors").into_iter().flat_map(Tree::named);
    let clients = nodes.filter(|(_, node)| node.get("kind").and_then(Tree::text) == Some("client"));
    let group = |(id, _): (&str, &Tree)| Group {
        id: id.to_owned(),
        users: id.to_owned(),
        data: by_class(own, id, header),
        settings: BTreeMap::new(),
    };
    clients.map(group).collect()
}

/// The assets that the operator of a node controls, by the class they are in. A class without any is not bound.
fn by_class(own: &Tree, users: &str, header: &Header) -> BTreeMap<String, Vec<String>> {
    let node = ["processors", "storage"]
        .into_iter()
        .find_map(|section| own.get(section)?.get(users));
    let operator = node.and_then(|node| node.get("operator")).and_then(Tree::text);
    let mut data: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, asset) in own.get("assets").into_iter().flat_map(Tree::named) {
        let class = asset
            .get("data_class")
            .and_then(Tree::text)
            .filter(|class| header.has_class(class));
        let alone = asset.get("controller").and_then(Tree::text).into_iter();
        let mut controllers = alone.chain(
            asset
                .get("controllers")
                .map(Tree::items)
                .unwrap_or_default()
                .iter()
                .filter_map(Tree::text),
        );
        if let Some(class) = class
            && operator.is_some_and(|operator| controllers.any(|controller| controller == operator))
        {
            data.entry(class.to_owned()).or_default().push(id.to_owned());
        }
    }
    data
}

/// The settings that are answered, each with where the answer stands.
fn answers(object: &Object<'_>, profile: &Tree) -> BTreeMap<String, (Tree, String)> {
    let known: Vec<&str> = profile
        .get("settings")
        .into_iter()
        .flat_map(Tree::named)
        .map(|(id, _)| id)
        .collect();
    let mut answers = BTreeMap::new();
    for (id, node) in entries(object, "settings") {
        if refuse_other(&node, &id, "setting", &known) && !node.is_unknown() {
            answers.insert(id, (node.tree.clone(), node.path.clone()));
        }
    }
    answers
}

fn entries<'a>(object: &Object<'a>, key: &str) -> Vec<(String, Node<'a>)> {
    let node = object.get(key).filter(|node| !node.is_unknown());
    node.and_then(Node::any_object)
        .map(|object| object.entries)
        .unwrap_or_default()
}

/// Whether a profile has what a map binds; reported if not.
fn refuse_other(node: &Node<'_>, id: &str, what: &str, known: &[&str]) -> bool {
    if known.contains(&id) {
        return true;
    }
    let help = did_you_mean(near(id, known.iter().copied()))
        .or_else(|| (!known.is_empty()).then(|| format!("it has {}", known.join(", "))));
    let message = format!("the profile has no {what} `{id}`");
    node.problems().report_key(Code::UnknownId, &node.path, message, help);
    false
}

/// Whether the map itself has an object of this id; reported if not.
fn exists(own: &Tree, sections: &[&str], id: &str, what: &str, node: &Node<'_>) -> bool {
    let ids = || {
        sections
            .iter()
            .filter_map(|section| own.get(section))
            .flat_map(Tree::named)
            .map(|(id, _)| id)
    };
    if ids().any(|known| known == id) {
        return true;
    }
    let help = did_you_mean(near(id, ids()));
    node.report(Code::UnknownId, format!("there is no {what} `{id}`"), help);
    false
}
