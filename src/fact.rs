//! The fact catalogue: every fact a rule may read, its type, its meaning and the question that asks for it.
//!
//! It holds no law and no values of a map. `law` checks rules against it, `judge` fills it.

mod known;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use crate::place::Gazetteer;
use crate::text::Text;
use crate::word::words;

pub use known::RELATIONS;
use known::{core_facts, presumption};
pub use value::{SetValue, Value};

/// Identifies a fact within one catalogue.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FactId(u16);

impl FactId {
    /// The position of the fact in [`Catalogue::facts`].
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What kind of value a fact takes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FactType {
    /// Yes or no.
    Bool,
    /// Exactly one of several words.
    Word(Vec<String>),
    /// A set of words, open (`None`) or out of a list.
    Words(Option<Vec<String>>),
    /// A set of places, never empty.
    Places,
    /// A number of things.
    Count,
    /// A day.
    Date,
}

impl FactType {
    /// The type in words, for error messages.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Bool => "true or false".to_owned(),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Words(Some(words)) => format!("a list of {}", words.join(", ")),
            Self::Words(None) => "a list of words".to_owned(),
            Self::Places => "places".to_owned(),
            Self::Count => "a number".to_owned(),
            Self::Date => "a day written YYYY-MM-DD".to_owned(),
        }
    }
}

words! {
    /// Whose facts these are, of the parties to a movement.
    pub enum Party {
        /// The operator of the flow's source, or who stands in its place.
        Exporter = "exporter",
        /// The operator of the flow's destination, or the party looking.
        Importer = "importer",
        /// The controller for whom the exporter acts.
        Principal = "principal",
    }

    /// A fact about a party.
    pub enum PartyFact {
        /// Where it is established.
        EstablishedIn = "established_in",
        /// Its principal place of business.
        DecidesFrom = "decides_from",
        /// Where it acts in this movement.
        LocatedIn = "located_in",
        /// Where its parents are established.
        ControlledFrom = "controlled_from",
        /// Where its legal person is established: of a branch its company, of others it itself.
        LegalPersonIn = "legal_person_in",
        /// What kind of legal person it is.
        Kind = "kind",
        /// Its role for this asset.
        Role = "role",
    }

    /// A fact about exporter and importer together.
    pub enum PartiesFact {
        /// One legal person.
        SameLegalPerson = "same_legal_person",
        /// One ultimate parent.
        SameGroup = "same_group",
    }

    /// A fact about the flow.
    pub enum FlowFact {
        /// How the data move.
        Kind = "kind",
        /// Where they were.
        FromPlace = "from_place",
        /// Where they land.
        ToPlace = "to_place",
        /// Whether the receiving side can read them.
        Access = "access",
        /// Purpose against collection.
        Purpose = "purpose",
        /// Who decided that collected data land there.
        ArrangedBy = "arranged_by",
        /// Who set it off.
        InitiatedBy = "initiated_by",
        /// Packets only pass.
        TransitOnly = "transit_only",
        /// Outside regular action.
        Occasional = "occasional",
        /// How the data are protected.
        Protection = "protection",
        /// Who can decrypt.
        KeysHeldBy = "keys_held_by",
        /// Times a day.
        PerDay = "per_day",
    }

    /// A fact about the data on the flow.
    pub enum DataFact {
        /// About an identifiable person.
        Personal = "personal",
        /// What the flows have made of it.
        State = "state",
        /// What it says.
        Categories = "categories",
        /// Where the persons are.
        SubjectsLocatedIn = "subjects_located_in",
        /// What they are to the controller.
        SubjectsRelation = "subjects_relation",
        /// Minors among them.
        Minors = "minors",
        /// How many.
        Count = "count",
        /// Where it was collected.
        CollectedIn = "collected_in",
        /// Where it, and all that was mixed in, was collected.
        Origins = "origins",
        /// From whom.
        CollectedFrom = "collected_from",
        /// What for.
        Purposes = "purposes",
        /// Why the processing is lawful.
        LegalBasis = "legal_basis",
    }

    /// A fact about where the data go after the importer.
    pub enum OnwardFact {
        /// They go on to a further party.
        Exists = "exists",
        /// Where to.
        Places = "places",
    }

    /// A fact of every mechanism.
    pub enum MechanismFact {
        /// When the parties signed.
        Signed = "signed",
        /// When it took effect.
        Effective = "effective",
        /// First day of validity.
        ValidFrom = "valid_from",
        /// Last day of validity.
        ValidUntil = "valid_until",
    }

    /// Which object of a map carries a fact that a pack declares.
    pub enum Carrier {
        /// A legal person.
        Entity = "entity",
        /// A data asset.
        Data = "data",
        /// A flow.
        Flow = "flow",
        /// A mechanism.
        Mechanism = "mechanism",
    }
}

/// What a fact is about, so that it can be computed and traced.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum FactKey {
    /// The day as of which the law is read.
    AsOf,
    /// A fact of a party.
    Party(Party, PartyFact),
    /// A fact of exporter and importer together.
    Parties(PartiesFact),
    /// A fact of the flow.
    Flow(FlowFact),
    /// A fact of the data.
    Data(DataFact),
    /// A fact of what follows the importer.
    Onward(OnwardFact),
    /// A fact of every mechanism.
    Mechanism(MechanismFact),
    /// A fact that a pack declares on entities, read through a party.
    OwnOfParty(Party, OwnFact),
    /// A fact that a pack declares on data, flows or mechanisms.
    Own(Carrier, OwnFact),
    /// A count that a pack declares.
    Count {
        /// The regime that counts.
        regime: String,
        /// The count.
        name: String,
    },
}

impl FactKey {
    /// The fact that a mechanism of a type, `<regime>/<stem>`, states under a name: one of every mechanism, or one that the
    /// regime declares.
    #[must_use]
    pub fn of_mechanism(kind: &str, name: &str) -> Self {
        let regime = kind.split_once('/').map_or("", |(regime, _)| regime);
        let own = || OwnFact {
            regime: regime.to_owned(),
            name: name.to_owned(),
        };
        MechanismFact::from_word(name).map_or_else(|| Self::Own(Carrier::Mechanism, own()), Self::Mechanism)
    }
}

/// The name of a fact that a pack declares.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct OwnFact {
    /// The regime that declares it.
    pub regime: String,
    /// Its name on the object that carries it.
    pub name: String,
}

/// One fact of the catalogue.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The name rules use: `exporter.established_in`.
    pub name: String,
    /// What it is about.
    pub key: FactKey,
    /// What values it takes.
    pub kind: FactType,
    /// The question that asks for it.
    pub ask: Text,
    /// Who would know.
    pub who: Option<String>,
    /// What is presumed where nothing is said, because hardly anybody would say it; shown whenever it matters.
    pub presume: Option<Value>,
}

impl Fact {
    /// Whether the fact differs between the mechanisms of one movement.
    #[must_use]
    pub fn is_of_mechanism(&self) -> bool {
        matches!(self.key, FactKey::Mechanism(_) | FactKey::Own(Carrier::Mechanism, _))
    }
}

/// A fact that a pack declares on an object of the map.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// Which object carries it.
    pub carrier: Carrier,
    /// Its name, with its regime.
    pub own: OwnFact,
    /// What values it takes.
    pub kind: FactType,
    /// The question that asks for it.
    pub ask: Text,
    /// Who would know.
    pub who: Option<String>,
    /// What is presumed where nothing is said.
    pub presume: Option<Value>,
}

/// Every fact that rules may read and maps may state, every place, every category word.
#[derive(Clone, Debug)]
pub struct Catalogue {
    facts: Vec<Fact>,
    by_name: BTreeMap<(String, String), FactId>,
    by_key: BTreeMap<FactKey, FactId>,
    declarations: Vec<Declaration>,
    gazetteer: Gazetteer,
    categories: BTreeSet<String>,
    mechanism_types: BTreeSet<String>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::new()
    }
}

impl Catalogue {
    /// The facts that every map knows, and the countries.
    #[must_use]
    pub fn new() -> Self {
        let mut catalogue = Self {
            facts: Vec::new(),
            by_name: BTreeMap::new(),
            by_key: BTreeMap::new(),
            declarations: Vec::new(),
            gazetteer: Gazetteer::countries(),
            categories: BTreeSet::new(),
            mechanism_types: BTreeSet::new(),
        };
        for (key, name, kind, ask) in core_facts() {
            catalogue.add(
                "",
                Fact {
                    name,
                    presume: presumption(&key),
                    key,
                    kind,
                    ask: Text::english(ask),
                    who: None,
                },
            );
        }
        catalogue
    }

    fn add(&mut self, regime: &str, fact: Fact) -> Option<FactId> {
        let id = FactId(u16::try_from(self.facts.len()).ok()?);
        self.by_name.insert((regime.to_owned(), fact.name.clone()), id);
        self.by_key.insert(fact.key.clone(), id);
        self.facts.push(fact);
        Some(id)
    }

    /// Adds a fact that a pack declares; `false` if its name is taken.
    pub fn declare(&mut self, declaration: Declaration) -> bool {
        let Declaration { carrier, own, .. } = &declaration;
        let readers: Vec<(String, FactKey)> = match carrier {
            Carrier::Entity => Party::ALL
                .iter()
                .map(|party| {
                    (
                        format!("{party}.{}", own.name),
                        FactKey::OwnOfParty(*party, own.clone()),
                    )
                })
                .collect(),
            _ => vec![(format!("{carrier}.{}", own.name), FactKey::Own(*carrier, own.clone()))],
        };
        if readers.iter().any(|(name, _)| self.find(&own.regime, name).is_some()) {
            return false;
        }
        for (name, key) in readers {
            let fact = Fact {
                name,
                key,
                kind: declaration.kind.clone(),
                ask: declaration.ask.clone(),
                who: declaration.who.clone(),
                presume: declaration.presume.clone(),
            };
            self.add(&declaration.own.regime, fact);
        }
        self.declarations.push(declaration);
        true
    }

    /// Adds a count that a pack declares; `false` if its name is taken.
    pub fn declare_count(&mut self, regime: &str, name: &str, ask: Text) -> bool {
        let full = format!("count.{name}");
        if self.find(regime, &full).is_some() {
            return false;
        }
        let fact = Fact {
            name: full,
            key: FactKey::Count {
                regime: regime.to_owned(),
                name: name.to_owned(),
            },
            kind: FactType::Count,
            ask,
            who: None,
            presume: None,
        };
        self.add(regime, fact).is_some()
    }

    /// The fact a rule of this regime means by a name.
    #[must_use]
    pub fn find(&self, regime: &str, name: &str) -> Option<FactId> {
        let key = |regime: &str| (regime.to_owned(), name.to_owned());
        self.by_name
            .get(&key(regime))
            .or_else(|| self.by_name.get(&key("")))
            .copied()
    }

    /// The fact about this.
    #[must_use]
    pub fn id_of(&self, key: &FactKey) -> Option<FactId> {
        self.by_key.get(key).copied()
    }

    /// The fact behind an id.
    #[must_use]
    pub fn fact(&self, id: FactId) -> &Fact {
        // INVARIANT: ids are handed out by this catalogue, which never shrinks.
        &self.facts[id.index()]
    }

    /// Every fact, by id.
    pub fn facts(&self) -> impl Iterator<Item = (FactId, &Fact)> {
        (0..).map(FactId).zip(&self.facts)
    }

    /// The names a rule of this regime may use.
    pub fn names(&self, regime: &str) -> impl Iterator<Item = &str> {
        self.by_name
            .keys()
            .filter(move |(of, _)| of.is_empty() || of == regime)
            .map(|(_, name)| name.as_str())
    }

    /// What packs declare on the objects of a map.
    #[must_use]
    pub fn declarations(&self) -> &[Declaration] {
        &self.declarations
    }

    /// Every place that may be named.
    #[must_use]
    pub fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// The places, to declare more.
    pub fn gazetteer_mut(&mut self) -> &mut Gazetteer {
        &mut self.gazetteer
    }

    /// The category words whose meaning is known.
    #[must_use]
    pub fn categories(&self) -> &BTreeSet<String> {
        &self.categories
    }

    /// Adds a category word.
    pub fn declare_category(&mut self, word: &str) {
        self.categories.insert(word.to_owned());
    }

    /// The types a mechanism of a map may have: `<regime>/<stem>`.
    #[must_use]
    pub fn mechanism_types(&self) -> &BTreeSet<String> {
        &self.mechanism_types
    }

    /// Whether facts or mechanisms of a regime are known, whether it is applied or not.
    pub(crate) fn knows_regime(&self, regime: &str) -> bool {
        let of_regime = |kind: &String| kind.split_once('/').is_some_and(|(of, _)| of == regime);
        let mut declared = self.declarations.iter();
        declared.any(|declaration| declaration.own.regime == regime) || self.mechanism_types.iter().any(of_regime)
    }

    /// Adds a type of mechanism.
    pub fn declare_mechanism(&mut self, kind: String) {
        self.mechanism_types.insert(kind);
    }
}
