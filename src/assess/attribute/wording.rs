//! The question that asks for an attribute: its words, who would know, what kind of answer it takes.

use std::collections::BTreeSet;

use crate::assess::attribute::{Attribute, Key, MIXES_IN, Object};
use crate::fact::{Carrier, Catalogue, DataFact, Declaration, FactKey, FlowFact, OwnFact};
use crate::judge::movement::Movements;
use crate::load::{AnswerKind, Answerable};
use crate::model::{Controlled, End, EntityId, FlowId, NodeId};
use crate::text::Text;
use crate::word::{ControlKind, Existence, FlowKind};

/// Puts questions into words.
pub(crate) struct Wording<'a> {
    pub(crate) movements: &'a Movements<'a>,
    pub(crate) catalogue: &'a Catalogue,
    /// The objects that vendor profiles bring in.
    pub(crate) vendors: &'a BTreeSet<&'a str>,
}

impl Wording<'_> {
    /// The question. Of a fact that a pack declares it is the pack's, in every language it has.
    pub(crate) fn ask(&self, attribute: &Attribute) -> Text {
        let about = self.about(attribute);
        let key = match &attribute.key {
            Key::Own(own) => {
                let declared = self.declaration(&attribute.object, own).map(|declared| &declared.ask);
                let texts = declared.into_iter().flat_map(Text::translations);
                let about = match attribute.object {
                    Object::Look(_) => format!("If {about}"),
                    _ => about,
                };
                return texts
                    .map(|(tag, text)| (tag.to_owned(), sentence(&format!("{about}: {text}"))))
                    .collect();
            }
            Key::Core(key) => *key,
        };
        let ask = match &attribute.object {
            Object::Map => "As of which day is the law to be read?".to_owned(),
            Object::Setting(id) => {
                let setting = self.movements.map.settings.get(id);
                let what = setting.and_then(|setting| setting.about.as_deref());
                let what = what.map_or(String::new(), |what| format!(" ({})", what.trim_end_matches('.')));
                format!("How is the setting {id} set?{what}")
            }
            Object::Entity(_) => match key {
                "established_in" => format!("In which places is {about} established?"),
                "decides_from" => format!("Where is the principal place of business of {about}?"),
                "branch_of" => format!("Of which company is {about} a branch? Or is it none?"),
                "parent" => format!("Which company is the parent of {about}? Or has it none?"),
                _ => format!("What kind of legal person is {about}?"),
            },
            Object::Asset(_) => match key {
                "controller" => format!("Who decides on purposes and means of {about}?"),
                "data_class" => format!("Under which class do vendors speak of {about}?"),
                _ => format!("{about}: {}", self.core(&data_fact(key))),
            },
            Object::People(..) => match key {
                "overlaps" => format!("{about}: with which other groups do they share people? Or with none?"),
                "relation" => format!("{about}: {}", self.core(&FactKey::Data(DataFact::SubjectsRelation))),
                "located_in" => format!("{about}: where are they?"),
                "count" => format!("{about}: how many are they?"),
                _ => format!("{about}: are there minors among them?"),
            },
            Object::Node(_) => match key {
                "operator" => format!("Who runs {about}?"),
                "acts_for" => format!("For whom does its operator run {about}? Or for itself (`none`)?"),
                "located_in" => format!("Where is {about}?"),
                _ => format!("Who can decrypt what {about} holds?"),
            },
            Object::Flow(_) => match key {
                "existence" => format!("Does {about} take place?"),
                "arranged_by" => format!("{about}: who decided that the data land there? Or nobody?"),
                _ => format!("{about}: {}", self.core(&flow_fact(key))),
            },
            Object::Transforms(_) => format!("Which other data does {about} mix in? Or none?"),
            Object::Control(_) => match key {
                "access" => format!("Can the people of {about} read the data that way, and do they?"),
                _ => format!("Where do the people of {about} sit who do so?"),
            },
            Object::Mechanism(_) => format!("{about}: {}", self.mechanism(key)),
            Object::Look(_) => match key {
                "access" => format!("Can {about}, and do they?"),
                "arranged_by" => format!("Who decided that {about}? Or nobody?"),
                MIXES_IN => format!("If {about}: which other data are mixed in? Or none?"),
                _ => format!("If {about}: {}", self.core(&flow_fact(key))),
            },
            Object::Team(_) => match key {
                "acts_for" => format!("If {about}: for whom do they act? Or for themselves (`none`)?"),
                "located_in" => format!("If {about}: where do they sit?"),
                _ => format!("If {about}: who can decrypt what they get?"),
            },
        };
        Text::english(sentence(&ask))
    }

    /// Who would know.
    pub(crate) fn who(&self, attribute: &Attribute) -> Option<String> {
        let is_vendors = |id: &String| self.vendors.contains(id.as_str());
        let of_vendor = attribute.objects(self.movements).iter().any(is_vendors);
        match (&attribute.key, &attribute.object) {
            // What a law asks of a movement the pack knows whom to ask, whoever's it is.
            (Key::Own(own), object) if !(of_vendor && matches!(object, Object::Entity(_))) => {
                return self.declaration(object, own)?.who.clone();
            }
            _ => {}
        }
        // How a product is set is the customer's own doing.
        if of_vendor && !matches!(attribute.object, Object::Setting(_)) {
            return Some("vendor".to_owned());
        }
        let who = match (&attribute.object, &attribute.key) {
            (Object::Entity(_) | Object::Mechanism(_), _) => "legal",
            (_, Key::Core("acts_for" | "arranged_by" | "operator")) => "contracts",
            (Object::Asset(_) | Object::People(..), _) => "data owner",
            _ => "it",
        };
        Some(who.to_owned())
    }

    /// What kind of answer it takes.
    pub(crate) fn answerable(&self, attribute: &Attribute) -> Answerable {
        let map = self.movements.map;
        let key = match &attribute.key {
            Key::Own(own) => {
                let declared = self.declaration(&attribute.object, own);
                return declared.map_or_else(
                    || Answerable::plain(AnswerKind::Text),
                    |declared| Answerable::from(&declared.kind),
                );
            }
            Key::Core(key) => *key,
        };
        let Some(holder) = attribute.holder() else {
            return Answerable::plain(AnswerKind::Day);
        };
        let mut answerable = holder.takes(key);
        match (&attribute.object, key) {
            (Object::Setting(id), _) => {
                let words = map.settings.get(id).map(|setting| &setting.values);
                answerable = Answerable::word(words.into_iter().flatten().map(String::as_str));
            }
            (Object::Flow(id), "kind") => {
                // A flow that starts at a node is no collection; one that ends in a store is no look.
                let rests = matches!(map.flow(*id).to, End::Node(node) if map.node(node).is_storage);
                answerable.choices.retain(|word| {
                    word != FlowKind::Collection.as_str() && !(rests && word == FlowKind::RemoteAccess.as_str())
                });
            }
            (Object::Flow(_), "existence") => answerable.choices.retain(|word| word != Existence::Possible.as_str()),
            (Object::Look(_), MIXES_IN) => answerable.kind = AnswerKind::Assets,
            // To the law it makes a difference who it is, not whether anybody is.
            (Object::Asset(_), "controller") | (Object::Node(_) | Object::Team(_), "keys_held_by") => {
                answerable.kind = AnswerKind::Entity;
            }
            _ => {}
        }
        answerable
    }

    /// The object in words.
    fn about(&self, attribute: &Attribute) -> String {
        let map = self.movements.map;
        let called = |id: &str, name: &Option<String>| match name {
            Some(name) => format!("{name} ({id})"),
            None => id.to_owned(),
        };
        match &attribute.object {
            Object::Map => String::new(),
            Object::Setting(id) => id.clone(),
            Object::Entity(id) => self.entity(*id),
            Object::Asset(id) => format!("the data {}", called(&map.asset(*id).id, &map.asset(*id).name)),
            Object::People(id, group) => {
                let asset = map.asset(*id);
                let group = asset.subjects.as_ref().and_then(|groups| groups.get(*group));
                match group {
                    Some(group) => format!("the people {} of the data {}", group.group, asset.id),
                    None => format!("the people of the data {}", called(&asset.id, &asset.name)),
                }
            }
            Object::Node(id) => called(&map.node(*id).id, &map.node(*id).name),
            Object::Flow(id) | Object::Transforms(id) => self.flow(*id),
            Object::Control(id) => {
                let control = map.control(*id);
                let over = match control.over {
                    Controlled::Node(node) => self.node(node),
                    Controlled::Entity(entity) => self.entity(entity),
                };
                let how = match control.kind {
                    ControlKind::Owns => "owns",
                    ControlKind::Operates => "operates",
                    ControlKind::Administers => "administers",
                    ControlKind::HoldsKeys => "holds the keys of",
                };
                format!("{}, who {how} {over},", self.entity(control.by))
            }
            Object::Mechanism(id) => format!("{} ({})", map.mechanism(*id).id, map.mechanism(*id).kind),
            Object::Look(access) | Object::Team(access) => match self.movements.accesses.get(*access) {
                Some(access) => {
                    let by = access
                        .by
                        .map_or_else(|| "its operator".to_owned(), |by| self.entity(by));
                    format!("people of {by} look into {} from elsewhere", self.node(access.node))
                }
                None => String::new(),
            },
        }
    }

    fn entity(&self, id: EntityId) -> String {
        let entity = self.movements.map.entity(id);
        match &entity.name {
            Some(name) => format!("{name} ({})", entity.id),
            None => entity.id.clone(),
        }
    }

    fn node(&self, id: NodeId) -> String {
        self.movements.map.node(id).id.clone()
    }

    fn flow(&self, id: FlowId) -> String {
        let map = self.movements.map;
        let end = |end: End| match end {
            End::Node(id) => map.node(id).id.clone(),
            End::Subjects(id) => format!("the people of {}", map.asset(id).id),
        };
        let flow = map.flow(id);
        format!("the flow {} from {} to {}", flow.id, end(flow.from), end(flow.to))
    }

    fn declaration(&self, object: &Object, own: &OwnFact) -> Option<&Declaration> {
        let carrier = match object {
            Object::Entity(_) => Carrier::Entity,
            Object::Asset(_) => Carrier::Data,
            Object::Mechanism(_) => Carrier::Mechanism,
            _ => Carrier::Flow,
        };
        let mut declared = self.catalogue.declarations().iter();
        declared.find(|declared| declared.carrier == carrier && declared.own == *own)
    }

    /// The question of a fact that every map knows, as part of a sentence.
    fn core(&self, key: &FactKey) -> String {
        let fact = self.catalogue.id_of(key).map(|id| self.catalogue.fact(id));
        let ask = fact.map_or("", |fact| fact.ask.in_language("en"));
        let mut letters = ask.chars();
        let first = letters.next().map(|c| c.to_lowercase().to_string());
        format!("{}{}", first.unwrap_or_default(), letters.as_str())
    }

    fn mechanism(&self, name: &str) -> String {
        let fact = crate::fact::MechanismFact::from_word(name).map(FactKey::Mechanism);
        fact.map_or_else(String::new, |fact| self.core(&fact))
    }
}

/// A sentence that starts with a word of the question starts with a capital; one that starts with a name does not.
fn sentence(words: &str) -> String {
    match words.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => words.to_owned(),
    }
}

fn data_fact(key: &str) -> FactKey {
    FactKey::Data(DataFact::from_word(key).unwrap_or(DataFact::Personal))
}

fn flow_fact(key: &str) -> FactKey {
    FactKey::Flow(FlowFact::from_word(key).unwrap_or(FlowFact::Kind))
}
