//! What somebody says of where an address is, and what follows from all of it.

use std::collections::BTreeSet;

use crate::date::Date;
use crate::locate::network::Network;
use crate::place::Place;
use crate::word::words;

words! {
    /// On what it rests where an address is said to be, the strongest first.
    pub enum Basis {
        /// The map says where the network is.
        DeclaredNetwork = "declared_network",
        /// The provider of the network publishes where it is.
        ProviderRange = "provider_range",
        /// A database believes it. Evidence, never proof.
        Database = "database",
    }
}

/// What one source says of an address or a network.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Testimony {
    /// The network of which it is said: the smallest one that the source has around what was asked.
    pub network: Network,
    /// Where it is; `None` where the source has the network but no one place for it.
    pub place: Option<Place>,
    /// What kind of source it is.
    pub basis: Basis,
    /// Which source: `networks.hk-office`, `ip-ranges.json`.
    pub source: String,
    /// The day from which the source is.
    pub as_of: Option<Date>,
    /// What else it says: the cloud region, the operator, the autonomous system.
    pub about: Option<String>,
}

/// What is known of where an address or a network is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Located {
    /// What was asked.
    pub network: Network,
    /// Why its number says nothing about where it is, if so: it is private, or many machines in many places have it.
    pub nowhere: Option<&'static str>,
    /// What the sources say, the strongest first.
    pub testimonies: Vec<Testimony>,
}

impl Located {
    /// The place that a source other than a database gives; `None` where there is none, or two of the same strength differ.
    #[must_use]
    pub fn place(&self) -> Option<(Place, Basis)> {
        let strongest = self.testimonies.first()?.basis;
        let of_strongest = || self.testimonies.iter().filter(|said| said.basis == strongest);
        if strongest == Basis::Database || of_strongest().any(|said| said.place.is_none()) {
            return None;
        }
        let places: BTreeSet<Place> = of_strongest().filter_map(|said| said.place).collect();
        places
            .first()
            .filter(|_| places.len() == 1)
            .map(|place| (*place, strongest))
    }

    /// The places that databases give: one if they agree.
    #[must_use]
    pub fn believed(&self) -> BTreeSet<Place> {
        let by_database = self.testimonies.iter().filter(|said| said.basis == Basis::Database);
        by_database.filter_map(|said| said.place).collect()
    }
}
