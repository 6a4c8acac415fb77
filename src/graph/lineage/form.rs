//! The forms in which assets travel: which there are, and what each transform makes of them.
//!
//! In: the assets' own states and the flows' transforms. Out: columns, one for each form of each asset, and the step from
//! column to column that a transform takes.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AssetId, FlowId, Map, Transforms};
use crate::word::DataState;

/// More forms of one asset than this are not told apart.
const MOST_FORMS: usize = 64;

/// Transforms beyond so many different ones are taken for none.
const MOST_EFFECTS: usize = 256;

/// Bits that lineage may hold: forms are given up before memory is.
const MOST_BITS: u64 = 1 << 32;

/// What the flows have made of an asset.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Form {
    /// The state the data are in; `None`: not known.
    pub state: Option<DataState>,
    /// The categories that flows have taken out.
    pub dropped: BTreeSet<String>,
}

impl Form {
    fn after(&self, effect: Effect<'_>, relevant: &BTreeSet<String>) -> Self {
        let gone = effect.drops.intersection(relevant).cloned();
        Self {
            state: state_after(self.state, effect.state),
            dropped: self.dropped.iter().cloned().chain(gone).collect(),
        }
    }
}

/// What a flow's transforms do to a form.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Effect<'m> {
    state: Option<DataState>,
    drops: &'m BTreeSet<String>,
}

impl<'m> Effect<'m> {
    fn of(declared: &'m Transforms) -> Option<Self> {
        let Transforms { state, drops, .. } = declared;
        (state.is_some() || !drops.is_empty()).then_some(Self { state: *state, drops })
    }
}

/// The state data are in after a flow that declares one.
fn state_after(before: Option<DataState>, declared: Option<DataState>) -> Option<DataState> {
    let rank = |state| match state {
        DataState::Clear => 0,
        DataState::Encrypted => 1,
        DataState::Pseudonymised => 2,
        DataState::Anonymised => 3,
    };
    match (before, declared) {
        (before, None) => before,
        // A key turns data back into clear ones, and whoever says so is believed; nothing brings the persons back.
        (Some(DataState::Encrypted | DataState::Pseudonymised), Some(DataState::Clear)) => declared,
        (Some(before), Some(declared)) => Some(if rank(declared) > rank(before) {
            declared
        } else {
            before
        }),
        (None, Some(_)) => declared,
    }
}

/// Identifies a form within one lineage.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FormId(u32);

impl FormId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// Identifies what a flow does to forms; [`Change::NONE`] does nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Change(u16);

impl Change {
    pub(super) const NONE: Self = Self(0);
}

/// Assets that start in one form and meet the same transforms.
#[derive(Clone, Debug)]
struct Class {
    /// The forms, the assets' own first.
    forms: Vec<FormId>,
    /// By change, then by form: the position of the form that results.
    steps: Vec<u8>,
}

/// Every form of every asset.
#[derive(Clone, Debug, Default)]
pub(super) struct Forms {
    forms: Vec<Form>,
    classes: Vec<Class>,
    class_of: Vec<u32>,
    /// The first column of each asset, and the number of columns.
    starts: Vec<u32>,
    asset_of: Vec<AssetId>,
}

impl Forms {
    /// Closes the assets' own forms under the map's transforms; also the change each of these flows makes.
    pub(super) fn new(map: &Map, flows: &[FlowId]) -> (Self, BTreeMap<FlowId, Change>) {
        let declared = |flow: &FlowId| Effect::of(&map.flow(*flow).transforms);
        let all: BTreeSet<Effect<'_>> = flows.iter().filter_map(declared).collect();
        let effects: Vec<Effect<'_>> = all.into_iter().take(MOST_EFFECTS).collect();
        let change = |effect: &Effect<'_>| Some(Change(effects.binary_search(effect).ok()? as u16 + 1));
        let changes = flows.iter().filter_map(|flow| Some((*flow, change(&declared(flow)?)?)));
        (Self::close(map, &effects), changes.collect())
    }

    fn close(map: &Map, effects: &[Effect<'_>]) -> Self {
        let words: BTreeSet<String> = effects.iter().flat_map(|effect| effect.drops.iter().cloned()).collect();
        let pairs = (map.nodes.len() as u64).saturating_mul(map.assets.len() as u64).max(1);
        let most = (MOST_BITS / pairs).clamp(1, MOST_FORMS as u64) as usize;
        let mut all = Self::default();
        let mut ids: BTreeMap<Form, FormId> = BTreeMap::new();
        let mut known: BTreeMap<(Option<DataState>, BTreeSet<String>), u32> = BTreeMap::new();
        for (at, asset) in map.assets.iter().enumerate() {
            // A category that the asset never had cannot be dropped: two forms that differ in it alone are one.
            let relevant = match &asset.categories {
                Some(categories) => categories.intersection(&words).cloned().collect(),
                None => words.clone(),
            };
            let key = (asset.state, relevant);
            let class = match known.get(&key) {
                Some(class) => *class,
                None => {
                    let (local, steps) = closure(asset.state, &key.1, effects, most);
                    let forms = local.into_iter().map(|form| all.intern(&mut ids, form)).collect();
                    all.classes.push(Class { forms, steps });
                    let class = all.classes.len() as u32 - 1;
                    known.insert(key, class);
                    class
                }
            };
            all.class_of.push(class);
            all.starts.push(all.asset_of.len() as u32);
            let columns = all.asset_of.len() + all.classes[class as usize].forms.len();
            all.asset_of.resize(columns, AssetId::at(at));
        }
        all.starts.push(all.asset_of.len() as u32);
        all
    }

    fn intern(&mut self, ids: &mut BTreeMap<Form, FormId>, form: Form) -> FormId {
        if let Some(id) = ids.get(&form) {
            return *id;
        }
        let id = FormId(self.forms.len() as u32);
        self.forms.push(form.clone());
        ids.insert(form, id);
        id
    }

    /// How many columns there are.
    pub(super) fn len(&self) -> usize {
        self.asset_of.len()
    }

    /// The form behind an id.
    pub(super) fn form(&self, id: FormId) -> &Form {
        // INVARIANT: ids are handed out here, where forms are never removed.
        &self.forms[id.index()]
    }

    /// The columns of an asset, its own form first.
    pub(super) fn columns(&self, asset: AssetId) -> std::ops::Range<usize> {
        self.starts[asset.index()] as usize..self.starts[asset.index() + 1] as usize
    }

    /// The column of an asset in its own form.
    pub(super) fn own(&self, asset: AssetId) -> usize {
        self.starts[asset.index()] as usize
    }

    /// The asset of a column.
    pub(super) fn asset_at(&self, column: usize) -> AssetId {
        self.asset_of[column]
    }

    /// The form of a column.
    pub(super) fn form_at(&self, column: usize) -> FormId {
        let asset = self.asset_of[column];
        self.class(asset).forms[column - self.own(asset)]
    }

    /// The column that a change makes of one.
    pub(super) fn step(&self, column: usize, change: Change) -> usize {
        if change == Change::NONE {
            return column;
        }
        let asset = self.asset_of[column];
        let (start, class) = (self.own(asset), self.class(asset));
        let at = (usize::from(change.0) - 1) * class.forms.len() + (column - start);
        start + usize::from(class.steps[at])
    }

    fn class(&self, asset: AssetId) -> &Class {
        &self.classes[self.class_of[asset.index()] as usize]
    }
}

/// The forms that transforms make of data in a state, the first as it was, and the steps between them.
fn closure(
    own: Option<DataState>,
    relevant: &BTreeSet<String>,
    effects: &[Effect<'_>],
    most: usize,
) -> (Vec<Form>, Vec<u8>) {
    let start = Form {
        state: own,
        dropped: BTreeSet::new(),
    };
    let mut positions = BTreeMap::from([(start.clone(), 0)]);
    let mut forms = vec![start];
    let mut by_form: Vec<Vec<u8>> = Vec::new();
    while let Some(form) = forms.get(by_form.len()).cloned() {
        let at = by_form.len() as u8;
        let mut steps = Vec::with_capacity(effects.len());
        for effect in effects {
            let after = form.after(*effect, relevant);
            let step = match positions.get(&after) {
                Some(position) => *position,
                // The less transformed form is judged rather than one that might clear the movement.
                None if forms.len() >= most => at,
                None => {
                    let position = forms.len() as u8;
                    forms.push(after.clone());
                    positions.insert(after, position);
                    position
                }
            };
            steps.push(step);
        }
        by_form.push(steps);
    }
    let steps = (0..effects.len())
        .flat_map(|t| by_form.iter().map(move |steps| steps[t]))
        .collect();
    (forms, steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DataState::{Anonymised, Clear, Encrypted, Pseudonymised};

    #[test]
    fn what_is_anonymised_stays_so_and_what_is_encrypted_can_be_decrypted() {
        let cases = [
            (Some(Clear), Some(Anonymised), Some(Anonymised)),
            (Some(Anonymised), Some(Clear), Some(Anonymised)),
            (Some(Anonymised), Some(Encrypted), Some(Anonymised)),
            (Some(Pseudonymised), Some(Encrypted), Some(Pseudonymised)),
            (Some(Encrypted), Some(Clear), Some(Clear)),
            (Some(Encrypted), None, Some(Encrypted)),
            (None, Some(Encrypted), Some(Encrypted)),
            (None, None, None),
        ];
        for (before, declared, after) in cases {
            assert_eq!(state_after(before, declared), after, "{before:?} {declared:?}");
        }
    }

    #[test]
    fn beyond_the_cap_a_transform_leaves_the_form_as_it_is() {
        let drops: Vec<Transforms> = (0..10)
            .map(|at| Transforms {
                drops: BTreeSet::from([format!("category-{at}")]),
                ..Transforms::default()
            })
            .collect();
        let relevant = drops.iter().flat_map(|t| t.drops.iter().cloned()).collect();
        let effects: Vec<Effect<'_>> = drops.iter().filter_map(Effect::of).collect();
        let (forms, steps) = closure(None, &relevant, &effects, MOST_FORMS);
        assert_eq!(forms.len(), MOST_FORMS);
        for (at, step) in steps.iter().enumerate() {
            let (before, after) = (&forms[at % forms.len()], &forms[usize::from(*step)]);
            let full = before.after(effects[at / forms.len()], &relevant);
            assert!(after == &full || after == before);
        }
    }
}
