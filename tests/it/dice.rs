//! Chance that can be repeated: a number decides every throw, so a failing test shrinks as one number.

use std::collections::BTreeSet;

use serde_yaml::Value as Yaml;
use transborder::fact::SetValue;

/// Days on which the built-in law differs: before any of it, between its changes, after them.
pub(crate) const DAYS: &[&str] = &[
    "1996-12-19",
    "2012-10-01",
    "2016-07-31",
    "2018-05-25",
    "2020-07-16",
    "2021-11-01",
    "2022-09-01",
    "2023-12-13",
    "2024-03-21",
    "2024-03-22",
    "2025-01-01",
    "2026-11-01",
];

pub(crate) const PLACES: &[&str] = &[
    "HK", "MO", "TW", "CN", "CN-GD", "CNSZX", "CNZUH", "SG", "FR", "DE", "NO", "GB", "US", "JP", "KR", "CA", "KY", "IN",
];

pub(crate) const COUNTS: &[u64] = &[
    0,
    1,
    9_999,
    10_000,
    99_999,
    100_000,
    999_999,
    1_000_000,
    40_000_000,
    u64::MAX,
];

/// A small generator, so that a row of some hundred facts shrinks as one number.
#[derive(Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, number: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(number.max(1)).unwrap()).unwrap()
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    pub(crate) fn some<T: Clone + Ord>(&mut self, from: &[T], most: usize) -> BTreeSet<T> {
        (0..=self.below(most)).map(|_| self.pick(from)).collect()
    }

    /// A set that is known, or of which only some members are certain, or of which hardly anything is known.
    pub(crate) fn set<T: Clone + Ord>(&mut self, from: &[T]) -> SetValue<T> {
        let must = self.some(from, 2);
        match self.below(4) {
            0 => SetValue {
                must: BTreeSet::new(),
                may: Some(must.union(&self.some(from, 2)).cloned().collect()),
            },
            1 => SetValue {
                may: Some(must.union(&self.some(from, 2)).cloned().collect()),
                must,
            },
            2 if self.below(3) == 0 => SetValue { must, may: None },
            _ => SetValue::exactly(must),
        }
    }
}

/// A text with some of its lines changed: left out, doubled, swapped, cut, indented, or with a character replaced.
pub(crate) fn mutated(text: &str, seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(4) {
        let (at, other) = (dice.below(lines.len()), dice.below(lines.len()));
        match dice.below(7) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[other].clone()),
            2 => lines.swap(at, other),
            3 => lines[at] = lines[at].chars().take(other).collect(),
            4 => lines[at].insert_str(0, "  "),
            _ => {
                let strange = [
                    "{",
                    "}",
                    "[",
                    ":",
                    "&a ",
                    "*a",
                    "!!int ",
                    "\"",
                    "none",
                    "unknown",
                    "~",
                    "99999999999999999999",
                    "\u{0}",
                    "香港",
                    "- ",
                ];
                let cut = lines[at]
                    .char_indices()
                    .map(|(index, _)| index)
                    .nth(other % 30)
                    .unwrap_or(0);
                lines[at].insert_str(cut, dice.pick(&strange));
            }
        }
        if lines.is_empty() {
            lines.push(String::new());
        }
    }
    lines.join("\n")
}

/// The same document with the keys of every object in another order.
pub(crate) fn shuffled(yaml: &Yaml, dice: &mut Dice) -> Yaml {
    match yaml {
        Yaml::Mapping(mapping) => {
            let mut entries: Vec<_> = mapping
                .iter()
                .map(|(key, value)| (key.clone(), shuffled(value, dice)))
                .collect();
            for last in (1..entries.len()).rev() {
                entries.swap(last, dice.below(last + 1));
            }
            Yaml::Mapping(entries.into_iter().collect())
        }
        Yaml::Sequence(items) => Yaml::Sequence(items.iter().map(|item| shuffled(item, dice)).collect()),
        _ => yaml.clone(),
    }
}
