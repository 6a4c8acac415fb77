//! A matrix of bits: rows of sets over the same columns, united a word at a time.

const WORD: usize = u64::BITS as usize;

/// Sets of columns, one a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    width: usize,
    words: Vec<u64>,
}

impl Rows {
    /// Empty sets.
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        let width = columns.div_ceil(WORD);
        Self {
            width,
            words: vec![0; rows * width],
        }
    }

    /// The words of a row.
    pub(super) fn row(&self, row: usize) -> &[u64] {
        &self.words[row * self.width..(row + 1) * self.width]
    }

    /// Whether a column is in a row.
    pub(super) fn has(&self, row: usize, column: usize) -> bool {
        self.words[row * self.width + column / WORD] >> (column % WORD) & 1 == 1
    }

    /// Adds a column to a row; whether it was missing.
    pub(super) fn set(&mut self, row: usize, column: usize) -> bool {
        let word = &mut self.words[row * self.width + column / WORD];
        let before = *word;
        *word |= 1 << (column % WORD);
        *word != before
    }

    /// Adds one row to another; whether anything was missing.
    pub(super) fn merge(&mut self, from: usize, into: usize) -> bool {
        if from == into {
            return false;
        }
        let (from, into) = (from * self.width, into * self.width);
        let (source, target) = if from < into {
            let (low, high) = self.words.split_at_mut(into);
            (&low[from..from + self.width], &mut high[..self.width])
        } else {
            let (low, high) = self.words.split_at_mut(from);
            (&high[..self.width], &mut low[into..into + self.width])
        };
        unite(target, source)
    }

    /// Adds a set of columns, masked, to a row; whether anything was missing.
    pub(super) fn add(&mut self, words: &[u64], mask: &[u64], into: usize) -> bool {
        let mut changed = false;
        let target = &mut self.words[into * self.width..(into + 1) * self.width];
        for ((word, more), keep) in target.iter_mut().zip(words).zip(mask) {
            let added = more & keep & !*word;
            *word |= added;
            changed |= added != 0;
        }
        changed
    }

    /// The columns of a row, ascending.
    pub(super) fn columns(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        ones(self.row(row))
    }

    /// The first column of a row at or after one.
    pub(super) fn next_column(&self, row: usize, from: usize) -> Option<usize> {
        let words = self.row(row);
        let mut word = words.get(from / WORD)? & (u64::MAX << (from % WORD));
        let mut at = from / WORD;
        while word == 0 {
            at += 1;
            word = *words.get(at)?;
        }
        Some(at * WORD + word.trailing_zeros() as usize)
    }
}

/// Adds one set to another; whether anything was missing.
pub(super) fn unite(target: &mut [u64], source: &[u64]) -> bool {
    let mut changed = 0;
    for (word, more) in target.iter_mut().zip(source) {
        changed |= more & !*word;
        *word |= more;
    }
    changed != 0
}

/// The columns in a set, ascending.
pub(super) fn ones(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(at, word)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(at * WORD + bit)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_unite_in_both_directions() {
        let mut rows = Rows::new(3, 130);
        rows.set(0, 1);
        rows.set(2, 129);
        assert!(rows.merge(0, 1) && rows.merge(2, 1) && !rows.merge(0, 1) && !rows.merge(1, 1));
        assert_eq!(rows.columns(1).collect::<Vec<_>>(), [1, 129]);
        assert_eq!(
            [0, 2, 130].map(|from| rows.next_column(1, from)),
            [Some(1), Some(129), None]
        );
    }
}
