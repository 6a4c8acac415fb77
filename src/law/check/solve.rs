//! Whether facts can make a formula hold: a search over its alternatives, each step tested against what facts can be.

use crate::law::check::formula::{Formula, Node};
use crate::law::check::theory::Theory;

/// How many alternatives are tried before the search gives up.
const BUDGET: u32 = 200_000;

/// How many alternatives may hang on one another before the search gives up.
const DEEPEST: u32 = 500;

/// Whether a formula can hold.
#[derive(Debug)]
pub(super) enum Answer {
    /// It can.
    Can {
        /// Nothing on which it rests was left undecided.
        exact: bool,
        /// What the facts are then, in words.
        example: Vec<String>,
    },
    /// No facts make it hold.
    Cannot,
    /// The search was given up.
    Unsure,
}

/// Searches for facts that make every one of some parts of a formula hold.
pub(super) fn solve(formula: &mut Formula<'_>, theory: &Theory, parts: Vec<usize>) -> Answer {
    let atoms = formula.atoms().len();
    let mut search = Search {
        formula,
        theory,
        truths: vec![None; atoms],
        asserted: Vec::new(),
        known: Vec::new(),
        round: 0,
        budget: BUDGET,
        depth: 0,
    };
    match search.holds(parts, Vec::new()) {
        None => Answer::Unsure,
        Some(false) => Answer::Cannot,
        Some(true) => Answer::Can {
            exact: !search.asserted.iter().any(|atom| theory.is_open(*atom)),
            example: search.example(),
        },
    }
}

struct Search<'f, 'w> {
    formula: &'f mut Formula<'w>,
    theory: &'f Theory,
    truths: Vec<Option<bool>>,
    /// The tests decided, in the order in which they were.
    asserted: Vec<usize>,
    /// For each node, in which round what was found of it.
    known: Vec<(u32, Option<bool>)>,
    /// Counts the changes of what is decided.
    round: u32,
    budget: u32,
    depth: u32,
}

impl Search<'_, '_> {
    /// Whether all of `pending` and one of each of `open` can hold beside what is decided; `None` when given up.
    fn holds(&mut self, mut pending: Vec<usize>, mut open: Vec<usize>) -> Option<bool> {
        self.budget = self.budget.checked_sub(1)?;
        let before = self.asserted.len();
        let mut choice: Option<Vec<usize>>;
        loop {
            while let Some(id) = pending.pop() {
                match self.formula.node(id) {
                    Node::Const(true) => {}
                    Node::Const(false) => return self.fail(before),
                    Node::Test(atom, asserted) => {
                        let (atom, asserted) = (*atom, *asserted);
                        if !self.assert(atom, asserted) {
                            return self.fail(before);
                        }
                    }
                    Node::All(parts) => pending.extend(parts),
                    Node::Any(_) => open.push(id),
                }
            }
            choice = None;
            let mut left = Vec::with_capacity(open.len());
            for id in std::mem::take(&mut open) {
                let Node::Any(parts) = self.formula.node(id).clone() else {
                    continue;
                };
                let mut alive = Vec::with_capacity(parts.len());
                let mut settled = false;
                for part in parts {
                    match self.status(part) {
                        Some(true) => {
                            settled = true;
                            break;
                        }
                        Some(false) => {}
                        None => alive.push(part),
                    }
                }
                match alive.as_slice() {
                    _ if settled => {}
                    [] => return self.fail(before),
                    [only] => pending.push(*only),
                    _ => {
                        left.push(id);
                        if choice.as_ref().is_none_or(|fewest| alive.len() < fewest.len()) {
                            choice = Some(alive);
                        }
                    }
                }
            }
            open = left;
            if pending.is_empty() {
                break;
            }
        }
        let Some(alternatives) = choice else {
            return Some(true);
        };
        if self.depth == DEEPEST {
            return None;
        }
        let mut refuted = Vec::new();
        for alternative in alternatives {
            let mut pending = refuted.clone();
            pending.push(alternative);
            self.depth += 1;
            let holds = self.holds(pending, open.clone())?;
            self.depth -= 1;
            if holds {
                return Some(true);
            }
            refuted.push(self.formula.not(alternative));
        }
        self.fail(before)
    }

    /// Takes back what was decided since.
    #[allow(clippy::unnecessary_wraps, reason = "every caller returns what this returns")]
    fn fail(&mut self, before: usize) -> Option<bool> {
        for atom in self.asserted.drain(before..) {
            if let Some(truth) = self.truths.get_mut(atom) {
                *truth = None;
            }
        }
        self.round += 1;
        Some(false)
    }

    /// Decides a test; `false` if the facts cannot be so.
    fn assert(&mut self, atom: usize, asserted: bool) -> bool {
        if let Some(truth) = self.truths.get(atom).copied().flatten() {
            return truth == asserted;
        }
        let possible = self.possible(atom, asserted);
        if possible && let Some(truth) = self.truths.get_mut(atom) {
            *truth = Some(asserted);
            self.asserted.push(atom);
            self.round += 1;
        }
        possible
    }

    fn possible(&mut self, atom: usize, asserted: bool) -> bool {
        if let Some(truth) = self.truths.get_mut(atom) {
            *truth = Some(asserted);
        }
        let possible = self.theory.consistent(atom, &self.truths);
        if let Some(truth) = self.truths.get_mut(atom) {
            *truth = None;
        }
        possible
    }

    /// Whether a part holds, or cannot, after what is decided; `None` if that is open.
    fn status(&mut self, id: usize) -> Option<bool> {
        if let Some((round, status)) = self.known.get(id)
            && *round == self.round
        {
            return *status;
        }
        let status = match self.formula.node(id).clone() {
            Node::Const(value) => Some(value),
            Node::Test(atom, asserted) => match self.truths.get(atom).copied().flatten() {
                Some(truth) => Some(truth == asserted),
                None if !self.possible(atom, asserted) => Some(false),
                None if !self.possible(atom, !asserted) => Some(true),
                None => None,
            },
            Node::All(parts) => self.joined(&parts, true),
            Node::Any(parts) => self.joined(&parts, false),
        };
        let length = self.formula.len();
        if self.known.len() < length {
            self.known.resize(length, (u32::MAX, None));
        }
        if let Some(known) = self.known.get_mut(id) {
            *known = (self.round, status);
        }
        status
    }

    fn joined(&mut self, parts: &[usize], all: bool) -> Option<bool> {
        let mut settled = Some(all);
        for part in parts {
            match self.status(*part) {
                Some(status) if status != all => return Some(!all),
                Some(_) => {}
                None => settled = None,
            }
        }
        settled
    }

    fn example(&self) -> Vec<String> {
        let truth = |atom: &usize| self.formula.describe(*atom, self.truths.get(*atom).copied().flatten()?);
        self.asserted.iter().filter_map(truth).collect()
    }
}
