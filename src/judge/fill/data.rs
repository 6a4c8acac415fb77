//! The facts of the data of a movement: of its asset in the form in which it travels, and of what was mixed into it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::fact::{Carrier, DataFact, FactId, FactKey, SetValue, Value};
use crate::graph::lineage::Form;
use crate::judge::movement::{Edge, Movement};
use crate::judge::table::{People, ValueId};
use crate::model::{Asset, AssetId};
use crate::word::DataState;

use super::{Filler, either_said, places, truth_of, word, words_of};

/// The assets that were mixed in, for certain and perhaps.
pub(super) type Mixed = (BTreeSet<AssetId>, BTreeSet<AssetId>);

impl Filler<'_, '_> {
    pub(super) fn data_facts(&mut self, row: usize, movement: &Movement) {
        let carried = movement.carried;
        let key = (carried, self.mixed(movement));
        if !self.data.contains_key(&key) {
            let facts = self.all_data_values(carried.asset, self.movements.lineage.form(carried.form), &key.1);
            let ids: Vec<(FactId, ValueId)> = facts
                .into_iter()
                .map(|(fact, value)| (fact, self.table.intern(value)))
                .collect();
            self.data.insert(key.clone(), ids);
        }
        for (fact, id) in self.data.get(&key).cloned().unwrap_or_default() {
            self.put_id(row, fact, id);
        }
        let mut origins = match movement.edge {
            Edge::Flow(flow) => self.movements.lineage.origins(flow, carried.asset),
            Edge::Access(_) => {
                let known = self.map.asset(carried.asset).collected_in.clone();
                SetValue {
                    must: known.unwrap_or_default(),
                    may: None,
                }
            }
        };
        let (_, possible) = &key.1;
        for other in possible {
            origins.may = match (origins.may, &self.map.asset(*other).collected_in) {
                (Some(may), Some(further)) => Some(may.union(further).copied().collect()),
                _ => None,
            };
        }
        if !(origins.must.is_empty() && origins.may.as_ref().is_none_or(BTreeSet::is_empty)) {
            self.put(row, &FactKey::Data(DataFact::Origins), Value::Places(origins));
        }
    }

    /// The people whose data move; `None` where they are not known, or it is not known whether others are among them.
    pub(super) fn people(&mut self, movement: &Movement) -> Option<Arc<[People]>> {
        let mixed = self.mixed(movement);
        let asset = movement.carried.asset;
        if let Some(known) = self.people.get(&(asset, mixed.clone())) {
            return known.clone();
        }
        let (certain, possible) = &mixed;
        let assets = certain.iter().chain([&asset]);
        let mut people: Option<Vec<People>> = assets
            .map(|asset| people(self.map.asset(*asset)))
            .collect::<Option<Vec<_>>>()
            .map(|of_assets| of_assets.into_iter().flatten().collect());
        if certain != possible {
            people = None;
        }
        let people: Option<Arc<[People]>> = people.map(Into::into);
        self.people.insert((asset, mixed), people.clone());
        people
    }

    fn mixed(&self, movement: &Movement) -> Mixed {
        let asset = movement.carried.asset;
        let lineage = &self.movements.lineage;
        let mut mixed = match movement.edge {
            Edge::Flow(flow) => lineage.mixed_in(flow, asset),
            Edge::Access(access) => lineage.mixed_at(self.movements.accesses[access].node, asset),
        };
        mixed.must.remove(&asset);
        let mut possible = mixed.may.unwrap_or_default();
        // What was mixed into them before comes with them.
        let mut open: Vec<AssetId> = possible.iter().copied().collect();
        while let Some(other) = open.pop() {
            let before = lineage.mixed_in_before(other).into_iter();
            open.extend(before.filter(|further| possible.insert(*further)));
        }
        possible.remove(&asset);
        (mixed.must, possible)
    }

    /// The facts of an asset together with those of what was mixed into it.
    fn all_data_values(&self, asset: AssetId, form: &Form, (certain, possible): &Mixed) -> Vec<(FactId, Value)> {
        let mut values = self.data_values(self.map.asset(asset), form);
        for other in possible {
            let others = self.values_when_mixed_in(*other);
            let certain = certain.contains(other);
            let facts: BTreeSet<FactId> = values.iter().chain(&others).map(|(fact, _)| *fact).collect();
            let of = |values: &[(FactId, Value)], fact| {
                let found = values.iter().find(|(of, _)| *of == fact);
                found.map_or(Value::Unknown, |(_, value)| value.clone())
            };
            let joined = facts.into_iter().map(|fact| {
                let (own, other) = (of(&values, fact), of(&others, fact));
                let definition = self.catalogue.fact(fact);
                let one_of = |a: &Value, b: &Value| either_said(a, b, definition.presume.as_ref());
                let both = match &definition.key {
                    FactKey::Data(DataFact::State) => weakest(&own, &other),
                    FactKey::Data(_) => together(&own, &other),
                    // What only one law asks for may be a yes that both must say.
                    _ => one_of(&own, &other),
                };
                (fact, if certain { both } else { one_of(&own, &both) })
            });
            values = joined.collect();
        }
        values
    }

    /// The facts of an asset that is mixed into others, in whichever form it is then.
    fn values_when_mixed_in(&self, asset: AssetId) -> Vec<(FactId, Value)> {
        let lineage = &self.movements.lineage;
        let in_form = |form| self.data_values(self.map.asset(asset), lineage.form(form));
        let in_forms = lineage.forms_mixed_in(asset).into_iter().map(in_form);
        // An asset has the same facts in every form, in the same order.
        let either = |a: Vec<(FactId, Value)>, b: Vec<(FactId, Value)>| {
            let pairs = a.into_iter().zip(b);
            pairs.map(|((fact, a), (_, b))| (fact, a.either(&b))).collect()
        };
        in_forms.reduce(either).unwrap_or_default()
    }

    fn data_values(&self, asset: &Asset, form: &Form) -> Vec<(FactId, Value)> {
        let anonymised = form.state == Some(DataState::Anonymised);
        let personal = match (asset.personal, &asset.subjects) {
            _ if anonymised => Some(false),
            (Some(stated), _) => Some(stated),
            // Data with people behind them are about people.
            (None, Some(subjects)) => Some(!subjects.is_empty()),
            (None, None) => None,
        };
        let state = match (form.state, personal) {
            (Some(state), _) => Value::word(state.as_str()),
            // Data about identifiable people are in any state but anonymised.
            (None, Some(true)) => words_of(&[
                DataState::Clear.as_str(),
                DataState::Pseudonymised.as_str(),
                DataState::Encrypted.as_str(),
            ]),
            (None, _) => Value::Unknown,
        };
        let categories = asset.categories.as_ref().map_or(Value::Unknown, |all| {
            let left: BTreeSet<String> = all.difference(&form.dropped).cloned().collect();
            let familiar = left.is_subset(self.catalogue.categories());
            Value::Words(SetValue {
                may: familiar.then(|| left.clone()),
                must: left,
            })
        });
        let subjects = asset.subjects.as_deref();
        let stated = |fact| {
            Some(match fact {
                DataFact::Personal => truth_of(personal),
                DataFact::State => state.clone(),
                DataFact::Categories => categories.clone(),
                DataFact::SubjectsLocatedIn => subjects_located_in(asset),
                DataFact::SubjectsRelation => relations(asset),
                DataFact::Minors => minors(asset),
                DataFact::Count => subjects.map_or(Value::Unknown, |groups| {
                    let counts = || groups.iter().map(|group| group.count);
                    Value::Count {
                        least: counts().flatten().max().unwrap_or(0),
                        most: counts().try_fold(0_u64, |sum, count| Some(sum.saturating_add(count?))),
                    }
                }),
                DataFact::CollectedIn => places(asset.collected_in.as_ref()),
                DataFact::CollectedFrom => word(asset.collected_from.map(|from| from.as_str())),
                DataFact::Purposes => asset
                    .purposes
                    .clone()
                    .map_or(Value::Unknown, |p| Value::Words(SetValue::exactly(p))),
                DataFact::LegalBasis => word(asset.legal_basis.map(|basis| basis.as_str())),
                DataFact::Origins => return None,
            })
        };
        let core = DataFact::ALL.iter().filter_map(|fact| {
            let id = self.ids.find(&FactKey::Data(*fact))?;
            Some((id, stated(*fact)?))
        });
        let own = asset.own.iter().filter_map(|(name, value)| {
            Some((
                self.ids.own.get(&(Carrier::Data, name.clone())).copied()?,
                value.clone(),
            ))
        });
        core.chain(own).collect()
    }
}

/// What is true of data that were mixed of two: sets are united, a yes of either is a yes of both together.
fn together(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Value::Bool(*a || *b),
        (Value::Words(a), Value::Words(b)) => Value::Words(united(a, b)),
        (Value::Places(a), Value::Places(b)) => Value::Places(united(a, b)),
        (
            Value::Count { least, most },
            Value::Count {
                least: least_b,
                most: most_b,
            },
        ) => Value::Count {
            least: *least.max(least_b),
            most: most.zip(*most_b).map(|(a, b)| a.saturating_add(b)),
        },
        (known, Value::Unknown | Value::Open) | (Value::Unknown | Value::Open, known) => match known {
            Value::Bool(true) => Value::Bool(true),
            Value::Words(some) => Value::Words(open(some)),
            Value::Places(some) => Value::Places(open(some)),
            Value::Count { least, .. } => Value::Count {
                least: *least,
                most: None,
            },
            _ => a.either(b),
        },
        _ => a.either(b),
    }
}

/// The state of two data together is that of the less protected: what is clear stays so, what is anonymised adds nothing.
fn weakest(a: &Value, b: &Value) -> Value {
    let (Value::Word(a), Value::Word(b)) = (a, b) else {
        return a.either(b);
    };
    let (clear, anonymised) = (DataState::Clear.as_str(), DataState::Anonymised.as_str());
    let mut states = BTreeSet::new();
    for (a, b) in a.iter().flat_map(|a| b.iter().map(move |b| (a, b))) {
        if a == clear || b == anonymised {
            states.insert(a.clone());
        } else if b == clear || a == anonymised {
            states.insert(b.clone());
        } else {
            states.extend([a.clone(), b.clone()]);
        }
    }
    Value::Word(states)
}

fn united<T: Clone + Ord>(a: &SetValue<T>, b: &SetValue<T>) -> SetValue<T> {
    SetValue {
        must: a.must.union(&b.must).cloned().collect(),
        may: match (&a.may, &b.may) {
            (Some(a), Some(b)) => Some(a.union(b).cloned().collect()),
            _ => None,
        },
    }
}

fn open<T: Clone + Ord>(some: &SetValue<T>) -> SetValue<T> {
    SetValue {
        must: some.must.clone(),
        may: None,
    }
}

fn people(asset: &Asset) -> Option<Vec<People>> {
    let groups = asset.subjects.as_ref()?;
    let people = groups.iter().map(|group| People {
        name: group.group.clone(),
        count: group.count,
        overlaps: group.overlaps.clone(),
    });
    Some(people.collect())
}

pub(super) fn subjects_located_in(asset: &Asset) -> Value {
    let Some(groups) = &asset.subjects else {
        return Value::Unknown;
    };
    let mut set = SetValue::exactly(BTreeSet::new());
    for group in groups {
        match &group.located_in {
            Some(located) => {
                set.must.extend(located);
                if let Some(may) = &mut set.may {
                    may.extend(located);
                }
            }
            None => set.may = None,
        }
    }
    if set.must.is_empty() {
        Value::Unknown
    } else {
        Value::Places(set)
    }
}

fn relations(asset: &Asset) -> Value {
    let Some(groups) = &asset.subjects else {
        return Value::Unknown;
    };
    let must: BTreeSet<String> = groups.iter().filter_map(|group| group.relation.clone()).collect();
    let complete = groups.iter().all(|group| group.relation.is_some());
    Value::Words(SetValue {
        may: complete.then(|| must.clone()),
        must,
    })
}

fn minors(asset: &Asset) -> Value {
    let Some(groups) = &asset.subjects else {
        return Value::Unknown;
    };
    if groups.iter().any(|group| group.minors == Some(true)) {
        Value::Bool(true)
    } else if groups.iter().all(|group| group.minors == Some(false)) {
        Value::Bool(false)
    } else {
        Value::Unknown
    }
}
