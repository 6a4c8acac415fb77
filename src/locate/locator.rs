//! Asks every source where an address is, the strongest first.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::date::Date;
use crate::locate::anycast::anycast;
#[cfg(feature = "geoip")]
use crate::locate::geoip::Database;
use crate::locate::network::Network;
use crate::locate::prefixes::Prefixes;
use crate::locate::ranges::Ranges;
use crate::locate::special::without_a_place;
use crate::locate::testimony::{Basis, Located, Testimony};
use crate::place::{Gazetteer, Place};

/// The sources that can say where an address is. A clone shares the files.
#[derive(Clone, Debug, Default)]
pub struct Locator {
    declared: Prefixes<Vec<Testimony>>,
    ranges: Vec<Arc<Ranges>>,
    #[cfg(feature = "geoip")]
    databases: Vec<Arc<Database>>,
}

/// A source of a locator.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize)]
pub struct Informant {
    /// What kind of source it is.
    pub basis: Basis,
    /// Which source, as testimonies name it.
    pub source: String,
    /// The day from which it is, if it says so.
    pub as_of: Option<Date>,
}

impl Locator {
    /// No source at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what a map or the caller says of a network.
    pub fn declare(&mut self, network: Network, place: Option<Place>, source: &str, about: Option<&str>) {
        self.declared.entry(network).push(Testimony {
            network,
            place,
            basis: Basis::DeclaredNetwork,
            source: source.to_owned(),
            as_of: None,
            about: about.map(str::to_owned),
        });
    }

    /// Adds the ranges that a provider publishes.
    pub fn add_ranges(&mut self, ranges: impl Into<Arc<Ranges>>) {
        self.ranges.push(ranges.into());
    }

    /// Adds a database.
    #[cfg(feature = "geoip")]
    pub fn add_database(&mut self, database: impl Into<Arc<Database>>) {
        self.databases.push(database.into());
    }

    /// The ranges that were added.
    pub fn ranges(&self) -> impl Iterator<Item = &Ranges> {
        self.ranges.iter().map(AsRef::as_ref)
    }

    /// Whether there is no source.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        #[cfg(feature = "geoip")]
        if !self.databases.is_empty() {
            return false;
        }
        self.declared.is_empty() && self.ranges.is_empty()
    }

    /// Every source, the strongest first.
    #[must_use]
    pub fn sources(&self) -> BTreeSet<Informant> {
        let informant = |basis, source: &str, as_of| Informant {
            basis,
            source: source.to_owned(),
            as_of,
        };
        let declared = self.declared.values().flatten();
        let declared = declared.map(|said| informant(said.basis, &said.source, said.as_of));
        let ranges = self.ranges.iter();
        let ranges = ranges.map(|ranges| informant(Basis::ProviderRange, ranges.source(), ranges.as_of()));
        let all = declared.chain(ranges);
        #[cfg(feature = "geoip")]
        let all = all.chain({
            let databases = self.databases.iter();
            databases.map(|database| informant(Basis::Database, &database.source(), database.built()))
        });
        all.collect()
    }

    /// The declared networks that lie in another one and in another place: the network around, the network inside. For
    /// the addresses of the inner one, the inner one counts.
    #[must_use]
    pub fn overlaps(&self) -> Vec<(Network, Network)> {
        let places = |said: &Vec<Testimony>| said.iter().map(|said| said.place).collect::<BTreeSet<_>>();
        let nested = self.declared.nested();
        let elsewhere = nested.filter(|((_, around), (_, inside))| places(around) != places(inside));
        elsewhere.map(|((outer, _), (inner, _))| (outer, inner)).collect()
    }

    /// Asks every source where an address or a network is; of each source the smallest network around it answers, and
    /// for a network also a part of it that the source has in another place.
    ///
    /// A declared network counts before anything else. A network known to be announced from many places has none, nor
    /// has one without a place by its number unless a provider publishes it: databases are not asked about these.
    #[must_use]
    pub fn locate(&self, network: &Network, places: &Gazetteer) -> Located {
        let mut testimonies = self.declared(network);
        let regional = self.ranges.iter().flat_map(|ranges| ranges.regional(network, places));
        let mut published: Vec<Testimony> = regional.collect();
        if published.is_empty() {
            let elsewhere = self.ranges.iter().flat_map(|ranges| ranges.elsewhere(network, places));
            published.extend(elsewhere);
        }
        let special = || without_a_place(network).filter(|_| published.is_empty());
        let nowhere = anycast(network).or_else(special);
        testimonies.append(&mut published);
        #[cfg(feature = "geoip")]
        if nowhere.is_none() {
            testimonies.extend(
                self.databases
                    .iter()
                    .filter_map(|database| database.testify(network, places)),
            );
        }
        Located {
            network: *network,
            nowhere,
            testimonies,
        }
    }

    fn declared(&self, network: &Network) -> Vec<Testimony> {
        let mut said = match self.declared.around(network) {
            Some((_, around)) => around.clone(),
            // Of the rest of the network nothing is declared, so a part that is leaves no one place for the whole.
            None if self.declared.inside(network).next().is_some() => vec![Testimony {
                network: *network,
                place: None,
                basis: Basis::DeclaredNetwork,
                source: "networks".to_owned(),
                as_of: None,
                about: Some("declared in part".to_owned()),
            }],
            None => return Vec::new(),
        };
        let mut known: BTreeSet<Option<Place>> = said.iter().map(|said| said.place).collect();
        let inside = self.declared.inside(network).flat_map(|(_, inside)| inside);
        // A part that is elsewhere leaves no one place for what was asked.
        said.extend(inside.filter(|inner| known.insert(inner.place)).cloned());
        said
    }
}

#[cfg(test)]
mod tests;
