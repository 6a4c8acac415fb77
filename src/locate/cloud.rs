//! The regions of public clouds and the places where they lie.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use crate::locate::table;
use crate::word::words;

const REGIONS: &str = include_str!("cloud_regions.csv");

words! {
    /// Whether a region can be used.
    pub enum RegionStatus {
        /// By everybody.
        Open = "open",
        /// Not yet.
        Announced = "announced",
        /// No longer.
        Retired = "retired",
        /// By some only: governments, or who has a contract for it.
        Restricted = "restricted",
    }
}

/// A region of a public cloud. It is shown as `provider/region`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize)]
pub struct Region {
    /// The short name of the cloud: `alibaba`.
    pub provider: &'static str,
    /// The name that the provider's programs use: `cn-hangzhou`.
    pub name: &'static str,
    /// The code of the country or territory where it lies.
    pub place: &'static str,
    /// The city, metropolitan area or state that the provider names; empty where it names none.
    pub city: &'static str,
    /// Who operates the region, if not the provider; empty if the provider does.
    pub operator: &'static str,
    /// Whether it can be used.
    pub status: RegionStatus,
    /// Where this was found; `memory` where it was not looked up.
    pub source: &'static str,
    /// The day from which the source is, `YYYY-MM-DD`.
    pub as_of: &'static str,
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.name)
    }
}

/// A region by its full name: `alibaba/cn-hangzhou`.
#[must_use]
pub fn region(name: &str) -> Option<&'static Region> {
    table().get(name)
}

/// Every region known, by its full name.
pub fn regions() -> impl Iterator<Item = &'static Region> {
    table().values()
}

/// The full names of all regions, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    table().keys().map(String::as_str)
}

fn table() -> &'static BTreeMap<String, Region> {
    static TABLE: OnceLock<BTreeMap<String, Region>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let read = |[provider, name, place, city, operator, status, source, as_of]: [&'static str; 8]| {
            let status = RegionStatus::from_word(status)?;
            let region = Region {
                provider,
                name,
                place,
                city,
                operator,
                status,
                source,
                as_of,
            };
            Some((region.to_string(), region))
        };
        table::rows(REGIONS).filter_map(read).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::Date;
    use crate::place::Gazetteer;

    #[test]
    fn one_name_is_another_place_in_another_cloud() {
        let place = |name| region(name).map(|region| region.place);
        assert_eq!(place("alibaba/ap-southeast-3"), Some("MY"));
        assert_eq!(place("aws/ap-southeast-3"), Some("ID"));
        assert_eq!(place("azure/eastasia"), Some("HK"));
        assert_eq!(place("gcp/asia-east1"), Some("TW"));
        assert_eq!(place("aws/eu-west-9"), None);
        assert_eq!(place("provider/region"), None);
    }

    #[test]
    fn every_line_is_one_region_in_a_place_that_exists() {
        let places = Gazetteer::countries();
        for region in regions() {
            assert!(places.find(region.place).is_some(), "{region}");
            assert!(region.as_of.parse::<Date>().is_ok(), "{region}: {}", region.as_of);
            assert!(!region.source.is_empty() && !region.operator.contains("  "), "{region}");
            assert_eq!(super::region(&region.to_string()), Some(region));
        }
        assert_eq!(regions().count(), REGIONS.lines().count() - 1);
        assert_eq!(names().count(), regions().count());
    }
}
