//! Networks and their places: the longest prefix that holds an address says where it is.

use std::net::IpAddr;

use ipnetwork::IpNetwork;

use crate::place::Place;

/// Networks of which somebody says where they are.
#[derive(Clone, Debug, Default)]
pub struct Networks {
    /// The longest prefixes first.
    known: Vec<(IpNetwork, Place)>,
}

/// The text is no network such as `203.0.113.0/24` or `2001:db8::/32`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a network such as `203.0.113.0/24` or `2001:db8::/32`")]
pub struct NotANetwork;

impl Networks {
    /// No networks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a network and where it is. The same network said twice keeps its first place.
    ///
    /// # Errors
    /// If the text is no network.
    pub fn add(&mut self, network: &str, place: Place) -> Result<(), NotANetwork> {
        let network: IpNetwork = network.parse().map_err(|_| NotANetwork)?;
        // A host in a network stands for the network.
        let network = IpNetwork::new(network.network(), network.prefix()).map_err(|_| NotANetwork)?;
        let at = self
            .known
            .partition_point(|(known, _)| known.prefix() >= network.prefix());
        self.known.insert(at, (network, place));
        Ok(())
    }

    /// The place of the smallest network that holds an address, and that network.
    #[must_use]
    pub fn find(&self, address: IpAddr) -> Option<(IpAddr, u8, Place)> {
        let address = address.to_canonical();
        let holds = |(network, _): &&(IpNetwork, Place)| network.contains(address);
        let (network, place) = self.known.iter().find(holds)?;
        Some((network.network(), network.prefix(), *place))
    }
}

/// Why an address has no place by its number: it is used anew in every network, or in none.
#[must_use]
pub fn without_a_place(address: IpAddr) -> Option<&'static str> {
    match address.to_canonical() {
        IpAddr::V4(ip) if ip.is_private() => Some("a private address"),
        IpAddr::V4(ip) if ip.octets()[0] == 100 && ip.octets()[1] & 0xC0 == 64 => {
            Some("an address shared by a carrier")
        }
        IpAddr::V4(ip) if ip.is_documentation() => Some("an address for documentation"),
        IpAddr::V6(ip) if ip.is_unique_local() => Some("a private address"),
        IpAddr::V6(ip) if ip.is_unicast_link_local() => Some("a link-local address"),
        IpAddr::V6(ip) if ip.segments()[..2] == [0x2001, 0xDB8] => Some("an address for documentation"),
        IpAddr::V4(ip) if ip.is_link_local() => Some("a link-local address"),
        ip if ip.is_loopback() => Some("the machine itself"),
        ip if ip.is_multicast() => Some("a multicast address"),
        ip if ip.is_unspecified() => Some("no address"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Gazetteer;

    #[test]
    fn the_longest_prefix_says_where_an_address_is() {
        let places = Gazetteer::countries();
        let place = |code| places.find(code).unwrap();
        let mut networks = Networks::new();
        networks.add("0.0.0.0/0", place("US")).unwrap();
        networks.add("10.1.2.3/16", place("HK")).unwrap();
        networks.add("10.1.5.0/31", place("SG")).unwrap();
        networks.add("2001:db8::/127", place("MO")).unwrap();
        let find = |address: &str| networks.find(address.parse().unwrap()).map(|(_, _, place)| place);
        assert_eq!(find("10.1.9.9"), Some(place("HK")));
        assert_eq!(find("10.1.5.1"), Some(place("SG")));
        assert_eq!(find("::ffff:10.1.5.0"), Some(place("SG")));
        assert_eq!(find("192.0.2.1"), Some(place("US")));
        assert_eq!(find("2001:db8::1"), Some(place("MO")));
        assert_eq!(find("2001:db8::2"), None);
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "HK", "::/129"] {
            assert_eq!(networks.add(wrong, place("HK")), Err(NotANetwork), "{wrong}");
        }
    }

    #[test]
    fn an_address_that_every_network_uses_has_no_place() {
        for address in [
            "10.0.0.1",
            "100.64.0.1",
            "192.0.2.7",
            "fd00::1",
            "::1",
            "224.0.0.1",
            "::ffff:192.168.1.1",
        ] {
            assert!(without_a_place(address.parse().unwrap()).is_some(), "{address}");
        }
        for address in ["8.8.8.8", "100.128.0.1", "2606:4700::1"] {
            assert_eq!(without_a_place(address.parse().unwrap()), None, "{address}");
        }
    }
}
