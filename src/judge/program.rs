//! Conditions compiled for bulk: one list of operations with shared parts, run over 64 movements at a time.
//!
//! A condition is two bit planes, one for the movements of which it is true and one for those of which it is false.

use std::collections::HashMap;
use std::sync::Arc;

use crate::fact::{Catalogue, Value};
use crate::judge::evaluate::test_value;
use crate::judge::table::{Instance, ValueId};
use crate::judge::view::View;
use crate::law::condition::Operand;
use crate::law::in_force::{Atom, AtomTest, Cond};
use crate::truth::Truth;

/// Movements per block: the bits of a plane.
pub(super) const LANES: usize = 64;

/// The result of an operation, by its position in the program.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Slot(usize);

/// Of which lanes a condition is true, and of which it is false; of the rest it is unknown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Planes {
    pub(super) yes: u64,
    pub(super) no: u64,
}

impl Planes {
    const TRUE: Self = Self { yes: !0, no: 0 };
    const FALSE: Self = Self { yes: 0, no: !0 };

    pub(super) fn lane(self, lane: usize) -> Truth {
        if self.yes >> lane & 1 == 1 {
            Truth::True
        } else if self.no >> lane & 1 == 1 {
            Truth::False
        } else {
            Truth::Unknown
        }
    }
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Op {
    Const(bool),
    Atom(usize),
    And(Vec<usize>),
    Or(Vec<usize>),
    Not(usize),
}

/// A list of operations, each after those it needs.
#[derive(Debug, Default)]
pub(super) struct Program {
    ops: Vec<Op>,
    atoms: Vec<Arc<Atom>>,
    known_ops: HashMap<Op, usize>,
    known_atoms: HashMap<Arc<Atom>, usize>,
}

impl Program {
    /// Compiles a condition; a part that was compiled before is shared.
    pub(super) fn add(&mut self, cond: &Cond) -> Slot {
        Slot(self.compile(cond))
    }

    /// All of some conditions.
    pub(super) fn all<'c>(&mut self, conds: impl Iterator<Item = &'c Cond>) -> Slot {
        let slots = conds.map(|cond| self.compile(cond)).collect();
        Slot(self.push(Op::And(slots)))
    }

    fn compile(&mut self, cond: &Cond) -> usize {
        let op = match cond {
            Cond::Const(value) => Op::Const(*value),
            Cond::Reading { chosen, .. } => Op::Const(*chosen),
            Cond::All(conds) => Op::And(conds.iter().map(|cond| self.compile(cond)).collect()),
            Cond::Any(conds) => Op::Or(conds.iter().map(|cond| self.compile(cond)).collect()),
            Cond::Not(cond) => Op::Not(self.compile(cond)),
            Cond::Named { cond, .. } => return self.compile(cond),
            Cond::Atom(atom) => {
                let next = self.atoms.len();
                let index = *self.known_atoms.entry(Arc::clone(atom)).or_insert(next);
                if index == next {
                    self.atoms.push(Arc::clone(atom));
                }
                Op::Atom(index)
            }
        };
        self.push(op)
    }

    fn push(&mut self, op: Op) -> usize {
        if let Some(index) = self.known_ops.get(&op) {
            return *index;
        }
        let index = self.ops.len();
        self.known_ops.insert(op.clone(), index);
        self.ops.push(op);
        index
    }

    /// The operations that some results need, in order.
    pub(super) fn needed(&self, slots: &[Slot]) -> Vec<usize> {
        let mut needed = vec![false; self.ops.len()];
        for Slot(slot) in slots {
            if let Some(flag) = needed.get_mut(*slot) {
                *flag = true;
            }
        }
        // INVARIANT: an operation only needs earlier ones.
        for index in (0..self.ops.len()).rev() {
            if !needed[index] {
                continue;
            }
            match &self.ops[index] {
                Op::And(parts) | Op::Or(parts) => parts.iter().for_each(|part| needed[*part] = true),
                Op::Not(part) => needed[*part] = true,
                Op::Const(_) | Op::Atom(_) => {}
            }
        }
        (0..self.ops.len()).filter(|index| needed[*index]).collect()
    }

    /// Gets ready to run over a view.
    pub(super) fn bind<'v>(&'v self, view: &'v View<'v>, catalogue: &Catalogue) -> Bound<'v> {
        let atoms = self
            .atoms
            .iter()
            .map(|atom| BoundAtom::new(atom, view, catalogue))
            .collect();
        Bound {
            program: self,
            view,
            atoms,
            planes: vec![Planes::default(); self.ops.len()],
        }
    }
}

/// Which movements, and with which mechanism, the lanes of a block are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lanes<'l> {
    /// Movements one after the other.
    Rows {
        /// The first.
        first: usize,
        /// How many.
        count: usize,
    },
    /// Movements each with a mechanism that is held.
    Pairs(&'l [(usize, usize)]),
}

/// A program with what it needs of one view.
pub(super) struct Bound<'v> {
    program: &'v Program,
    view: &'v View<'v>,
    atoms: Vec<BoundAtom<'v>>,
    planes: Vec<Planes>,
}

impl Bound<'_> {
    /// Runs some operations over a block.
    pub(super) fn run(&mut self, needed: &[usize], lanes: Lanes<'_>) {
        for index in needed {
            let planes = match &self.program.ops[*index] {
                Op::Const(true) => Planes::TRUE,
                Op::Const(false) => Planes::FALSE,
                Op::Atom(atom) => self.atoms[*atom].planes(self.view, lanes),
                Op::And(parts) => parts.iter().fold(Planes::TRUE, |all, part| {
                    let part = self.planes[*part];
                    Planes {
                        yes: all.yes & part.yes,
                        no: all.no | part.no,
                    }
                }),
                Op::Or(parts) => parts.iter().fold(Planes::FALSE, |any, part| {
                    let part = self.planes[*part];
                    Planes {
                        yes: any.yes | part.yes,
                        no: any.no & part.no,
                    }
                }),
                Op::Not(part) => {
                    let part = self.planes[*part];
                    Planes {
                        yes: part.no,
                        no: part.yes,
                    }
                }
            };
            self.planes[*index] = planes;
        }
    }

    /// A result of the last run.
    pub(super) fn planes(&self, slot: Slot) -> Planes {
        self.planes[slot.0]
    }
}

/// A test of a fact, worked out once for every value that occurs.
struct BoundAtom<'v> {
    atom: &'v Atom,
    column: Option<&'v [ValueId]>,
    of_mechanism: bool,
    /// The answer by value, for a test of one fact of the movement.
    answers: Vec<Truth>,
    /// The column of the other fact, for a test of two.
    other: Option<Other<'v>>,
}

struct Other<'v> {
    fact: crate::fact::FactId,
    column: Option<&'v [ValueId]>,
    of_mechanism: bool,
    /// The answers worked out so far, by both values.
    answers: HashMap<(ValueId, ValueId), Truth>,
}

impl<'v> BoundAtom<'v> {
    fn new(atom: &'v Atom, view: &'v View<'v>, catalogue: &Catalogue) -> Self {
        let of_mechanism = |fact| catalogue.fact(fact).is_of_mechanism();
        let other = match &atom.test {
            AtomTest::SameAs(fact) | AtomTest::Date(_, Operand::Fact(fact, _)) => Some(Other {
                fact: *fact,
                column: view.column(*fact).map(Vec::as_slice),
                of_mechanism: of_mechanism(*fact),
                answers: HashMap::new(),
            }),
            _ => None,
        };
        let column = view.column(atom.fact).map(Vec::as_slice);
        let mut bound = Self {
            atom,
            column,
            of_mechanism: of_mechanism(atom.fact),
            answers: Vec::new(),
            other,
        };
        if bound.other.is_none() && column.is_some() {
            bound.answers = view
                .values()
                .map(|value| test_value(&atom.test, value, &Value::Unknown))
                .collect();
        }
        bound
    }

    fn planes(&mut self, view: &View<'_>, lanes: Lanes<'_>) -> Planes {
        let mut planes = Planes::default();
        let mut set = |lane: usize, truth: Truth| match truth {
            Truth::True => planes.yes |= 1 << lane,
            Truth::False => planes.no |= 1 << lane,
            Truth::Unknown => {}
        };
        match lanes {
            Lanes::Rows { first, count } if self.other.is_none() && !self.of_mechanism => {
                let ids = self
                    .column
                    .and_then(|column| column.get(first..first + count))
                    .unwrap_or(&[]);
                for (lane, id) in ids.iter().enumerate() {
                    set(lane, self.answers[id.index()]);
                }
            }
            Lanes::Rows { first, count } => {
                for lane in 0..count {
                    set(lane, self.test(view, first + lane, None));
                }
            }
            Lanes::Pairs(pairs) => {
                for (lane, (row, instance)) in pairs.iter().enumerate() {
                    set(lane, self.test(view, *row, view.table().instances().get(*instance)));
                }
            }
        }
        planes
    }

    fn test(&mut self, view: &View<'_>, row: usize, instance: Option<&Instance>) -> Truth {
        let id = |column: Option<&[ValueId]>| column.and_then(|column| column.get(row)).copied().unwrap_or_default();
        let own = id(self.column);
        let stated = |fact, of_mechanism: bool| {
            let instance = instance.filter(|_| of_mechanism)?;
            instance.facts.get(&fact)
        };
        let own_stated = stated(self.atom.fact, self.of_mechanism);
        match &mut self.other {
            None if own_stated.is_none() && !self.of_mechanism && self.column.is_some() => self.answers[own.index()],
            None => {
                let value = own_stated.unwrap_or_else(|| view.value_of(own));
                test_value(&self.atom.test, value, &Value::Unknown)
            }
            Some(other) => {
                let other_id = id(other.column);
                let other_stated = stated(other.fact, other.of_mechanism);
                let answer = || {
                    let value = own_stated.unwrap_or_else(|| view.value_of(own));
                    let other = other_stated.unwrap_or_else(|| view.value_of(other_id));
                    test_value(&self.atom.test, value, other)
                };
                if own_stated.is_some() || other_stated.is_some() {
                    answer()
                } else {
                    *other.answers.entry((own, other_id)).or_insert_with(answer)
                }
            }
        }
    }
}
