//! Puts what stands under the same key before and after side by side.

use std::collections::BTreeMap;

/// What stands under one key before and after; several things may.
pub(crate) type ByKey<K, V> = BTreeMap<K, Vec<V>>;

/// One key with what stands there before, after, or both times.
#[derive(Debug, PartialEq)]
pub(crate) struct Pair<'v, K, V> {
    pub(crate) key: &'v K,
    pub(crate) old: Option<&'v V>,
    pub(crate) new: Option<&'v V>,
}

/// Pairs by key, in its order: first what is the same both times, then what is left, one by one.
///
/// Takes time in the square of what stands under one key.
pub(crate) fn paired<'v, K: Ord, V: PartialEq>(
    old: &'v ByKey<K, V>,
    new: &'v ByKey<K, V>,
) -> impl Iterator<Item = Pair<'v, K, V>> {
    let mut keys: BTreeMap<&K, [&[V]; 2]> = BTreeMap::new();
    for (side, by_key) in [old, new].into_iter().enumerate() {
        for (key, values) in by_key {
            let sides = keys.entry(key).or_default();
            if let Some(values_of_side) = sides.get_mut(side) {
                *values_of_side = values;
            }
        }
    }
    keys.into_iter().flat_map(|(key, [old, new])| {
        let mut rest: Vec<&V> = new.iter().collect();
        let mut pairs = Vec::with_capacity(old.len().max(new.len()));
        let mut without = Vec::new();
        for value in old {
            match rest.iter().position(|other| *other == value) {
                Some(at) => pairs.push((Some(value), Some(rest.remove(at)))),
                None => without.push(value),
            }
        }
        let mut rest = rest.into_iter();
        for value in without {
            pairs.push((Some(value), rest.next()));
        }
        pairs.extend(rest.map(|value| (None, Some(value))));
        pairs.into_iter().map(move |(old, new)| Pair { key, old, new })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(old: &[(&str, &[u8])], new: &[(&str, &[u8])]) -> Vec<(String, Option<u8>, Option<u8>)> {
        let by_key = |entries: &[(&str, &[u8])]| -> ByKey<String, u8> {
            entries
                .iter()
                .map(|(key, values)| ((*key).to_owned(), values.to_vec()))
                .collect()
        };
        let (old, new) = (by_key(old), by_key(new));
        paired(&old, &new)
            .map(|pair| (pair.key.clone(), pair.old.copied(), pair.new.copied()))
            .collect()
    }

    #[test]
    fn what_stayed_is_not_paired_with_what_came() {
        let key = || "a".to_owned();
        assert_eq!(
            said(&[("a", &[1, 2])], &[("a", &[2])]),
            [(key(), Some(2), Some(2)), (key(), Some(1), None)]
        );
        assert_eq!(
            said(&[("a", &[1, 2])], &[("a", &[2, 3, 4])]),
            [
                (key(), Some(2), Some(2)),
                (key(), Some(1), Some(3)),
                (key(), None, Some(4))
            ]
        );
    }

    #[test]
    fn keys_of_either_side_come_in_their_order() {
        let found = said(&[("b", &[1])], &[("a", &[1]), ("c", &[])]);
        assert_eq!(
            found,
            [("a".to_owned(), None, Some(1)), ("b".to_owned(), Some(1), None)]
        );
    }
}
