//! Facts as columns: one row a movement, one column a fact, every distinct value kept once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexSet;

use crate::fact::{Catalogue, FactId, Value};
use crate::law::pack::ReplacedBy;
use crate::truth::Truth;

/// Identifies a distinct value within one table.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ValueId(pub(crate) u32);

impl ValueId {
    /// The value of which nothing is known.
    pub const UNKNOWN: Self = Self(0);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A column: one value a row.
pub type Column = Vec<ValueId>;

/// The facts of many movements.
#[derive(Clone, Debug)]
pub struct Table {
    rows: usize,
    values: IndexSet<Value>,
    /// By the position of the fact in the catalogue; facts of which nothing is said have none.
    columns: Vec<Option<Column>>,
    stand_ins: BTreeMap<ReplacedBy, BTreeMap<FactId, Column>>,
    instances: Vec<Instance>,
    held: Vec<Vec<Held>>,
    tallies: Vec<Tally>,
    /// What is presumed of single movements.
    presumed: BTreeMap<FactId, Column>,
}

/// A mechanism that somebody holds.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its id in the map.
    pub id: String,
    /// `<regime>/<stem>`.
    pub kind: String,
    /// Its facts.
    pub facts: BTreeMap<FactId, Value>,
}

/// A mechanism that is held for a movement, or may be.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Held {
    /// The position of the mechanism in [`Table::instances`].
    pub instance: usize,
    /// Whether it reaches the movement.
    pub reaches: Truth,
}

/// What a movement adds to a count.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The movement, by its position: one with several candidate places has a row for each.
    pub movement: usize,
    /// Whether the edge is known to exist.
    pub exists: bool,
    /// The parties for whom it may be counted, by the fact that names them; `None` where a party is not known.
    pub exporter: Option<u32>,
    /// The importer.
    pub importer: Option<u32>,
    /// The controllers for whom the exporter acts.
    pub principals: Option<Arc<BTreeSet<u32>>>,
    /// Who arranged a collection.
    pub arranger: Option<u32>,
    /// The groups of people; `None` where they are not known.
    pub groups: Option<Arc<[People]>>,
}

/// A group of people who are counted once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct People {
    /// The group's name.
    pub name: String,
    /// How many.
    pub count: Option<u64>,
    /// The groups with which it may share people; `None` where that is not known.
    pub overlaps: Option<BTreeSet<String>>,
}

impl Table {
    /// A table of so many rows in which nothing is known.
    #[must_use]
    pub fn new(rows: usize) -> Self {
        Self {
            rows,
            values: IndexSet::from([Value::Unknown]),
            columns: Vec::new(),
            stand_ins: BTreeMap::new(),
            instances: Vec::new(),
            held: vec![Vec::new(); rows],
            tallies: Vec::new(),
            presumed: BTreeMap::new(),
        }
    }

    /// How many movements there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Keeps a value and names it.
    pub fn intern(&mut self, value: Value) -> ValueId {
        let (index, _) = self.values.insert_full(value);
        // INVARIANT: a table holds fewer distinct values than u32 can number; rows are bounded by the loader.
        ValueId(u32::try_from(index).unwrap_or(0))
    }

    /// The distinct values, by id.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.values.iter()
    }

    /// How many distinct values there are.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.values.len()
    }

    /// The value behind an id.
    #[must_use]
    pub fn value_of(&self, id: ValueId) -> &Value {
        self.values.get_index(id.index()).unwrap_or(&Value::Unknown)
    }

    /// Sets a fact of a movement.
    pub fn set(&mut self, fact: FactId, row: usize, value: Value) {
        let id = self.intern(value);
        if let Some(slot) = self.column_mut(fact).get_mut(row) {
            *slot = id;
        }
    }

    /// Sets a fact of every movement.
    pub fn set_column(&mut self, fact: FactId, column: Column) {
        debug_assert_eq!(column.len(), self.rows);
        *self.column_mut(fact) = column;
    }

    /// The column of a fact, made if it is not there.
    fn column_mut(&mut self, fact: FactId) -> &mut Column {
        if self.columns.len() <= fact.index() {
            self.columns.resize(fact.index() + 1, None);
        }
        let rows = self.rows;
        self.columns[fact.index()].get_or_insert_with(|| vec![ValueId::UNKNOWN; rows])
    }

    /// What the exporter's facts are once another stands in its place.
    pub fn set_stand_in(&mut self, by: ReplacedBy, fact: FactId, column: Column) {
        debug_assert_eq!(column.len(), self.rows);
        self.stand_ins.entry(by).or_default().insert(fact, column);
    }

    /// The column of a fact, if anything is said of it.
    #[must_use]
    pub fn column(&self, fact: FactId) -> Option<&Column> {
        self.columns.get(fact.index())?.as_ref()
    }

    /// The columns that another puts in the exporter's place.
    #[must_use]
    pub fn stand_in(&self, by: ReplacedBy) -> Option<&BTreeMap<FactId, Column>> {
        self.stand_ins.get(&by)
    }

    /// The value of a fact of a movement.
    #[must_use]
    pub fn value(&self, fact: FactId, row: usize) -> &Value {
        let id = self.column(fact).and_then(|column| column.get(row));
        self.value_of(id.copied().unwrap_or(ValueId::UNKNOWN))
    }

    /// Adds a mechanism that somebody holds.
    pub fn add_instance(&mut self, instance: Instance) -> usize {
        self.instances.push(instance);
        self.instances.len() - 1
    }

    /// The mechanisms that somebody holds.
    #[must_use]
    pub fn instances(&self) -> &[Instance] {
        &self.instances
    }

    /// Says that a mechanism is held for a movement.
    pub fn hold(&mut self, row: usize, held: Held) {
        if let Some(list) = self.held.get_mut(row) {
            list.push(held);
        }
    }

    /// The mechanisms held for a movement.
    #[must_use]
    pub fn held(&self, row: usize) -> &[Held] {
        self.held.get(row).map_or(&[], Vec::as_slice)
    }

    /// Says what each movement adds to a count.
    pub fn set_tallies(&mut self, tallies: Vec<Tally>) {
        debug_assert_eq!(tallies.len(), self.rows);
        self.tallies = tallies;
    }

    /// Says what is presumed of one movement, whatever is presumed of all.
    pub fn presume(&mut self, fact: FactId, row: usize, value: Value) {
        let id = self.intern(value);
        let rows = self.rows;
        let column = self
            .presumed
            .entry(fact)
            .or_insert_with(|| vec![ValueId::UNKNOWN; rows]);
        if let Some(slot) = column.get_mut(row) {
            *slot = id;
        }
    }

    /// The same table with what goes without saying where nothing is said.
    #[must_use]
    pub fn presuming(&self, catalogue: &Catalogue) -> Self {
        let mut table = self.clone();
        for (fact, presumed) in &self.presumed {
            let column = table.column_mut(*fact);
            for (slot, presumed) in column.iter_mut().zip(presumed) {
                if *presumed != ValueId::UNKNOWN {
                    *slot = *presumed;
                }
            }
        }
        for (fact, definition) in catalogue.facts() {
            let Some(presumed) = &definition.presume else { continue };
            let id = table.intern(presumed.clone());
            let rows = table.rows;
            let fill = |column: &mut Column| {
                for slot in column.iter_mut().filter(|slot| **slot == ValueId::UNKNOWN) {
                    *slot = id;
                }
            };
            fill(table.column_mut(fact));
            let is_exporters = definition.name.starts_with("exporter.");
            for columns in table.stand_ins.values_mut().filter(|_| is_exporters) {
                fill(columns.entry(fact).or_insert_with(|| vec![ValueId::UNKNOWN; rows]));
            }
            for instance in table.instances.iter_mut().filter(|_| definition.is_of_mechanism()) {
                let slot = instance.facts.entry(fact).or_default();
                if *slot == Value::Unknown {
                    *slot = presumed.clone();
                }
            }
        }
        table
    }

    /// What each movement adds to a count; empty where counts are given as facts.
    #[must_use]
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }
}
