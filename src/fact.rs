//! The fact catalogue: every fact a rule may read, its type, its meaning and the question that asks for it.
//!
//! It holds no law and no values of a map. `law` checks rules against it, `judge` fills it.

use std::collections::{BTreeMap, BTreeSet};

use crate::date::Date;
use crate::place::{Gazetteer, Place};
use crate::text::Text;
use crate::word::{
    Access, ArrangedBy, CollectedFrom, DataState, EntityKind, FlowKind, InitiatedBy, KeysHeldBy, LegalBasis,
    Protection, Purpose, Role, words,
};

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

    /// Adds a type of mechanism.
    pub fn declare_mechanism(&mut self, kind: String) {
        self.mechanism_types.insert(kind);
    }
}

/// What a map says, or what follows from it, of one fact.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum Value {
    /// Not known.
    #[default]
    Unknown,
    /// A date that is known never to have happened.
    Never,
    /// Yes or no.
    Bool(bool),
    /// Exactly one of these words; several where it is not known which.
    Word(BTreeSet<String>),
    /// A set of words.
    Words(SetValue<String>),
    /// A set of places, never empty.
    Places(SetValue<Place>),
    /// A number between two bounds, both included; no upper bound where there is none.
    Count {
        /// At least so many.
        least: u64,
        /// At most so many.
        most: Option<u64>,
    },
    /// A day.
    Date(Date),
}

/// A set of which some members are certain and others possible.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct SetValue<T: Ord> {
    /// Members for certain.
    pub must: BTreeSet<T>,
    /// Possible members, the certain ones included; `None` where anything may be.
    pub may: Option<BTreeSet<T>>,
}

impl<T: Ord + Clone> SetValue<T> {
    /// A set known completely.
    #[must_use]
    pub fn exactly(members: BTreeSet<T>) -> Self {
        Self {
            may: Some(members.clone()),
            must: members,
        }
    }

    /// A set that is one of two.
    #[must_use]
    pub fn either(&self, other: &Self) -> Self {
        Self {
            must: self.must.intersection(&other.must).cloned().collect(),
            may: match (&self.may, &other.may) {
                (Some(a), Some(b)) => Some(a.union(b).cloned().collect()),
                _ => None,
            },
        }
    }

    /// The members if they are known completely.
    #[must_use]
    pub fn known(&self) -> Option<&BTreeSet<T>> {
        (self.may.as_ref() == Some(&self.must)).then_some(&self.must)
    }
}

impl Value {
    /// One word.
    #[must_use]
    pub fn word(word: &str) -> Self {
        Self::Word(BTreeSet::from([word.to_owned()]))
    }

    /// Places known completely; unknown if there is none.
    #[must_use]
    pub fn places(places: impl IntoIterator<Item = Place>) -> Self {
        let places: BTreeSet<Place> = places.into_iter().collect();
        if places.is_empty() {
            return Self::Unknown;
        }
        Self::Places(SetValue::exactly(places))
    }

    /// A number known exactly.
    #[must_use]
    pub fn count(number: u64) -> Self {
        Self::Count {
            least: number,
            most: Some(number),
        }
    }

    /// A value that is one of two.
    #[must_use]
    pub fn either(&self, other: &Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a.clone(),
            (Self::Word(a), Self::Word(b)) => Self::Word(a.union(b).cloned().collect()),
            (Self::Words(a), Self::Words(b)) => Self::Words(a.either(b)),
            (Self::Places(a), Self::Places(b)) => Self::Places(a.either(b)),
            (
                Self::Count { least, most },
                Self::Count {
                    least: least_b,
                    most: most_b,
                },
            ) => Self::Count {
                least: *least.min(least_b),
                most: most.zip(*most_b).map(|(a, b)| a.max(b)),
            },
            _ => Self::Unknown,
        }
    }

    /// Whether nothing is left open.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Never | Self::Bool(_) | Self::Date(_) => true,
            Self::Word(words) => words.len() == 1,
            Self::Words(set) => set.known().is_some(),
            Self::Places(set) => set.known().is_some(),
            Self::Count { least, most } => *most == Some(*least),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        fn list<T: std::fmt::Display>(items: &BTreeSet<T>, between: &str) -> String {
            let words: Vec<String> = items.iter().map(ToString::to_string).collect();
            words.join(between)
        }
        fn set<T: std::fmt::Display + Ord + Clone>(value: &SetValue<T>) -> String {
            match (value.known(), &value.may) {
                (Some(members), _) if members.is_empty() => "none".to_owned(),
                (Some(members), _) => list(members, ", "),
                (None, Some(may)) if value.must.is_empty() => list(may, " or "),
                (None, Some(may)) => {
                    let maybe = may.difference(&value.must).map(ToString::to_string).collect();
                    format!("{}, perhaps {}", list(&value.must, ", "), list::<String>(&maybe, ", "))
                }
                (None, None) if value.must.is_empty() => "unknown".to_owned(),
                (None, None) => format!("{}, perhaps more", list(&value.must, ", ")),
            }
        }
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Never => f.write_str("none"),
            Self::Bool(true) => f.write_str("yes"),
            Self::Bool(false) => f.write_str("no"),
            Self::Word(words) => f.write_str(&list(words, " or ")),
            Self::Words(words) => f.write_str(&set(words)),
            Self::Places(places) => f.write_str(&set(places)),
            Self::Count { least, most: None } => write!(f, "{least} or more"),
            Self::Count {
                least,
                most: Some(most),
            } if least == most => write!(f, "{least}"),
            Self::Count {
                least,
                most: Some(most),
            } => write!(f, "{least} to {most}"),
            Self::Date(date) => date.fmt(f),
        }
    }
}

/// What the people in a data set are to the controller.
pub const RELATIONS: &[&str] = &[
    "employee",
    "customer",
    "prospect",
    "patient",
    "student",
    "member",
    "visitor",
    "supplier_contact",
    "other",
];

fn one_of(words: &[&str]) -> FactType {
    FactType::Word(words.iter().map(|word| (*word).to_owned()).collect())
}

/// What hardly any map says, because it goes without saying.
fn presumption(key: &FactKey) -> Option<Value> {
    let words = |words: &[&str]| Some(Value::Word(words.iter().map(|word| (*word).to_owned()).collect()));
    match key {
        FactKey::Party(_, PartyFact::Kind) => words(&[EntityKind::Company.as_str(), EntityKind::Branch.as_str()]),
        FactKey::Flow(FlowFact::InitiatedBy) => words(&[
            InitiatedBy::Exporter.as_str(),
            InitiatedBy::Importer.as_str(),
            InitiatedBy::DataSubject.as_str(),
            InitiatedBy::Authority.as_str(),
        ]),
        FactKey::Flow(FlowFact::TransitOnly) => Some(Value::Bool(false)),
        _ => None,
    }
}

fn core_facts() -> Vec<(FactKey, String, FactType, String)> {
    let mut facts = vec![(
        FactKey::AsOf,
        "as_of".to_owned(),
        FactType::Date,
        "As of which day is the law to be read?".to_owned(),
    )];
    for party in Party::ALL {
        for fact in PartyFact::ALL {
            let (kind, ask) = match fact {
                PartyFact::EstablishedIn => (FactType::Places, format!("In which places is the {party} established?")),
                PartyFact::DecidesFrom => (
                    FactType::Places,
                    format!("Where is the {party}'s principal place of business?"),
                ),
                PartyFact::LocatedIn => (
                    FactType::Places,
                    format!("Where does the {party} act in this movement?"),
                ),
                PartyFact::ControlledFrom => (
                    FactType::Places,
                    format!("Where are the {party}'s parents established?"),
                ),
                PartyFact::Kind => (
                    one_of(EntityKind::WORDS),
                    format!("What kind of legal person is the {party}?"),
                ),
                PartyFact::Role => (
                    one_of(Role::WORDS),
                    format!("Does the {party} decide on purposes and means, or act for somebody who does?"),
                ),
            };
            facts.push((FactKey::Party(*party, *fact), format!("{party}.{fact}"), kind, ask));
        }
    }
    for fact in PartiesFact::ALL {
        let ask = match fact {
            PartiesFact::SameLegalPerson => "Are exporter and importer one legal person?",
            PartiesFact::SameGroup => "Do exporter and importer belong to one group?",
        };
        facts.push((
            FactKey::Parties(*fact),
            format!("parties.{fact}"),
            FactType::Bool,
            ask.to_owned(),
        ));
    }
    for fact in FlowFact::ALL {
        let (kind, ask) = match fact {
            FlowFact::Kind => (
                one_of(FlowKind::WORDS),
                "How do the data move, or how are they made available?",
            ),
            FlowFact::FromPlace => (FactType::Places, "Where do the data lie before they move?"),
            FlowFact::ToPlace => (
                FactType::Places,
                "Where do the data land, or where does the person sit who looks at them?",
            ),
            FlowFact::Access => (
                one_of(Access::WORDS),
                "Can the receiving side read the data, and does it?",
            ),
            FlowFact::Purpose => (
                one_of(Purpose::WORDS),
                "Is the purpose the one for which the data were collected, a related one, or a new one?",
            ),
            FlowFact::ArrangedBy => (
                one_of(ArrangedBy::WORDS),
                "Who decided that the collected data land there?",
            ),
            FlowFact::InitiatedBy => (one_of(InitiatedBy::WORDS), "Who sets the flow off?"),
            FlowFact::TransitOnly => (
                FactType::Bool,
                "Do the data only pass, without anybody there being a party?",
            ),
            FlowFact::Occasional => (FactType::Bool, "Is the flow occasional, outside regular action?"),
            FlowFact::Protection => (
                one_of(Protection::WORDS),
                "How are the data protected from the receiving side?",
            ),
            FlowFact::KeysHeldBy => (
                one_of(KeysHeldBy::WORDS),
                "Who can decrypt what the destination stores?",
            ),
            FlowFact::PerDay => (FactType::Count, "How often a day does the flow run?"),
        };
        facts.push((FactKey::Flow(*fact), format!("flow.{fact}"), kind, ask.to_owned()));
    }
    for fact in DataFact::ALL {
        let (kind, ask) = match fact {
            DataFact::Personal => (FactType::Bool, "Are the data about identifiable persons?"),
            DataFact::State => (
                one_of(DataState::WORDS),
                "In what state are the data: clear, pseudonymised, anonymised, encrypted?",
            ),
            DataFact::Categories => (FactType::Words(None), "What do the data say about the persons?"),
            DataFact::SubjectsLocatedIn => (FactType::Places, "Where are the persons concerned?"),
            DataFact::SubjectsRelation => (
                FactType::Words(Some(RELATIONS.iter().map(|w| (*w).to_owned()).collect())),
                "What are the persons to the controller?",
            ),
            DataFact::Minors => (FactType::Bool, "Are there minors among the persons?"),
            DataFact::Count => (FactType::Count, "How many persons are concerned?"),
            DataFact::CollectedIn => (FactType::Places, "Where were the data collected?"),
            DataFact::Origins => (
                FactType::Places,
                "Where were the data, and everything mixed into them, collected?",
            ),
            DataFact::CollectedFrom => (
                one_of(CollectedFrom::WORDS),
                "Were the data collected from the persons themselves?",
            ),
            DataFact::Purposes => (FactType::Words(None), "For which purposes were the data collected?"),
            DataFact::LegalBasis => (
                one_of(LegalBasis::WORDS),
                "On which legal basis are the data processed?",
            ),
        };
        facts.push((FactKey::Data(*fact), format!("data.{fact}"), kind, ask.to_owned()));
    }
    for fact in OnwardFact::ALL {
        let (kind, ask) = match fact {
            OnwardFact::Exists => (FactType::Bool, "Does the importer pass the data on?"),
            OnwardFact::Places => (FactType::Places, "Where does the importer pass the data on to?"),
        };
        facts.push((FactKey::Onward(*fact), format!("onward.{fact}"), kind, ask.to_owned()));
    }
    for fact in MechanismFact::ALL {
        let ask = match fact {
            MechanismFact::Signed => "When did both parties sign?",
            MechanismFact::Effective => "When did it take effect?",
            MechanismFact::ValidFrom => "From which day is it valid?",
            MechanismFact::ValidUntil => "Until which day is it valid?",
        };
        facts.push((
            FactKey::Mechanism(*fact),
            format!("mechanism.{fact}"),
            FactType::Date,
            ask.to_owned(),
        ));
    }
    facts
}
