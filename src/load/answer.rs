//! What kind of answer a place in a map takes: from the table of the format, or from the type of a fact.

use crate::fact::FactType;
use crate::load::map::format::{
    ASSET, CONTROL, ENTITY, FLOW, Format, MECHANISM, NODE, SETTING, SUBJECTS, Shape, TRANSFORMS,
};
use crate::word::words;

words! {
    /// What kind of value answers a question.
    pub enum AnswerKind {
        /// `true` or `false`.
        YesNo = "yes_no",
        /// One of several words.
        Word = "word",
        /// A list of words, or `none`.
        Words = "words",
        /// A day.
        Day = "day",
        /// A day, or `none` if it never came.
        DayOrNone = "day_or_none",
        /// A whole number from 0.
        Number = "number",
        /// A place, or an object with `one_of`, `all_of` or `cloud`.
        Place = "place",
        /// A place, or a list of places.
        Places = "places",
        /// The id of an entity.
        Entity = "entity",
        /// The id of an entity, or `none`.
        EntityOrNone = "entity_or_none",
        /// A list of ids of assets, or `none`.
        Assets = "assets",
        /// Free text.
        Text = "text",
    }
}

/// What can be answered: the kind, and the words where they are few and known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Answerable {
    pub(crate) kind: AnswerKind,
    pub(crate) choices: Vec<String>,
}

impl Answerable {
    pub(crate) fn plain(kind: AnswerKind) -> Self {
        let choices = Vec::new();
        Self { kind, choices }
    }

    pub(crate) fn word<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        Self {
            kind: AnswerKind::Word,
            choices: words.into_iter().map(str::to_owned).collect(),
        }
    }
}

/// The object of a map on which a key stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Holder {
    Entity,
    Asset,
    People,
    Node,
    Flow,
    Transforms,
    Control,
    Mechanism,
    Setting,
}

impl Holder {
    fn format(self) -> &'static Format {
        match self {
            Self::Entity => &ENTITY,
            Self::Asset => &ASSET,
            Self::People => &SUBJECTS,
            Self::Node => &NODE,
            Self::Flow => &FLOW,
            Self::Transforms => &TRANSFORMS,
            Self::Control => &CONTROL,
            Self::Mechanism => &MECHANISM,
            Self::Setting => &SETTING,
        }
    }

    /// What the format takes under a key.
    pub(crate) fn takes(self, key: &str) -> Answerable {
        let shape = self.format().keys.iter().find(|known| known.name == key);
        let kind = match shape.map(|key| &key.shape) {
            Some(Shape::Word(words)) => return Answerable::word(words.iter().copied()),
            Some(Shape::Bool) => AnswerKind::YesNo,
            Some(Shape::Count | Shape::Percent) => AnswerKind::Number,
            Some(Shape::Date) => AnswerKind::Day,
            Some(Shape::DateOrNone) => AnswerKind::DayOrNone,
            Some(Shape::Texts | Shape::Categories) => AnswerKind::Words,
            Some(Shape::Places) => AnswerKind::Places,
            Some(Shape::Location) => AnswerKind::Place,
            Some(Shape::Id | Shape::IdBySetting(_)) => AnswerKind::Entity,
            Some(Shape::IdOrNone | Shape::IdOrObject(_)) => AnswerKind::EntityOrNone,
            Some(Shape::Ids) => AnswerKind::Assets,
            Some(Shape::SettingWord) => AnswerKind::Word,
            _ => AnswerKind::Text,
        };
        Answerable::plain(kind)
    }
}

impl From<&FactType> for Answerable {
    fn from(kind: &FactType) -> Self {
        match kind {
            FactType::Bool => Self::plain(AnswerKind::YesNo),
            FactType::Word(words) => Self::word(words.iter().map(String::as_str)),
            FactType::Words(words) => Self {
                kind: AnswerKind::Words,
                choices: words.clone().unwrap_or_default(),
            },
            FactType::Places => Self::plain(AnswerKind::Places),
            FactType::Count => Self::plain(AnswerKind::Number),
            FactType::Date => Self::plain(AnswerKind::DayOrNone),
        }
    }
}
