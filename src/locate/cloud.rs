//! The regions of public clouds and the places where they lie.

use std::collections::BTreeMap;
use std::sync::OnceLock;

const REGIONS: &str = include_str!("cloud_regions.csv");

/// The code of the place where a region lies: `alibaba/cn-hangzhou` lies in `CN`.
#[must_use]
pub fn region(name: &str) -> Option<&'static str> {
    table().get(name).copied()
}

/// Every region known, as `provider/region`, sorted.
pub fn regions() -> impl Iterator<Item = &'static str> {
    table().keys().map(String::as_str)
}

fn table() -> &'static BTreeMap<String, &'static str> {
    static TABLE: OnceLock<BTreeMap<String, &'static str>> = OnceLock::new();
    TABLE.get_or_init(|| {
        REGIONS
            .lines()
            .skip(1)
            .filter_map(|line| {
                let (region, place) = line.rsplit_once(',')?;
                Some((region.replacen(',', "/", 1), place))
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Gazetteer;

    #[test]
    fn one_name_is_another_place_in_another_cloud() {
        assert_eq!(region("alibaba/ap-southeast-3"), Some("MY"));
        assert_eq!(region("aws/ap-southeast-3"), Some("ID"));
        assert_eq!(region("azure/eastasia"), Some("HK"));
        assert_eq!(region("gcp/asia-east1"), Some("TW"));
        assert_eq!(region("aws/eu-west-9"), None);
        assert_eq!(region("provider/region"), None);
    }

    #[test]
    fn every_line_is_one_region_in_a_place_that_exists() {
        let places = Gazetteer::countries();
        for name in regions() {
            assert!(region(name).and_then(|place| places.find(place)).is_some(), "{name}");
        }
        assert_eq!(regions().count(), REGIONS.lines().count() - 1);
    }
}
