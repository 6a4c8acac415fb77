//! The facts that every map knows: their types, and the questions that ask for them.

use crate::fact::{
    DataFact, FactKey, FactType, FlowFact, MechanismFact, OnwardFact, PartiesFact, Party, PartyFact, Value,
};
use crate::word::{
    Access, ArrangedBy, CollectedFrom, DataState, EntityKind, FlowKind, InitiatedBy, KeysHeldBy, LegalBasis,
    Protection, Purpose, Role,
};

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
pub(super) fn presumption(key: &FactKey) -> Option<Value> {
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

pub(super) fn core_facts() -> Vec<(FactKey, String, FactType, String)> {
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
                PartyFact::LegalPersonIn => (
                    FactType::Places,
                    format!("Where is the {party}'s legal person established (of a branch its company)?"),
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
