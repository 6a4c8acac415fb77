//! Reading the attributes of one object by the table of the format.

use std::collections::BTreeSet;

use crate::date::Date;
use crate::diagnostic::Code;
use crate::fact::{Carrier, OwnFact, Value};
use crate::load::decode::{Node, Object};
use crate::load::map::context::{Context, OwnNames, shortened};
use crate::load::map::format::Format;
use crate::load::map::location;
use crate::load::tree::Tree;
use crate::load::value;
use crate::model::{EntityId, Location, OwnFacts, Stated};
use crate::place::Place;

static NOTHING: Tree = Tree::Object(Vec::new());

/// One object whose keys have been checked.
///
/// Every attribute is `None`, unknown, where the file leaves it out, says `unknown`, or is wrong, which is reported.
pub(super) struct Reader<'c, 'a> {
    pub(super) context: &'c Context<'c, 'a>,
    pub(super) object: Object<'a>,
}

impl<'c, 'a> Reader<'c, 'a> {
    /// Checks the keys of an object; an object left empty has none.
    pub(super) fn new(context: &'c Context<'c, 'a>, node: &Node<'a>, format: &Format) -> Option<Self> {
        let regimes = format.carrier.into_iter().flat_map(|carrier| context.own(carrier));
        let known: Vec<&str> = format.names().chain(regimes.map(|(regime, _)| regime)).collect();
        let object = or_nothing(node).object(&known)?;
        let reader = Self { context, object };
        reader.require(format);
        Some(reader)
    }

    /// Takes an object whose keys have been checked.
    pub(super) fn of(context: &'c Context<'c, 'a>, object: Object<'a>) -> Self {
        Self { context, object }
    }

    /// Reports the keys that have to be there and are not.
    pub(super) fn require(&self, format: &Format) {
        for key in format.keys.iter().filter(|key| key.required) {
            if self.object.required(key.name).is_some_and(Node::is_unknown) {
                let message = format!("the key `{}` has to be known", key.name);
                self.object.node.report(Code::MissingKey, message, None);
            }
        }
    }

    /// The value of a key, if anything is known of it.
    pub(super) fn known(&self, key: &str) -> Option<&Node<'a>> {
        self.object.get(key).filter(|node| !node.is_unknown())
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.known(key)?.text().map(str::to_owned)
    }

    pub(super) fn bool(&self, key: &str) -> Option<bool> {
        self.known(key)?.bool()
    }

    pub(super) fn count(&self, key: &str) -> Option<u64> {
        self.known(key)?.count()
    }

    pub(super) fn percent(&self, key: &str) -> Option<u64> {
        let node = self.known(key)?;
        let share = node.count()?;
        if share > 100 {
            node.expected("a share of at most 100 per cent");
            return None;
        }
        Some(share)
    }

    pub(super) fn date(&self, key: &str) -> Option<Date> {
        self.known(key)?.date()
    }

    /// A day, or one that is known never to have come.
    pub(super) fn date_or_never(&self, key: &str) -> Option<Value> {
        let node = self.known(key)?;
        if node.is_word("none") {
            return Some(Value::Never);
        }
        node.date().map(Value::Date)
    }

    pub(super) fn word<T: Copy>(&self, key: &str, words: &[&str], from_word: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.known(key)?.one_of(words, from_word)
    }

    pub(super) fn location(&self, key: &str) -> Location {
        let location = self.known(key).and_then(|node| location::location(self.context, node));
        location.unwrap_or_default()
    }

    pub(super) fn places(&self, key: &str) -> Option<BTreeSet<Place>> {
        location::places(self.context, self.known(key)?)
    }

    pub(super) fn entity(&self, key: &str) -> Option<EntityId> {
        self.context.entity(self.known(key)?)
    }

    pub(super) fn entity_or_none(&self, key: &str) -> Stated<EntityId> {
        match self.known(key) {
            None => Stated::Unknown,
            Some(node) if node.is_word("none") => Stated::Absent,
            Some(node) => self.context.entity(node).map_or(Stated::Unknown, Stated::Is),
        }
    }

    pub(super) fn texts(&self, key: &str) -> Option<BTreeSet<String>> {
        self.set(key, |item| item.text().map(str::to_owned))
    }

    /// Categories, with a warning for each whose meaning nobody has declared.
    pub(super) fn categories(&self, key: &str) -> Option<BTreeSet<String>> {
        let vocabulary = self.context.catalogue.categories();
        self.set(key, |item| {
            let word = item.text()?;
            if !vocabulary.is_empty() && !vocabulary.contains(word) {
                let near = self.context.near(word, vocabulary.iter().map(String::as_str).collect());
                let help = near.map_or_else(
                    || "until somebody declares what it is, rules about categories stay open".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("no vocabulary knows the category `{}`", shortened(word));
                let problems = item.problems();
                problems.warn(Code::UnfamiliarCategory, &item.path, message, Some(help));
            }
            Some(word.to_owned())
        })
    }

    /// The members of a list; `none` is the empty one.
    pub(super) fn set<T: Ord>(&self, key: &str, member: impl Fn(&Node<'a>) -> Option<T>) -> Option<BTreeSet<T>> {
        let node = self.known(key)?;
        if node.is_word("none") {
            return Some(BTreeSet::new());
        }
        members(node, member).map(|members| members.into_iter().collect())
    }

    /// The facts that packs declare on this object, each under its regime.
    pub(super) fn own(&self, carrier: Carrier) -> OwnFacts {
        let mut facts = OwnFacts::new();
        for (regime, names) in self.context.own(carrier) {
            let Some(object) = self.known(regime).and_then(Node::any_object) else {
                continue;
            };
            for (name, node) in &object.entries {
                let Some(value) = self.own_fact(carrier, regime, names, name, node) else {
                    continue;
                };
                let own = OwnFact {
                    regime: regime.to_owned(),
                    name: name.clone(),
                };
                facts.insert(own, value);
            }
        }
        facts
    }

    /// One fact that a pack declares; `None` where nothing is known of it.
    pub(super) fn own_fact(
        &self,
        carrier: Carrier,
        regime: &str,
        names: &OwnNames<'_>,
        name: &str,
        node: &Node<'_>,
    ) -> Option<Value> {
        let Some(declaration) = names.get(name) else {
            let help = match self.context.carrier_of(regime, name) {
                Some(other) => Some(format!("`{regime}` declares it on {}", objects(other))),
                None => match self.context.near(name, names.keys().copied().collect()) {
                    Some(near) => Some(format!("did you mean `{near}`?")),
                    None => Some(format!(
                        "it declares {}",
                        names.keys().copied().collect::<Vec<_>>().join(", ")
                    )),
                },
            };
            let message = format!("`{regime}` declares no fact `{name}` on {}", objects(carrier));
            node.problems().report_key(Code::UnknownKey, &node.path, message, help);
            return None;
        };
        let value = value::value(node, &declaration.kind, self.context.catalogue.gazetteer())?;
        (value != Value::Unknown).then_some(value)
    }
}

/// The members of a list, as far as they can be read.
///
/// A list says everything, so `unknown` cannot stand in it; nodes are made one by one, since a list may be long.
pub(super) fn members<'a, T>(node: &Node<'a>, member: impl Fn(&Node<'a>) -> Option<T>) -> Option<Vec<T>> {
    let Tree::List(items) = node.tree else {
        node.expected("a list");
        return None;
    };
    let read = |(index, tree)| {
        let mut item = node.clone();
        item.tree = tree;
        item.path = format!("{}[{index}]", node.path);
        if item.is_unknown() {
            let help = "a list is taken as complete: if it is not, leave the whole of it out".to_owned();
            item.report(
                Code::WrongType,
                "nothing known cannot stand in a list".to_owned(),
                Some(help),
            );
            return None;
        }
        member(&item)
    };
    Some(items.iter().enumerate().filter_map(read).collect())
}

/// The node, or an object without keys in its place where nothing is known of it.
pub(super) fn or_nothing<'a>(node: &Node<'a>) -> Node<'a> {
    let mut node = node.clone();
    if node.is_unknown() {
        node.tree = &NOTHING;
    }
    node
}

/// The objects of a map that carry facts, in words.
pub(super) fn objects(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Entity => "entities",
        Carrier::Data => "assets",
        Carrier::Flow => "flows",
        Carrier::Mechanism => "mechanisms",
    }
}
