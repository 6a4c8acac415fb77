//! Networks announced from many places at once, so that an address in them is wherever the nearest machine is.

use std::sync::OnceLock;

use crate::locate::network::Network;
use crate::locate::prefixes::Prefixes;
use crate::locate::table;

const NETWORKS: &str = include_str!("anycast.csv");

/// Why a network has no one place, if it is known to be announced from many: by whom and for what.
#[must_use]
pub fn anycast(network: &Network) -> Option<&'static str> {
    static TABLE: OnceLock<Prefixes<String>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = Prefixes::default();
        for [network, holder, service, source, as_of] in table::rows(NETWORKS) {
            if let Ok(network) = network.parse() {
                *table.entry(network) = format!(
                    "announced from many places at once (anycast): {holder}, {service}; source: {source}, {as_of}"
                );
            }
        }
        table
    });
    table.around(network).map(|(_, why)| why.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::Date;

    #[test]
    fn every_line_is_a_network_with_holder_and_source() {
        let mut networks = std::collections::BTreeSet::new();
        for [network, holder, service, source, as_of] in table::rows(NETWORKS) {
            assert_eq!(network.parse::<Network>().unwrap().to_string(), network);
            assert!(
                !holder.is_empty() && !service.is_empty() && !source.is_empty(),
                "{network}"
            );
            assert!(as_of.parse::<Date>().is_ok(), "{network}");
            assert!(networks.insert(network), "{network} stands twice");
        }
        assert_eq!(networks.len(), NETWORKS.lines().count() - 1);
    }

    #[test]
    fn a_public_resolver_is_everywhere_and_its_neighbour_is_not() {
        let why = |network: &str| anycast(&network.parse().unwrap());
        assert!(why("1.1.1.1").unwrap().contains("Cloudflare"));
        assert!(why("8.8.8.0/25").unwrap().contains("Google"));
        assert_eq!(why("8.8.0.0/16"), None);
        assert_eq!(why("8.8.9.9"), None);
    }
}
