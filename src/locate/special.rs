//! Addresses that say nothing about where they are, after IANA's registries of special-purpose addresses.

use std::sync::OnceLock;

use crate::locate::network::Network;
use crate::locate::prefixes::Prefixes;

/// The registries as of October 2025, and what they leave out: multicast, and what was never given to anybody.
const SPECIAL: &[(&str, &str)] = &[
    ("0.0.0.0/8", "an address of \"this network\", or none"),
    ("10.0.0.0/8", "a private address"),
    ("100.64.0.0/10", "an address shared by the customers of a carrier"),
    ("127.0.0.0/8", "the machine itself"),
    ("169.254.0.0/16", "a link-local address"),
    ("172.16.0.0/12", "a private address"),
    ("192.0.0.0/24", "an address for protocols"),
    ("192.0.2.0/24", "an address for documentation"),
    (
        "192.31.196.0/24",
        "an address answered wherever somebody set up a server of AS112",
    ),
    (
        "192.52.193.0/24",
        "an address answered by the nearest relay of multicast",
    ),
    (
        "192.88.99.0/24",
        "an address answered by the nearest relay between IPv6 and IPv4",
    ),
    ("192.168.0.0/16", "a private address"),
    (
        "192.175.48.0/24",
        "an address answered wherever somebody set up a server of AS112",
    ),
    ("198.18.0.0/15", "an address for tests of speed"),
    ("198.51.100.0/24", "an address for documentation"),
    ("203.0.113.0/24", "an address for documentation"),
    ("224.0.0.0/4", "a multicast address"),
    ("233.252.0.0/24", "an address for documentation"),
    ("240.0.0.0/4", "a reserved address"),
    ("255.255.255.255", "a broadcast address"),
    // Only 2000::/3 has been opened for machines on the internet.
    ("::/3", "a reserved address"),
    ("4000::/2", "a reserved address"),
    ("8000::/1", "a reserved address"),
    ("::", "no address"),
    ("::1", "the machine itself"),
    ("::/96", "an IPv4 address in a form given up"),
    (
        "64:ff9b::/96",
        "an IPv4 address, translated; where the translator and where the machine is, the number does not say",
    ),
    ("64:ff9b:1::/48", "an IPv4 address, translated within one network"),
    ("100::/64", "an address whose traffic is thrown away"),
    ("100:0:0:1::/64", "an address that stands for no machine"),
    ("2001::/23", "an address for protocols"),
    ("2001::/32", "an address of a Teredo tunnel, which may end anywhere"),
    ("2001:1::1", "an address answered by the nearest port mapper"),
    ("2001:1::2", "an address answered by the nearest relay"),
    ("2001:1::3", "an address answered by the nearest registrar of services"),
    ("2001:2::/48", "an address for tests of speed"),
    ("2001:3::/32", "an address answered by the nearest relay of multicast"),
    (
        "2001:4:112::/48",
        "an address answered wherever somebody set up a server of AS112",
    ),
    ("2001:10::/28", "a hash of a name, not an address of a machine"),
    ("2001:20::/28", "a hash of a name, not an address of a machine"),
    (
        "2001:30::/28",
        "a name of an aircraft without a pilot, not an address of a machine",
    ),
    ("2001:db8::/32", "an address for documentation"),
    (
        "2002::/16",
        "an IPv4 address carried in IPv6 (6to4), which may be anywhere",
    ),
    (
        "2620:4f:8000::/48",
        "an address answered wherever somebody set up a server of AS112",
    ),
    ("3fff::/20", "an address for documentation"),
    ("5f00::/16", "an instruction to routers, not an address of a machine"),
    ("fc00::/7", "a private address"),
    ("fe80::/10", "a link-local address"),
    ("fec0::/10", "a private address, of a kind given up"),
    ("ff00::/8", "a multicast address"),
];

/// Why all of a network has no place by its number: it is used anew in every network, by many machines, or by none.
#[must_use]
pub fn without_a_place(network: &Network) -> Option<&'static str> {
    static TABLE: OnceLock<Prefixes<&'static str>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = Prefixes::default();
        for (text, why) in SPECIAL {
            if let Ok(network) = text.parse() {
                *table.entry(network) = *why;
            }
        }
        table
    });
    table.around(network).map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(network: &str) -> Option<&'static str> {
        without_a_place(&network.parse().unwrap())
    }

    #[test]
    fn every_line_is_a_network_of_its_own() {
        let mut networks: Vec<Network> = SPECIAL.iter().map(|(text, _)| text.parse().unwrap()).collect();
        // As it would be printed, so that no bit stands beyond the prefix.
        assert!(
            SPECIAL
                .iter()
                .zip(&networks)
                .all(|((text, _), network)| network.to_string() == *text)
        );
        networks.sort();
        networks.dedup();
        assert_eq!(networks.len(), SPECIAL.len());
    }

    #[test]
    fn an_address_that_every_network_uses_has_no_place() {
        for (address, word) in [
            ("0.1.2.3", "this network"),
            ("10.0.0.1", "private"),
            ("172.31.255.255", "private"),
            ("100.64.0.1", "carrier"),
            ("100.127.255.255", "carrier"),
            ("127.9.9.9", "itself"),
            ("169.254.169.254", "link-local"),
            ("192.0.0.8", "protocols"),
            ("192.0.2.255", "documentation"),
            ("198.51.100.1", "documentation"),
            ("203.0.113.200", "documentation"),
            ("198.19.255.255", "tests"),
            ("224.0.0.1", "multicast"),
            ("250.1.2.3", "reserved"),
            ("255.255.255.255", "broadcast"),
            ("::ffff:192.168.1.1", "private"),
            ("fd00::1", "private"),
            ("fe80::1", "link-local"),
            ("ff02::1", "multicast"),
            ("::1", "itself"),
            ("::", "no address"),
            ("2001:db8:ffff::1", "documentation"),
            ("3fff:fff::1", "documentation"),
            ("2001::1", "Teredo"),
            ("2001:20::1", "hash"),
            ("2002:808:808::1", "6to4"),
            ("100::1", "thrown away"),
            ("64:ff9b::808:808", "translated"),
            ("abcd::1", "reserved"),
        ] {
            assert!(
                why(address).is_some_and(|why| why.contains(word)),
                "{address}: {:?}",
                why(address)
            );
        }
    }

    #[test]
    fn what_lies_next_to_a_special_range_is_like_any_other_address() {
        for address in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.101.0",
            "203.0.114.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:db7:ffff::1",
            "2001:db9::1",
            "2003::1",
            "3fff:1000::1",
            "2606:4700::1",
            "::ffff:8.8.8.8",
        ] {
            assert_eq!(why(address), None, "{address}");
        }
    }

    #[test]
    fn a_network_has_no_place_if_all_of_it_has_none() {
        assert!(why("10.20.0.0/16").is_some() && why("10.0.0.0/8").is_some() && why("fe00::/9").is_some());
        for wider in [
            "10.0.0.0/7",
            "192.0.0.0/16",
            "0.0.0.0/0",
            "::/0",
            "2001::/16",
            "203.0.112.0/23",
        ] {
            assert_eq!(why(wider), None, "{wider}");
        }
    }
}
