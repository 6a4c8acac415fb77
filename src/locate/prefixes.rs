//! Values by network, found by the smallest network around another.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::locate::network::Network;

/// Values by network.
#[derive(Clone, Debug)]
pub(crate) struct Prefixes<T> {
    /// A network stands right before those inside it.
    by_network: BTreeMap<Network, T>,
    /// The prefixes that occur, the longest first.
    lengths: BTreeSet<Reverse<u8>>,
}

impl<T> Default for Prefixes<T> {
    fn default() -> Self {
        Self {
            by_network: BTreeMap::new(),
            lengths: BTreeSet::new(),
        }
    }
}

impl<T> Prefixes<T> {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_network.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_network.len()
    }

    /// Each network with its value; one stands right before those inside it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Network, &T)> {
        self.by_network.iter().map(|(network, value)| (*network, value))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.by_network.values()
    }

    /// The value of a network, the default one if it has none yet.
    pub(crate) fn entry(&mut self, network: Network) -> &mut T
    where
        T: Default,
    {
        self.lengths.insert(Reverse(network.prefix()));
        self.by_network.entry(network).or_default()
    }

    /// The networks around this one, itself among them, the smallest first.
    pub(crate) fn outward(&self, network: &Network) -> impl Iterator<Item = (Network, &T)> {
        let (address, lengths) = (network.address(), self.lengths.range(Reverse(network.prefix())..));
        let around = lengths.filter_map(move |length| Network::around(address, length.0));
        around.filter_map(|outer| Some((outer, self.by_network.get(&outer)?)))
    }

    /// The smallest network around this one, which may be itself.
    pub(crate) fn around(&self, network: &Network) -> Option<(Network, &T)> {
        self.outward(network).next()
    }

    /// The networks inside this one, without itself.
    pub(crate) fn inside(&self, network: &Network) -> impl Iterator<Item = (Network, &T)> {
        let from_it_on = self.by_network.range(network..);
        from_it_on
            .take_while(move |(inner, _)| network.covers(inner))
            .filter(move |(inner, _)| *inner != network)
            .map(|(inner, value)| (*inner, value))
    }

    /// Each network that lies in another, after the smallest one around it.
    pub(crate) fn nested(&self) -> impl Iterator<Item = ((Network, &T), (Network, &T))> {
        let mut around: Vec<(Network, &T)> = Vec::new();
        self.by_network.iter().filter_map(move |(network, value)| {
            while around.last().is_some_and(|(outer, _)| !outer.covers(network)) {
                around.pop();
            }
            let outer = around.last().copied();
            around.push((*network, value));
            Some((outer?, (*network, value)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    /// Few bits that differ, so that networks often hold each other.
    fn any_network() -> impl Strategy<Value = Network> {
        let v4 = (0_u32..8, 28_u8..=32).prop_map(|(low, prefix)| format!("192.0.2.{low}/{prefix}"));
        let wide = (0_u8..=2).prop_map(|prefix| format!("192.0.2.0/{prefix}"));
        let v6 = (0_u32..4, 125_u8..=128).prop_map(|(low, prefix)| format!("2001:db8::{low}/{prefix}"));
        prop_oneof![v4, wide, v6, Just("::/0".to_owned())].prop_map(|text| network(&text))
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_a_search_through_all_finds(
            held in proptest::collection::btree_set(any_network(), 0..12), asked in any_network()
        ) {
            let mut prefixes: Prefixes<()> = Prefixes::default();
            for network in &held {
                prefixes.entry(*network);
            }
            let smallest = |inner: &Network, held: &BTreeSet<Network>| {
                held.iter().copied().filter(|outer| outer.covers(inner)).max_by_key(Network::prefix)
            };
            prop_assert_eq!(prefixes.around(&asked).map(|found| found.0), smallest(&asked, &held));
            let inside: Vec<Network> = prefixes.inside(&asked).map(|found| found.0).collect();
            let truly: Vec<Network> = held.iter().copied().filter(|inner| asked.covers(inner) && *inner != asked).collect();
            prop_assert_eq!(inside, truly);
            let nested: BTreeMap<Network, Network> = prefixes.nested().map(|(outer, inner)| (inner.0, outer.0)).collect();
            for inner in &held {
                let mut others = held.clone();
                others.remove(inner);
                prop_assert_eq!(nested.get(inner).copied(), smallest(inner, &others));
            }
        }
    }
}
