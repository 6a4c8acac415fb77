//! Addresses that say nothing about where they are.

use std::net::IpAddr;

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
