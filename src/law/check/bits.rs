//! A set of small numbers.

/// A set of numbers below a length that all sets compared with one another share.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn none(length: usize) -> Self {
        Self(vec![0; length.div_ceil(64)])
    }

    pub(super) fn all(length: usize) -> Self {
        let mut all = Self::none(length);
        (0..length).for_each(|number| all.insert(number));
        all
    }

    pub(super) fn insert(&mut self, number: usize) {
        if let Some(block) = self.0.get_mut(number / 64) {
            *block |= 1 << (number % 64);
        }
    }

    pub(super) fn remove(&mut self, number: usize) {
        if let Some(block) = self.0.get_mut(number / 64) {
            *block &= !(1 << (number % 64));
        }
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0
            .get(number / 64)
            .is_some_and(|block| block >> (number % 64) & 1 == 1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|block| *block == 0)
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & !b == 0)
    }

    pub(super) fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    pub(super) fn drop(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= !b);
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let of_block = |(index, block): (usize, &u64)| {
            let block = *block;
            (0..64)
                .filter(move |bit| block >> bit & 1 == 1)
                .map(move |bit| index * 64 + bit)
        };
        self.0.iter().enumerate().flat_map(of_block)
    }
}
