//! Networks: blocks of addresses, of which an address by itself is the smallest.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnetwork::IpNetwork;

/// A block of addresses such as `203.0.113.0/24` or `2001:db8::/32`, or one address.
///
/// An IPv4 address written as IPv6 (`::ffff:203.0.113.7`) is that IPv4 address.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Network(IpNetwork);

impl Network {
    /// The block of one address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(IpNetwork::from(address.to_canonical()))
    }

    /// The first address.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.0.ip()
    }

    /// The number of bits that all its addresses share.
    #[must_use]
    pub fn prefix(&self) -> u8 {
        self.0.prefix()
    }

    /// Whether it is one address.
    #[must_use]
    pub fn is_one_address(&self) -> bool {
        self.prefix() == widest(self.address())
    }

    /// Whether an address lies in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(address.to_canonical())
    }

    /// Whether all of another network lies in it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.prefix() <= other.prefix() && self.contains(other.address())
    }

    /// The network of this prefix around an address; `None` for a prefix that is too long for it.
    #[must_use]
    pub fn around(address: IpAddr, prefix: u8) -> Option<Self> {
        let network = IpNetwork::new(address, prefix).ok()?;
        // A host in a network stands for the network.
        IpNetwork::new(network.network(), prefix).ok().map(Self)
    }
}

/// The prefix of one address.
fn widest(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The text is no network such as `203.0.113.0/24` or `2001:db8::/32`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an address or a network such as `203.0.113.7`, `203.0.113.0/24` or `2001:db8::/32`")]
pub struct NotANetwork;

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = match text.split_once('/') {
            // `u8` would take `+8`.
            Some((_, prefix)) if !prefix.bytes().all(|byte| byte.is_ascii_digit()) => return Err(NotANetwork),
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| NotANetwork)?)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let address = written.to_canonical();
        let prefix = match prefix {
            None => widest(address),
            // A block of IPv4 addresses written as IPv6 counts its bits from there.
            Some(prefix) if address != written => prefix.checked_sub(96).ok_or(NotANetwork)?,
            Some(prefix) => prefix,
        };
        Self::around(address, prefix).ok_or(NotANetwork)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_one_address() {
            write!(f, "{}", self.address())
        } else {
            write!(f, "{}/{}", self.address(), self.prefix())
        }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_is_written_in_one_way() {
        for (written, same) in [
            ("10.1.2.3/16", "10.1.0.0/16"),
            ("10.1.2.3", "10.1.2.3"),
            ("10.1.2.3/32", "10.1.2.3"),
            ("192.0.2.9/31", "192.0.2.8/31"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:DB8:0::1/127", "2001:db8::/127"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1/120", "192.0.2.0/24"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(network(written).to_string(), same);
            assert_eq!(network(same), network(written));
        }
        for wrong in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "HK",
            "::/129",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "::ffff:10.0.0.0/8",
            "1.2.3.4/24/2",
        ] {
            assert_eq!(wrong.parse::<Network>(), Err(NotANetwork), "{wrong}");
        }
    }

    #[test]
    fn a_network_holds_its_own_family_only() {
        let everything = network("0.0.0.0/0");
        assert!(everything.contains("203.0.113.7".parse().unwrap()));
        assert!(everything.contains("::ffff:203.0.113.7".parse().unwrap()));
        assert!(!everything.contains("2001:db8::1".parse().unwrap()));
        let pair = network("192.0.2.8/31");
        assert!(pair.contains("192.0.2.9".parse().unwrap()) && !pair.contains("192.0.2.10".parse().unwrap()));
        assert!(network("2001:db8::/127").contains("2001:db8::1".parse().unwrap()));
        assert!(network("10.0.0.0/8").covers(&network("10.0.0.0/9")));
        assert!(!network("10.0.0.0/9").covers(&network("10.0.0.0/8")));
        assert!(!network("::/0").covers(&network("10.0.0.0/8")));
    }
}
