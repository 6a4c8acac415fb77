//! What every object of a map is read against: the ids of the others, the settings, what packs declare.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::diagnostic::Code;
use crate::fact::{Carrier, Catalogue, Declaration};
use crate::load::decode::{Node, near};
use crate::load::map::ids::{Kind, Sections};
use crate::model::{AssetId, Controlled, End, EntityId, FlowId, NodeId, Setting};

/// So many likenesses are measured in one file before near matches are no longer looked for: a file with a million
/// mistyped ids is not helped by them.
const MOST_COMPARISONS: usize = 200_000;

/// Longer words have no near match: the time to measure a likeness grows with the product of their lengths.
const LONGEST_COMPARED: usize = 100;

/// The names of a regime's own facts on one carrier.
pub(super) type OwnNames<'c> = BTreeMap<&'c str, &'c Declaration>;

pub(super) struct Context<'c, 'a> {
    pub(super) catalogue: &'c Catalogue,
    sections: &'c Sections<'a>,
    settings: Option<&'c BTreeMap<String, Setting>>,
    own: BTreeMap<Carrier, BTreeMap<&'c str, OwnNames<'c>>>,
    comparisons: Cell<usize>,
}

impl<'c, 'a> Context<'c, 'a> {
    pub(super) fn new(catalogue: &'c Catalogue, sections: &'c Sections<'a>) -> Self {
        let mut own: BTreeMap<Carrier, BTreeMap<&str, OwnNames<'_>>> = BTreeMap::new();
        for declaration in catalogue.declarations() {
            own.entry(declaration.carrier)
                .or_default()
                .entry(&declaration.own.regime)
                .or_default()
                .insert(&declaration.own.name, declaration);
        }
        Self {
            catalogue,
            sections,
            settings: None,
            own,
            comparisons: Cell::new(0),
        }
    }

    pub(super) fn with_settings(self, settings: &'c BTreeMap<String, Setting>) -> Self {
        Self {
            settings: Some(settings),
            ..self
        }
    }

    /// What packs declare on a carrier, by regime.
    pub(super) fn own(&self, carrier: Carrier) -> impl Iterator<Item = (&'c str, &OwnNames<'c>)> {
        self.own
            .get(&carrier)
            .into_iter()
            .flatten()
            .map(|(regime, names)| (*regime, names))
    }

    /// What one regime declares on a carrier.
    pub(super) fn own_of(&self, carrier: Carrier, regime: &str) -> Option<&OwnNames<'c>> {
        self.own.get(&carrier)?.get(regime)
    }

    /// The other carrier on which a regime declares a fact.
    pub(super) fn carrier_of(&self, regime: &str, name: &str) -> Option<Carrier> {
        let mut carriers = self.own.iter();
        let found = carriers.find(|(_, regimes)| regimes.get(regime).is_some_and(|names| names.contains_key(name)));
        found.map(|(carrier, _)| *carrier)
    }

    /// The word to which a setting is set, if it is known.
    pub(super) fn word_of(&self, setting: &str) -> Option<&'c str> {
        self.settings?.get(setting)?.value.as_deref()
    }

    /// The setting that a value names.
    pub(super) fn setting(&self, node: &Node<'_>) -> Option<&'c Setting> {
        self.setting_called(node.text()?, node)
    }

    /// The setting with this id, which is reported at the node if there is none.
    pub(super) fn setting_called(&self, id: &str, node: &Node<'_>) -> Option<&'c Setting> {
        let setting = self.settings?.get(id);
        if setting.is_none() {
            self.report_unknown(node, id, &[Kind::Setting]);
        }
        setting
    }

    /// The entity that a value names.
    pub(super) fn entity(&self, node: &Node<'_>) -> Option<EntityId> {
        self.resolve(Kind::Entity, node).map(EntityId::at)
    }

    /// The asset that a value names.
    pub(super) fn asset(&self, node: &Node<'_>) -> Option<AssetId> {
        self.resolve(Kind::Asset, node).map(AssetId::at)
    }

    /// The flow that a value names.
    pub(super) fn flow(&self, node: &Node<'_>) -> Option<FlowId> {
        self.resolve(Kind::Flow, node).map(FlowId::at)
    }

    /// The end of a flow that a value names.
    pub(super) fn end(&self, node: &Node<'_>) -> Option<End> {
        let id = node.text()?;
        if let Some(index) = self.find(Kind::Node, id) {
            return Some(End::Node(NodeId::at(index)));
        }
        if let Some(index) = self.find(Kind::Asset, id) {
            return Some(End::Subjects(AssetId::at(index)));
        }
        self.report_unknown(node, id, &[Kind::Node, Kind::Asset]);
        None
    }

    /// What a value names as reached by a control edge.
    pub(super) fn controlled(&self, node: &Node<'_>) -> Option<Controlled> {
        let id = node.text()?;
        match (self.find(Kind::Node, id), self.find(Kind::Entity, id)) {
            (Some(index), None) => Some(Controlled::Node(NodeId::at(index))),
            (None, Some(index)) => Some(Controlled::Entity(EntityId::at(index))),
            (None, None) => {
                self.report_unknown(node, id, &[Kind::Node, Kind::Entity]);
                None
            }
            (Some(_), Some(_)) => {
                let message = format!("`{id}` is both a processor or storage node and an entity");
                node.report(Code::UnknownId, message, Some("rename one of them".to_owned()));
                None
            }
        }
    }

    /// Whether there is a source of this id, which is reported at the node if not.
    pub(super) fn knows_source(&self, node: &Node<'_>, id: &str) -> bool {
        let known = self.find(Kind::Source, id).is_some();
        if !known {
            self.report_unknown(node, id, &[Kind::Source]);
        }
        known
    }

    /// The position of the object that a value names.
    fn resolve(&self, kind: Kind, node: &Node<'_>) -> Option<usize> {
        let id = node.text()?;
        let index = self.find(kind, id);
        if index.is_none() {
            self.report_unknown(node, id, &[kind]);
        }
        index
    }

    fn find(&self, kind: Kind, id: &str) -> Option<usize> {
        let entries = self.sections.entries(kind);
        entries.binary_search_by(|entry| entry.id.as_str().cmp(id)).ok()
    }

    fn report_unknown(&self, node: &Node<'_>, id: &str, expected: &[Kind]) {
        let nouns: Vec<&str> = expected.iter().map(|kind| kind.noun()).collect();
        let message = format!("there is no {} `{}`", nouns.join(" or "), shortened(id));
        let ids = |kind: &Kind| self.sections.entries(*kind).iter().map(|entry| entry.id.as_str());
        let help = match Kind::ALL.into_iter().find(|kind| self.find(*kind, id).is_some()) {
            Some(other) => Some(format!("`{id}` is {}", other.phrase())),
            None => self
                .near(id, expected.iter().flat_map(ids).collect())
                .map(|near| format!("did you mean `{near}`?")),
        };
        node.report(Code::UnknownId, message, help);
    }

    /// The candidate that a mistyped word most likely meant, as long as looking for it stays cheap.
    pub(super) fn near<'w>(&self, word: &str, candidates: Vec<&'w str>) -> Option<&'w str> {
        if !self.may_compare(candidates.len()) || word.len() > LONGEST_COMPARED {
            return None;
        }
        near(
            word,
            candidates
                .into_iter()
                .filter(|candidate| candidate.len() <= LONGEST_COMPARED),
        )
    }

    /// Whether so many more likenesses may be measured; counts them.
    pub(super) fn may_compare(&self, more: usize) -> bool {
        let all = self.comparisons.get().saturating_add(more);
        self.comparisons.set(all);
        all <= MOST_COMPARISONS
    }
}

/// The beginning of a text, for a message.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
