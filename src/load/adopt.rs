//! Taking vendor profiles into a map: roles and data are bound, ids get a prefix, settings their answers.

mod bind;
mod floor;
mod header;
mod names;
mod reach;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostics};
use crate::load::adopt::bind::Binding;
use crate::load::adopt::floor::Missing;
use crate::load::adopt::header::Header;
use crate::load::adopt::names::{Names, Scope};
use crate::load::decode::{Node, Object, Problems, did_you_mean, near};
use crate::load::document::Origin;
use crate::load::map::format::{CONTROL, Format, MAP, OFFER, Shape, USE};
use crate::load::map::ids;
use crate::load::profiles::Profiles;
use crate::load::source::Source;
use crate::load::tree::Tree;
use crate::model::UsedProfile;

/// The node of a profile where the customer's people work.
pub(super) const USERS: &str = "users";

/// What one profile brings into a map.
#[derive(Clone, Debug)]
pub(super) struct Adopted {
    file: Source,
    objects: Vec<Brought>,
    prefix: String,
    profile: String,
    header: Header,
    missing: Vec<Missing>,
}

/// An object brought into a section of the map.
#[derive(Clone, Debug)]
struct Brought {
    section: &'static str,
    id: String,
    tree: Tree,
    /// Where it stands in the profile.
    at: String,
    /// The keys that the map's own file gave it, with their paths there.
    answered: Vec<(&'static str, String)>,
}

impl Adopted {
    /// What is to be known of it in the whole map, in which something may be answered that the profile leaves open.
    pub(super) fn summary(&self, whole: &Tree) -> UsedProfile {
        let missing: Vec<&Missing> = self
            .missing
            .iter()
            .filter(|missing| !self.is_answered(missing, whole))
            .collect();
        let unknown = missing
            .iter()
            .copied()
            .filter(|missing| missing.is_unknown && missing.holds_back());
        let is_bound =
            |at: &str| at == "profile" || at.starts_with("profile.roles.") || at.starts_with("profile.data_classes.");
        let is_vendors = |brought: &&Brought| !is_bound(&brought.at);
        let vendors = || self.objects.iter().filter(is_vendors);
        UsedProfile {
            prefix: self.prefix.clone(),
            profile: self.profile.clone(),
            name: self.header.name.clone(),
            vendor: self.header.vendor.clone(),
            objects: vendors().map(|brought| brought.id.clone()).collect(),
            stands: vendors()
                .map(|brought| (format!("{}.{}", brought.section, brought.id), brought.at.clone()))
                .collect(),
            gaps: floor::in_words(missing.iter().copied().filter(|missing| !missing.is_unknown)),
            unknown: floor::in_words(unknown.clone()),
            in_doubt: unknown
                .clone()
                .flat_map(|missing| self.lacking(missing))
                .map(|object| object.id.clone())
                .collect(),
            all_in_doubt: unknown.clone().any(|missing| self.lacking(missing).next().is_none()),
        }
    }

    fn is_answered(&self, missing: &Missing, whole: &Tree) -> bool {
        if let Some(key) = missing.at.strip_prefix("profile.") {
            let used = whole.get("use").and_then(|uses| uses.get(&self.prefix));
            let answer = used
                .and_then(|used| used.get("answers"))
                .and_then(|answers| answers.get(key));
            return missing.is_unknown && answer.is_some_and(|answer| !answer.is_unknown());
        }
        let Some((section, _, key)) = missing.object() else {
            return false;
        };
        let says = |object: &Brought| {
            let object = whole.get(section).and_then(|section| section.get(&object.id));
            let is_said = |value: &Tree| {
                let is_empty = matches!(value, Tree::List(items) if items.is_empty())
                    || matches!(value, Tree::Object(entries) if entries.is_empty());
                !value.is_unknown() && !is_empty
            };
            object.and_then(|object| object.get(key)).is_some_and(is_said)
        };
        let mut lacking = self.lacking(missing).peekable();
        lacking.peek().is_some() && lacking.all(says)
    }

    /// What is in the map of the object of the profile that lacks something: a flow is there for each group.
    fn lacking(&self, missing: &Missing) -> impl Iterator<Item = &Brought> {
        let at = missing.object().map(|(section, id, _)| format!("{section}.{id}"));
        self.objects
            .iter()
            .filter(move |object| Some(&object.at) == at.as_ref())
    }
}

/// The profiles that a map takes in, or the one that it is, as far as they can be, and what is wrong.
pub(super) fn adopt(own: &Tree, source: &Source, profiles: &Profiles) -> (Vec<Adopted>, Diagnostics) {
    let problems = Problems::new(source);
    let root = Node::root(&problems, own);
    let mut found = Diagnostics::default();
    let mut adopted = Vec::new();
    if own.get("profile").is_some_and(|profile| !profile.is_unknown()) {
        adopted.extend(itself(own, source, &mut found));
    }
    let top = matches!(own, Tree::Object(_)).then(|| root.any_object()).flatten();
    let uses = top
        .as_ref()
        .and_then(|top| top.get("use"))
        .filter(|node| !node.is_unknown());
    for (prefix, node) in uses
        .and_then(Node::any_object)
        .into_iter()
        .flat_map(|object| object.entries)
    {
        adopted.extend(one(own, &prefix, &node, profiles, &mut found));
    }
    refuse_same_ids(&adopted, uses);
    if let Some(top) = &top {
        warn_of_strangers(&adopted, top);
    }
    // The duplicate keys of the whole file are reported when its objects are read.
    found.extend(problems.finish());
    (adopted, found)
}

/// An object of the map that is called like one of a profile's, and is none, may be a mistyped amendment.
fn warn_of_strangers(adopted: &[Adopted], top: &Object<'_>) {
    for section in ["entities", "assets", "processors", "storage", "controls"] {
        let own = top
            .get(section)
            .filter(|node| matches!(node.tree, Tree::Object(_)))
            .and_then(Node::any_object);
        for (id, node) in own.into_iter().flat_map(|object| object.entries) {
            let named = |one: &&Adopted| !one.prefix.is_empty() && id.starts_with(&format!("{}-", one.prefix));
            let Some(one) = adopted.iter().find(named) else {
                continue;
            };
            let ids = || {
                adopted
                    .iter()
                    .flat_map(|one| &one.objects)
                    .filter(|object| object.section == section)
            };
            if ids().any(|object| object.id == id) {
                continue;
            }
            let help = did_you_mean(near(&id, ids().map(|object| object.id.as_str())));
            let message = format!(
                "`{id}` is called like what `{}` brings in, and is nothing of it",
                one.prefix
            );
            node.problems().warn(Code::UnknownId, &node.path, message, help);
        }
    }
}

/// One prefix may begin like another: what two profiles bring in under the same id would be taken for one.
fn refuse_same_ids(adopted: &[Adopted], uses: Option<&Node<'_>>) {
    let mut brought: BTreeMap<(&str, &str), (&str, &str)> = BTreeMap::new();
    for one in adopted {
        let mut same = None;
        for object in &one.objects {
            let this = (one.prefix.as_str(), object.at.as_str());
            let other = brought.insert((object.section, &object.id), this);
            if let Some(other) = other {
                same.get_or_insert((other, this, &object.id));
            }
        }
        if let (Some((other, this, id)), Some(uses)) = (same, uses) {
            let (message, help) = if other.0 == this.0 {
                let message = format!("`{}` and `{}` of the profile would both be `{id}`", other.1, this.1);
                (message, "give the group another name")
            } else {
                let message = format!("`{}` and `{}` both bring in `{id}`", other.0, this.0);
                (message, "give one of them another prefix")
            };
            let at = format!("{}.{}", uses.path, one.prefix);
            uses.problems()
                .report_key(Code::DuplicateKey, &at, message, Some(help.to_owned()));
        }
    }
}

/// A profile read by itself: nothing is bound, so its roles and data are there with nothing known of them.
fn itself(own: &Tree, source: &Source, found: &mut Diagnostics) -> Option<Adopted> {
    let problems = Problems::new(source);
    let header = Header::read(&Node::root(&problems, own));
    found.extend(problems.finish());
    let header = header?;
    let mut objects = Vec::new();
    for role in &header.roles {
        objects.push(placeholder(
            "entities",
            role.clone(),
            format!("profile.roles.{role}"),
            Vec::new(),
        ));
    }
    let users = vec![(Some("kind".to_owned()), Tree::Text("client".to_owned()))];
    objects.push(placeholder("processors", USERS.to_owned(), "profile".to_owned(), users));
    for (class, about) in &header.classes {
        objects.push(placeholder(
            "assets",
            class.clone(),
            format!("profile.data_classes.{class}"),
            about.clone(),
        ));
    }
    objects.extend(offers(own, &Names::unbound()));
    Some(Adopted {
        file: source.clone(),
        objects,
        prefix: String::new(),
        profile: source.name().to_owned(),
        missing: floor::missing(own),
        header,
    })
}

fn placeholder(section: &'static str, id: String, at: String, entries: Vec<(Option<String>, Tree)>) -> Brought {
    Brought {
        section,
        id,
        tree: Tree::Object(entries),
        at,
        answered: Vec::new(),
    }
}

/// One entry of `use`.
fn one(own: &Tree, prefix: &str, node: &Node<'_>, profiles: &Profiles, found: &mut Diagnostics) -> Option<Adopted> {
    ids::refuse_bad_id(prefix, node);
    let known: Vec<&str> = USE.names().collect();
    let object = node.object(&known)?;
    let named = object.required("profile")?;
    let name = named.text()?;
    let source = match profiles.find(name) {
        Ok(Some(source)) => source,
        Ok(None) => {
            let help = did_you_mean(near(name, profiles.names())).unwrap_or_else(|| {
                format!(
                    "there are {}; a file is named by its path",
                    profiles.names().collect::<Vec<_>>().join(", ")
                )
            });
            named.report(
                Code::UnknownId,
                format!("there is no vendor profile `{name}`"),
                Some(help),
            );
            return None;
        }
        Err(error) => {
            named.report(Code::UnknownId, format!("{error}"), None);
            return None;
        }
    };
    let tree = match Tree::parse(&source) {
        Ok(tree) => tree,
        Err(wrong) => {
            found.extend(wrong);
            return None;
        }
    };
    let problems = Problems::new(&source);
    let header = Header::read(&Node::root(&problems, &tree));
    found.extend(problems.finish());
    let header = header?;
    let binding = Binding::read(own, prefix, &object, &header, &tree)?;
    let names = Names {
        prefix,
        header: &header,
        binding: &binding,
        scope: Scope::Shared,
    };
    let mut objects = placeholders(prefix, &header, &binding);
    for section in MAP.keys {
        let (Shape::ById(format), Some(of)) = (section.shape, tree.get(section.name)) else {
            continue;
        };
        if section.name == "use" {
            continue;
        }
        for (id, object) in of.named() {
            let at = format!("{}.{id}", section.name);
            match section.name {
                "settings" => objects.extend(settings(id, object, &at, format, &names)),
                "flows" => objects.extend(flows(id, object, &at, format, &names, &tree)),
                name => objects.push(Brought {
                    section: name,
                    id: names.own(id),
                    tree: names.object(object, format),
                    at,
                    answered: Vec::new(),
                }),
            }
        }
    }
    for (index, control) in tree
        .get("controls")
        .map(Tree::items)
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        let id = control
            .get("id")
            .and_then(Tree::text)
            .map_or_else(|| format!("control-{}", index + 1), str::to_owned);
        let mut renamed = names.object(control, &CONTROL);
        let id = names.own(&id);
        *renamed.entry("id") = Tree::Text(id.clone());
        let at = format!("controls[{index}]");
        objects.push(Brought {
            section: "controls",
            id,
            tree: renamed,
            at,
            answered: Vec::new(),
        });
    }
    objects.extend(offers(&tree, &names));
    Some(Adopted {
        file: source,
        objects,
        prefix: prefix.to_owned(),
        profile: name.to_owned(),
        missing: floor::missing(&tree),
        header,
    })
}

/// Roles and data of the profile that nobody bound: they are there, and nothing is known of them.
fn placeholders(prefix: &str, header: &Header, binding: &Binding) -> Vec<Brought> {
    let mut objects = Vec::new();
    for role in header.roles.iter().filter(|role| !binding.roles.contains_key(*role)) {
        let at = format!("profile.roles.{role}");
        objects.push(placeholder("entities", format!("{prefix}-{role}"), at, Vec::new()));
    }
    for group in &binding.groups {
        for (class, about) in &header.classes {
            if !group.data.contains_key(class) {
                let at = format!("profile.data_classes.{class}");
                objects.push(placeholder("assets", group.unbound(prefix, class), at, about.clone()));
            }
        }
    }
    objects
}

/// A setting with its answer, and once more for each group that answers it otherwise.
fn settings(id: &str, object: &Tree, at: &str, format: &Format, names: &Names<'_>) -> Vec<Brought> {
    let answered = |id: String, answer: Option<&(Tree, String)>| {
        let mut tree = names.object(object, format);
        let mut answered = Vec::new();
        if let Some((word, path)) = answer {
            *tree.entry("value") = word.clone();
            answered.push(("value", path.clone()));
        }
        Brought {
            section: "settings",
            id,
            tree,
            at: at.to_owned(),
            answered,
        }
    };
    let delivered = names.binding.as_delivered.as_ref();
    let default = delivered.and_then(|path| {
        Some((
            object.get("default").filter(|word| !word.is_unknown())?.clone(),
            path.clone(),
        ))
    });
    let mut all = vec![answered(
        names.own(id),
        names.binding.settings.get(id).or(default.as_ref()),
    )];
    for group in &names.binding.groups {
        if let Some(answer) = group.settings.get(id) {
            all.push(answered(format!("{}-{}", names.own(id), group.id), Some(answer)));
        }
    }
    all
}

/// A flow of the vendor's own nodes as it is, one from or to the users once for each group.
fn flows(id: &str, object: &Tree, at: &str, format: &Format, names: &Names<'_>, profile: &Tree) -> Vec<Brought> {
    let ends_at_users = |key| object.get(key).and_then(Tree::text) == Some(USERS);
    let (from, to) = (ends_at_users("from"), ends_at_users("to"));
    let given = match object.get("carries") {
        Some(Tree::List(classes)) => {
            let source = object.get("from").and_then(Tree::text).unwrap_or_default();
            classes
                .iter()
                .filter_map(Tree::text)
                .all(|class| reach::reaches(profile, class, source))
        }
        _ => true,
    };
    let flow = |scope: Scope, id: String| {
        let names = Names { scope, ..*names };
        let mut tree = names.object(object, format);
        if !from {
            of_what_arrives(&mut tree, object, given, &names);
        }
        // A flow that carries nothing of these users is none.
        let none = |key| matches!(tree.get(key), Some(Tree::List(items)) if items.is_empty());
        let carries_nothing = none("carries") || none("passes_on");
        (!carries_nothing).then(|| Brought {
            section: "flows",
            id,
            tree,
            at: at.to_owned(),
            answered: Vec::new(),
        })
    };
    if !from && !to {
        return flow(Scope::Shared, names.own(id)).into_iter().collect();
    }
    let of_group = |(index, group): (usize, &bind::Group)| {
        // What the users did not give goes to each group as its own.
        let scope = if from || !given {
            Scope::From(index)
        } else {
            Scope::To(index)
        };
        flow(scope, format!("{}-{}", names.own(id), group.id))
    };
    names.binding.groups.iter().enumerate().filter_map(of_group).collect()
}

/// What the users of a group gave is on a flow within the product only if it came there: they may be in another variant.
/// To the users of a group goes what the others gave.
fn of_what_arrives(tree: &mut Tree, object: &Tree, given: bool, names: &Names<'_>) {
    match object.get("carries") {
        Some(Tree::List(_)) if given => {
            if let Tree::Object(entries) = tree {
                let key = entries.iter_mut().find(|(key, _)| key.as_deref() == Some("carries"));
                if let Some((key, _)) = key {
                    *key = Some("passes_on".to_owned());
                }
            }
        }
        None if object.get("passes_on").is_none() && matches!(names.scope, Scope::To(_)) => {
            let assets = names.header.classes.iter().flat_map(|(class, _)| names.many(class));
            let assets: BTreeSet<String> = assets.collect();
            *tree.entry("passes_on") = Tree::List(assets.into_iter().map(Tree::Text).collect());
        }
        _ => {}
    }
}

fn offers(profile: &Tree, names: &Names<'_>) -> Vec<Brought> {
    let offers = profile
        .get("profile")
        .and_then(|profile| profile.get("mechanisms_offered"));
    let offer = |(id, object): (&str, &Tree)| Brought {
        section: "offers",
        id: names.own(id),
        tree: names.object(object, &OFFER),
        at: format!("profile.mechanisms_offered.{id}"),
        answered: Vec::new(),
    };
    offers.into_iter().flat_map(Tree::named).map(offer).collect()
}

/// Puts what profiles bring into a map. What the map itself says of an object goes before what a profile says.
pub(super) fn merge<'a>(
    whole: &mut Tree,
    adopted: impl Iterator<Item = &'a Adopted>,
    files: &mut Vec<Source>,
    origins: &mut BTreeMap<String, Origin>,
) {
    for adopted in adopted {
        let file = files.len();
        files.push(adopted.file.clone());
        for brought in &adopted.objects {
            let section = whole.entry(brought.section);
            let is_list = brought.section == "controls";
            // A section of another kind is left to be refused where it stands.
            if !matches!(
                (&*section, is_list),
                (Tree::Null, _) | (Tree::Object(_), false) | (Tree::List(_), true)
            ) {
                continue;
            }
            let (at, path) = if brought.section == "controls" {
                control(section, &brought.id)
            } else {
                (
                    section.entry(&brought.id),
                    format!("{}.{}", brought.section, brought.id),
                )
            };
            // Something that is no object is left to be refused where it stands.
            if !matches!(at, Tree::Null | Tree::Object(_)) {
                continue;
            }
            let own = std::mem::replace(at, brought.tree.clone());
            origins.insert(
                path.clone(),
                Origin {
                    file,
                    path: brought.at.clone(),
                },
            );
            for (key, answered) in &brought.answered {
                origins.insert(
                    format!("{path}.{key}"),
                    Origin {
                        file: 0,
                        path: answered.clone(),
                    },
                );
            }
            for (key, value) in own.entries() {
                if let Some(key) = key {
                    *at.entry(key) = value.clone();
                    let own = format!("{path}.{key}");
                    origins.insert(own.clone(), Origin { file: 0, path: own });
                }
            }
        }
    }
}

/// The control of an id in the list, made if it is not there.
fn control<'t>(list: &'t mut Tree, id: &str) -> (&'t mut Tree, String) {
    if !matches!(list, Tree::List(_)) {
        *list = Tree::List(Vec::new());
    }
    let Tree::List(items) = list else {
        return (list, "controls".to_owned());
    };
    let found = items.iter().position(|item| item.has_id(id));
    let index = found.unwrap_or_else(|| {
        items.push(Tree::Object(Vec::new()));
        items.len() - 1
    });
    (&mut items[index], format!("controls[{index}]"))
}
