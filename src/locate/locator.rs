//! Asks every source where an address is, the strongest first.

use std::collections::{BTreeMap, BTreeSet};

use crate::locate::network::Network;
use crate::locate::testimony::{Basis, Located, Testimony};
use crate::place::{Gazetteer, Place};

/// The sources that can say where an address is.
#[derive(Clone, Debug, Default)]
pub struct Locator {
    declared: BTreeMap<Network, Vec<Testimony>>,
    /// The lengths of the prefixes declared, the longest first.
    prefixes: BTreeSet<std::cmp::Reverse<u8>>,
}

impl Locator {
    /// No source at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what a map or the caller says of a network.
    pub fn declare(&mut self, network: Network, place: Option<Place>, source: &str, about: Option<&str>) {
        self.prefixes.insert(std::cmp::Reverse(network.prefix()));
        self.declared.entry(network).or_default().push(Testimony {
            network,
            place,
            basis: Basis::DeclaredNetwork,
            source: source.to_owned(),
            as_of: None,
            about: about.map(str::to_owned),
        });
    }

    /// Asks every source where an address or a network is; of each source the smallest network around it answers.
    #[must_use]
    pub fn locate(&self, network: &Network, _places: &Gazetteer) -> Located {
        let around = self.prefixes.iter().filter(|prefix| prefix.0 <= network.prefix());
        let mut around = around.filter_map(|prefix| Network::around(network.address(), prefix.0));
        let found = around.find_map(|outer| self.declared.get(&outer));
        Located {
            network: *network,
            nowhere: None,
            testimonies: found.cloned().unwrap_or_default(),
        }
    }
}
