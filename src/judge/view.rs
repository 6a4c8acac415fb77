//! The table as one regime sees it: with whoever stands in the exporter's place, and with the regime's counts.

use std::collections::HashMap;

use crate::fact::{FactId, Value};
use crate::judge::count;
use crate::judge::evaluate::{Facts, open_facts, truth};
use crate::judge::table::{Column, Instance, Table, ValueId};
use crate::law::in_force::RegimeInForce;
use crate::law::pack::ReplacedBy;
use crate::model::Stated;
use crate::truth::Truth;

/// A table as one regime sees it.
#[derive(Debug)]
pub struct View<'t> {
    table: &'t Table,
    /// By the position of the fact in the catalogue; where there is none, the table's stands.
    overlay: Vec<Option<Column>>,
    /// Values that the table does not hold, numbered after its own.
    extra: Vec<Value>,
    /// Who stands in the exporter's place, a row.
    stand_in: Vec<Stated<ReplacedBy>>,
}

impl<'t> View<'t> {
    /// Sees the table through a regime.
    #[must_use]
    pub fn new(table: &'t Table, regime: &RegimeInForce) -> Self {
        let mut view = Self {
            table,
            overlay: Vec::new(),
            extra: Vec::new(),
            stand_in: vec![Stated::Absent; table.rows()],
        };
        view.replace_exporters(regime);
        for count in &regime.counts {
            if let Some(column) = count::column(&view, count) {
                view.put(count.fact, column);
            }
        }
        view
    }

    /// The table behind the view.
    #[must_use]
    pub fn table(&self) -> &'t Table {
        self.table
    }

    /// Who stands in the exporter's place.
    #[must_use]
    pub fn stand_in(&self, row: usize) -> Stated<ReplacedBy> {
        self.stand_in.get(row).copied().unwrap_or_default()
    }

    /// The fact that keeps it open who stands in the exporter's place; the first, if there are several.
    #[must_use]
    pub fn stand_in_waits_for(&self, regime: &RegimeInForce, row: usize) -> Option<FactId> {
        let unreplaced = Unreplaced { table: self.table, row };
        let mut open = Vec::new();
        for (_, when) in &regime.replacements {
            open_facts(when, &unreplaced, &mut open);
        }
        open.first().copied()
    }

    /// The column of a fact, if anything is said of it.
    #[must_use]
    pub fn column(&self, fact: FactId) -> Option<&Column> {
        let own = self.overlay.get(fact.index()).and_then(Option::as_ref);
        own.or_else(|| self.table.column(fact))
    }

    /// The value behind an id of this view.
    #[must_use]
    pub fn value_of(&self, id: ValueId) -> &Value {
        match id.index().checked_sub(self.table.distinct()) {
            None => self.table.value_of(id),
            Some(index) => self.extra.get(index).unwrap_or(&Value::Unknown),
        }
    }

    /// Every value of this view, by id.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.table.values().chain(&self.extra)
    }

    /// The facts of a movement.
    #[must_use]
    pub fn row(&self, row: usize) -> Row<'_> {
        Row {
            view: self,
            row,
            instance: None,
        }
    }

    fn put(&mut self, fact: FactId, values: Vec<Value>) {
        let mut known: HashMap<Value, ValueId> = HashMap::new();
        let mut column = Vec::with_capacity(values.len());
        for value in values {
            column.push(match known.get(&value) {
                Some(id) => *id,
                None => {
                    let id = self.add(value.clone());
                    known.insert(value, id);
                    id
                }
            });
        }
        self.lay_over(fact, column);
    }

    fn lay_over(&mut self, fact: FactId, column: Column) {
        if self.overlay.len() <= fact.index() {
            self.overlay.resize(fact.index() + 1, None);
        }
        self.overlay[fact.index()] = Some(column);
    }

    fn add(&mut self, value: Value) -> ValueId {
        self.extra.push(value);
        let index = self.table.distinct() + self.extra.len() - 1;
        ValueId(u32::try_from(index).unwrap_or(0))
    }

    fn replace_exporters(&mut self, regime: &RegimeInForce) {
        for (by, when) in &regime.replacements {
            let Some(columns) = self.table.stand_in(*by) else {
                continue;
            };
            let truths: Vec<Truth> = (0..self.table.rows()).map(|row| truth(when, &self.row(row))).collect();
            if truths.iter().all(|truth| *truth == Truth::False) {
                continue;
            }
            for (fact, replacing) in columns {
                let before = self.column(*fact).cloned();
                let mut column = before.unwrap_or_else(|| vec![ValueId::UNKNOWN; self.table.rows()]);
                for ((slot, new), truth) in column.iter_mut().zip(replacing).zip(&truths) {
                    match truth {
                        Truth::False => {}
                        Truth::True => *slot = *new,
                        Truth::Unknown if slot == new => {}
                        Truth::Unknown => {
                            let either = self.value_of(*slot).either(self.value_of(*new));
                            *slot = self.add(either);
                        }
                    }
                }
                self.lay_over(*fact, column);
            }
            for (slot, truth) in self.stand_in.iter_mut().zip(&truths) {
                match truth {
                    Truth::True => *slot = Stated::Is(*by),
                    Truth::Unknown => *slot = Stated::Unknown,
                    Truth::False => {}
                }
            }
        }
    }
}

/// The facts of one movement before anybody stands in the exporter's place: afterwards the exporter's own may be open.
struct Unreplaced<'t> {
    table: &'t Table,
    row: usize,
}

impl Facts for Unreplaced<'_> {
    fn value(&self, fact: FactId) -> &Value {
        self.table.value(fact, self.row)
    }
}

/// The facts of one movement as a regime sees them, with one mechanism if one is being judged.
#[derive(Clone, Copy, Debug)]
pub struct Row<'v> {
    view: &'v View<'v>,
    row: usize,
    instance: Option<&'v Instance>,
}

impl<'v> Row<'v> {
    /// The same movement with a mechanism.
    #[must_use]
    pub fn with(self, instance: &'v Instance) -> Self {
        Self {
            instance: Some(instance),
            ..self
        }
    }

    /// The view.
    #[must_use]
    pub fn view(&self) -> &'v View<'v> {
        self.view
    }

    /// The movement's row.
    #[must_use]
    pub fn index(&self) -> usize {
        self.row
    }
}

impl Facts for Row<'_> {
    fn value(&self, fact: FactId) -> &Value {
        if let Some(value) = self.instance.and_then(|instance| instance.facts.get(&fact)) {
            return value;
        }
        let id = self.view.column(fact).and_then(|column| column.get(self.row));
        self.view.value_of(id.copied().unwrap_or(ValueId::UNKNOWN))
    }
}
