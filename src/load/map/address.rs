//! Addresses, networks and names of hosts as written.

use crate::load::decode::Node;
use crate::load::map::context::Context;
use crate::load::map::format::{ADDRESS, NULL_LIKE};
use crate::load::map::reader::{Reader, members};
use crate::load::tree::Tree;
use crate::locate::network::Network;
use crate::model::{Address, Reach};

/// The longest name of a host, in bytes (RFC 1035, section 2.3.4).
const LONGEST_HOST: usize = 253;

/// An address or a network, or a list of them: at least one.
pub(super) fn networks(node: &Node<'_>) -> Option<Vec<Network>> {
    match node.tree {
        Tree::List(items) if !items.is_empty() => members(node, network),
        Tree::Text(_) => network(node).map(|network| vec![network]),
        _ => {
            node.expected("an address or a network, or a list of them, at least one");
            None
        }
    }
}

/// Where a node is reached, `none` for one that nobody reaches: each an address, a network or the name of a host, or an object that adds a port.
pub(super) fn addresses(context: &Context<'_, '_>, node: &Node<'_>) -> Option<Vec<Address>> {
    match node.tree {
        _ if node.is_word("none") => Some(Vec::new()),
        Tree::List(items) if !items.is_empty() => members(node, |item| address(context, item)),
        Tree::List(_) => {
            node.expected("at least one address");
            None
        }
        _ => address(context, node).map(|address| vec![address]),
    }
}

fn address(context: &Context<'_, '_>, node: &Node<'_>) -> Option<Address> {
    if !matches!(node.tree, Tree::Object(_)) {
        return reach(node).map(|at| Address { at, port: None });
    }
    let reader = Reader::new(context, node, &ADDRESS)?;
    let port = match reader.known("port") {
        None => None,
        Some(port) => Some(number_of_port(port)?),
    };
    let at = reach(reader.known("at")?)?;
    Some(Address { at, port })
}

fn number_of_port(node: &Node<'_>) -> Option<u16> {
    let number = node.count().and_then(|number| u16::try_from(number).ok());
    if number.is_none() && matches!(node.tree, Tree::Integer(_)) {
        node.expected("a number of a port, at most 65535");
    }
    number
}

fn reach(node: &Node<'_>) -> Option<Reach> {
    let Tree::Text(text) = node.tree else {
        node.expected("an address, a network or the name of a host (text)");
        return None;
    };
    if let Ok(network) = text.parse() {
        return Some(Reach::Network(network));
    }
    let name = text.strip_suffix('.').unwrap_or(text).to_lowercase();
    let found = match name.strip_prefix("*.") {
        Some(under) => is_host(under).then(|| Reach::HostsUnder(under.to_owned())),
        None => is_host(&name).then_some(Reach::Host(name)),
    };
    if found.is_none() {
        node.expected("an address, a network such as `203.0.113.0/24`, or the name of a host");
    }
    found
}

/// Whether a text in small letters can be the name of a host in a map.
///
/// A mistyped address is no name: the last part of a name is no number (RFC 3696, section 2).
pub(crate) fn is_host(name: &str) -> bool {
    let is_label = |label: &str| {
        let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || b >= 0x80;
        !label.is_empty() && label.len() <= 63 && label.bytes().all(inner)
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|b| b.is_ascii_digit());
    name.len() <= LONGEST_HOST && name.split('.').all(is_label) && !is_number && !NULL_LIKE.contains(&name)
}

fn network(node: &Node<'_>) -> Option<Network> {
    let Tree::Text(text) = node.tree else {
        node.expected("an address or a network (text)");
        return None;
    };
    let network = text.parse().ok();
    if network.is_none() {
        node.expected("an address such as `203.0.113.7`, or a network such as `203.0.113.0/24` or `2001:db8::/32`");
    }
    network
}
