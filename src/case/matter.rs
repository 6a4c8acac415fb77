//! What a case puts before the law: bare facts of one movement, or a small map.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::assess::combined::{Combined, combined};
use crate::assess::judging::Prepared;
use crate::assess::verdict::{Verdict, Words};
use crate::assess::{Options, assess};
use crate::date::Date;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::fact::{Catalogue, DataFact, FactKey, Party, PartyFact, Value};
use crate::judge::explain::judge;
use crate::judge::table::{Held, Instance, Table};
use crate::judge::view::View;
use crate::law::Law;
use crate::law::in_force::{InForce, Readings};
use crate::law::pack::ReplacedBy;
use crate::load::decode::{Node, did_you_mean, near};
use crate::load::decode_map;
use crate::load::value;
use crate::locate::locator::Locator;
use crate::model::Map;
use crate::truth::Truth;
use crate::word::{EntityKind, Role};

/// What is to be judged.
pub(super) enum Matter {
    /// One movement of which these facts are known.
    Facts {
        /// One row.
        table: Box<Table>,
        as_of: Date,
    },
    /// A map.
    Map(Box<Map>),
}

/// One movement with what the law says of it.
pub(super) struct Heard {
    /// Nothing for bare facts.
    pub(super) flow: String,
    pub(super) asset: String,
    /// One a layer of a regime.
    pub(super) verdicts: Vec<Arc<Verdict>>,
    pub(super) combined: Vec<Combined>,
}

impl Heard {
    /// Whether it is the movement, or of the flow, that a case names.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.flow == name || format!("{}/{}", self.flow, self.asset) == name
    }
}

impl Matter {
    /// The bare facts of a case of a regime.
    pub(super) fn of_facts(node: &Node<'_>, regime: &str, law: &Law) -> Option<Self> {
        let object = node.any_object()?;
        let catalogue = law.catalogue();
        let mut table = Table::new(1);
        let mut as_of = None;
        for (name, node) in &object.entries {
            if name == "mechanisms" {
                mechanisms(node, regime, law, &mut table);
                continue;
            }
            let Some(fact) = catalogue.find(regime, name) else {
                unknown_fact(node, name, catalogue.names(regime));
                continue;
            };
            let Some(read) = value::value(node, &catalogue.fact(fact).kind, catalogue.gazetteer()) else {
                continue;
            };
            if let (FactKey::AsOf, Value::Date(date)) = (&catalogue.fact(fact).key, &read) {
                as_of = Some(*date);
            }
            table.set(fact, 0, familiar(law, &catalogue.fact(fact).key, read));
        }
        let Some(as_of) = as_of else {
            object.required("as_of");
            return None;
        };
        own_legal_persons(&mut table, catalogue);
        // Whoever stands in a party's place is described as the principal.
        for (fact, definition) in catalogue.facts() {
            let principal = match &definition.key {
                FactKey::Party(Party::Exporter, of) => FactKey::Party(Party::Principal, *of),
                FactKey::OwnOfParty(Party::Exporter, own) => FactKey::OwnOfParty(Party::Principal, own.clone()),
                _ => continue,
            };
            if let Some(principal) = catalogue.id_of(&principal) {
                if definition.key == FactKey::Party(Party::Exporter, PartyFact::Role)
                    && table.value(principal, 0) == &Value::Unknown
                {
                    // Whoever it is, it decides on purposes and means.
                    let controllers = [Role::Controller, Role::JointController].map(|role| role.as_str().to_owned());
                    table.set(principal, 0, Value::Word(controllers.into()));
                }
                let column = table
                    .column(principal)
                    .cloned()
                    .unwrap_or_else(|| vec![Default::default(); 1]);
                for by in ReplacedBy::ALL {
                    table.set_stand_in(*by, fact, column.clone());
                }
            }
        }
        Some(Self::Facts {
            table: Box::new(table),
            as_of,
        })
    }

    /// The small map of a case.
    pub(super) fn of_map(node: &Node<'_>, law: &Law) -> Option<Self> {
        Some(Self::Map(Box::new(decode_map(node, law.catalogue(), &Locator::new())?)))
    }

    /// The day of judgement.
    pub(super) fn as_of(&self) -> Option<Date> {
        match self {
            Self::Facts { as_of, .. } => Some(*as_of),
            Self::Map(map) => map.as_of,
        }
    }

    /// What every layer of every regime says.
    pub(super) fn judged(&self, law: &Law, readings: &Readings) -> Result<Vec<Heard>, Error> {
        match self {
            Self::Facts { table, as_of } => Ok(vec![judged_facts(table, *as_of, law, readings)]),
            Self::Map(map) => {
                let mut options = Options::new();
                for ((regime, point), option) in readings {
                    options = options.reading(regime, point, option);
                }
                let movements = assess(map, law, &options)?.movements.into_iter();
                let heard = movements.map(|movement| Heard {
                    flow: movement.flow,
                    asset: movement.asset,
                    verdicts: movement.verdicts.into_iter().map(|judged| judged.verdict).collect(),
                    combined: movement.combined,
                });
                Ok(heard.collect())
            }
        }
    }

    /// The law of a day and the facts as they are on it, with what goes without saying.
    pub(super) fn on(&self, day: Date, law: &Law, readings: &Readings) -> (InForce, Table) {
        match self {
            Self::Facts { table, .. } => {
                let mut table = table.presuming(law.catalogue());
                if let Some(fact) = law.catalogue().id_of(&FactKey::AsOf) {
                    table.set(fact, 0, Value::Date(day));
                }
                (law.as_of(day, readings), table)
            }
            Self::Map(map) => {
                let prepared = Prepared::new(map, law, day, readings);
                (prepared.in_force, prepared.presuming)
            }
        }
    }
}

fn judged_facts(table: &Table, as_of: Date, law: &Law, readings: &Readings) -> Heard {
    let mut verdicts = Vec::new();
    let presuming = table.presuming(law.catalogue());
    for regime in &law.as_of(as_of, readings).regimes {
        let presumed = View::new(&presuming, regime);
        for layer in &regime.layers {
            let words = Words {
                catalogue: law.catalogue(),
                pack: &law.packs()[regime.pack],
                regime,
                layer,
                readings,
                table,
            };
            verdicts.push(Arc::new(words.verdict(&judge(regime, layer, presumed.row(0)))));
        }
    }
    let of_all: Vec<&Verdict> = verdicts.iter().map(Arc::as_ref).collect();
    Heard {
        flow: String::new(),
        asset: String::new(),
        combined: law
            .packs()
            .iter()
            .filter_map(|pack| combined(&pack.id, &of_all))
            .collect(),
        verdicts,
    }
}

/// Who is not said to be a branch is its own legal person.
fn own_legal_persons(table: &mut Table, catalogue: &Catalogue) {
    for party in Party::ALL {
        let of = |fact| catalogue.id_of(&FactKey::Party(*party, fact));
        let (Some(kind), Some(established), Some(person)) = (
            of(PartyFact::Kind),
            of(PartyFact::EstablishedIn),
            of(PartyFact::LegalPersonIn),
        ) else {
            continue;
        };
        if table.value(person, 0) == &Value::Unknown
            && table.value(kind, 0) != &Value::word(EntityKind::Branch.as_str())
        {
            table.set(person, 0, table.value(established, 0).clone());
        }
    }
}

/// Words that no vocabulary knows may mean anything.
fn familiar(law: &Law, key: &FactKey, value: Value) -> Value {
    match (key, value) {
        (FactKey::Data(DataFact::Categories), Value::Words(mut set)) => {
            if !set.must.is_subset(law.catalogue().categories()) {
                set.may = None;
            }
            Value::Words(set)
        }
        (_, value) => value,
    }
}

fn unknown_fact<'n>(node: &Node<'_>, name: &str, names: impl Iterator<Item = &'n str>) {
    let help = did_you_mean(near(name, names));
    let message = format!("there is no fact `{name}`");
    node.problems().report_key(Code::UnknownFact, &node.path, message, help);
}

/// The mechanisms that are held beside bare facts.
fn mechanisms(node: &Node<'_>, regime: &str, law: &Law, table: &mut Table) {
    let catalogue = law.catalogue();
    for (index, item) in node.list().unwrap_or_default().iter().enumerate() {
        let Some(object) = item.any_object() else { continue };
        let Some(stem) = object.required("type").and_then(Node::text) else {
            continue;
        };
        let kind = if stem.contains('/') {
            stem.to_owned()
        } else {
            format!("{regime}/{stem}")
        };
        if !catalogue.mechanism_types().contains(&kind) {
            let help = near(&kind, catalogue.mechanism_types().iter().map(String::as_str));
            let help = did_you_mean(help);
            item.report(Code::UnknownRule, format!("there is no mechanism `{kind}`"), help);
            continue;
        }
        let mut facts = BTreeMap::new();
        for (name, node) in object.entries.iter().filter(|(name, _)| name != "type" && name != "id") {
            let full = format!("mechanism.{}", name.strip_prefix("mechanism.").unwrap_or(name));
            let Some(fact) = catalogue.find(regime, &full) else {
                let names = catalogue.names(regime);
                unknown_fact(node, &full, names.filter(|name| name.starts_with("mechanism.")));
                continue;
            };
            if let Some(value) = value::value(node, &catalogue.fact(fact).kind, catalogue.gazetteer()) {
                facts.insert(fact, value);
            }
        }
        let instance = table.add_instance(Instance {
            id: format!("mechanism {}", index + 1),
            kind,
            facts,
        });
        table.hold(
            0,
            Held {
                instance,
                reaches: Truth::True,
            },
        );
    }
}
