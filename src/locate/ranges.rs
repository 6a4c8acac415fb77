//! The address ranges that cloud providers publish, each with the region it is used in.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};

use crate::date::Date;
use crate::diagnostic::Diagnostics;
use crate::locate::cloud::Region;
use crate::locate::network::Network;
use crate::locate::prefixes::Prefixes;
use crate::locate::testimony::{Basis, Testimony, file_name, printable};
use crate::place::Gazetteer;

/// A file of ranges as one provider publishes it.
#[derive(Clone, Debug, Default)]
pub struct Ranges {
    source: String,
    as_of: Option<Date>,
    /// The regions that occur: how the file names them, and what is known of them.
    regions: IndexMap<String, Option<&'static Region>>,
    services: IndexSet<String>,
    /// What is said of a network, if a region or the whole world is.
    regional: Prefixes<Vec<Tag>>,
    /// What is said of a network without a word of where.
    elsewhere: Prefixes<Vec<Tag>>,
}

/// A region and a service, by their numbers in [`Ranges`].
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Tag {
    region: usize,
    service: usize,
}

/// Networks that lie in another one of the same file and in another place.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Overlaps {
    /// How many there are.
    pub count: usize,
    /// The first of them by address, at most five: the network around, the network inside.
    pub first: Vec<(Network, Network)>,
}

impl Ranges {
    /// Reads `ip-ranges.json` of Amazon, `cloud.json` or `goog.json` of Google, `ServiceTags_….json` of Microsoft, or
    /// `public_ip_ranges.json` of Oracle: which of them it is, its keys tell.
    ///
    /// The file's name is the one to report problems under; Microsoft writes the day of the file into it only.
    ///
    /// # Errors
    /// If it is none of these files; otherwise every prefix that is none, every key that is missing, with its path.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Diagnostics> {
        read::read(name, bytes)
    }

    /// The name of the file, without its folder.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The day on which the provider made the file, if it says so.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.as_of
    }

    /// How many networks the file has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.regional.len() + self.elsewhere.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The networks inside others of the same file that lie in another place: the smaller one counts there.
    #[must_use]
    pub fn overlaps(&self) -> Overlaps {
        let mut overlaps = Overlaps::default();
        for ((outer, around), (inner, inside)) in self.regional.nested() {
            let (around, inside) = (self.places(around), self.places(inside));
            if !around.is_empty() && !inside.is_empty() && around != inside {
                overlaps.count += 1;
                if overlaps.first.len() < 5 {
                    overlaps.first.push((outer, inner));
                }
            }
        }
        overlaps
    }

    /// What the file says of a network that it gives to a region or to the whole world.
    pub(super) fn regional(&self, network: &Network, places: &Gazetteer) -> Vec<Testimony> {
        let Some((outer, tags)) = self.regional.around(network) else {
            return Vec::new();
        };
        let mut said = self.testimonies(outer, tags, places);
        let mut known = self.places(tags);
        // A part that is elsewhere leaves no one place for what was asked.
        for (inner, tags) in self.regional.inside(network) {
            let there = self.places(tags);
            // A region that nobody knows may be anywhere.
            if there.is_empty() || !there.is_subset(&known) {
                known.extend(there);
                said.extend(self.testimonies(inner, tags, places));
            }
        }
        said
    }

    /// What the file says of a network without a word of where it is used.
    pub(super) fn elsewhere(&self, network: &Network, places: &Gazetteer) -> Vec<Testimony> {
        let found = self.elsewhere.around(network);
        found.map_or_else(Vec::new, |(outer, tags)| self.testimonies(outer, tags, places))
    }

    /// The codes of the places of these regions.
    fn places(&self, tags: &[Tag]) -> BTreeSet<&'static str> {
        let region = |tag: &Tag| self.regions.get_index(tag.region).and_then(|(_, region)| *region);
        tags.iter().filter_map(region).map(|region| region.place).collect()
    }

    /// One testimony a region, with the services it is said for.
    fn testimonies(&self, network: Network, tags: &[Tag], places: &Gazetteer) -> Vec<Testimony> {
        let mut by_region: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for tag in tags {
            let services = by_region.entry(tag.region).or_default();
            services.extend(self.services.get_index(tag.service).map(String::as_str));
        }
        let said = |(region, services): (usize, BTreeSet<&str>)| {
            let (name, region) = self.regions.get_index(region)?;
            let services: Vec<&str> = services.into_iter().filter(|service| !service.is_empty()).collect();
            let mut about = name.clone();
            if !services.is_empty() {
                about = format!("{about} ({})", services.join(", "));
            }
            if let Some(region) = region.filter(|region| !region.operator.is_empty()) {
                about = format!("{about}, operated by {}", region.operator);
            }
            Some(Testimony {
                network,
                place: region.and_then(|region| places.find(region.place)),
                basis: Basis::ProviderRange,
                source: self.source.clone(),
                as_of: self.as_of,
                about: Some(about),
            })
        };
        by_region.into_iter().filter_map(said).collect()
    }

    /// Takes in what a file says of a network, if it could be read.
    fn add(&mut self, network: Option<Network>, found: Found<'_>) {
        let Some(network) = network else {
            return;
        };
        let region = self.regions.entry(printable(&found.name));
        let number = region.index();
        region.or_insert(found.region);
        let (service, _) = self.services.insert_full(printable(found.service));
        let of_where = if found.says_where {
            &mut self.regional
        } else {
            &mut self.elsewhere
        };
        of_where.entry(network).push(Tag {
            region: number,
            service,
        });
    }

    fn named(name: &str) -> Self {
        Self {
            source: file_name(name),
            ..Self::default()
        }
    }
}

/// What a file says of one network.
struct Found<'a> {
    /// The region as it is to be shown.
    name: String,
    region: Option<&'static Region>,
    /// Whether the file says where the network is used, be it everywhere.
    says_where: bool,
    service: &'a str,
}

#[cfg(test)]
mod tests;
