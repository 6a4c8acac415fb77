//! Which nodes of a map an address in a log belongs to: by network, name and port.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::locate::network::Network;
use crate::locate::prefixes::Prefixes;
use crate::model::{Address, Map, NodeId, Reach};

/// Who is reached at one network or name, each at one port or at any.
type Reached = Vec<(Option<u16>, NodeId)>;

/// The addresses of the nodes of a map.
#[derive(Clone, Debug, Default)]
pub struct Ties {
    networks: Prefixes<Reached>,
    hosts: BTreeMap<String, Reached>,
    hosts_under: BTreeMap<String, Reached>,
    /// The nodes that are reached by names.
    named: BTreeSet<NodeId>,
    /// The ids of the networks that the map declares.
    declared: Prefixes<Vec<String>>,
}

impl Ties {
    /// The addresses of the nodes of a map.
    #[must_use]
    pub fn of(map: &Map) -> Self {
        let mut ties = Self::default();
        for (index, node) in map.nodes.iter().enumerate() {
            for Address { at, port } in &node.addresses {
                let reached = match at {
                    Reach::Network(network) => ties.networks.entry(*network),
                    Reach::Host(name) => ties.hosts.entry(name.clone()).or_default(),
                    Reach::HostsUnder(name) => ties.hosts_under.entry(name.clone()).or_default(),
                };
                reached.push((*port, NodeId::at(index)));
                if !matches!(at, Reach::Network(_)) {
                    ties.named.insert(NodeId::at(index));
                }
            }
        }
        for declared in &map.networks {
            for range in &declared.ranges {
                ties.declared.entry(*range).push(declared.id.clone());
            }
        }
        ties
    }

    /// The id of the smallest network of the map around an address.
    #[must_use]
    pub fn network(&self, address: IpAddr) -> Option<&str> {
        let (_, ids) = self.declared.around(&Network::of(address))?;
        ids.first().map(String::as_str)
    }

    /// The ports by which nodes are told apart.
    #[must_use]
    pub fn ports(&self) -> BTreeSet<u16> {
        let of_names = self.hosts.values().chain(self.hosts_under.values());
        let mut ports = BTreeSet::new();
        for (port, _) in of_names.flatten() {
            ports.extend(port);
        }
        ports.extend(self.networks.values().flatten().filter_map(|(port, _)| *port));
        ports
    }

    /// Who calls from an address: several where nodes share it. The port of a caller says nothing.
    #[must_use]
    pub fn client(&self, address: IpAddr) -> BTreeSet<NodeId> {
        self.around(address, |reached| {
            let any_port = at(reached, |port| port.is_none());
            if any_port.is_empty() {
                at(reached, |_| true)
            } else {
                any_port
            }
        })
    }

    /// Who is called: by the name in the log, or else by the address; by its port before any port.
    #[must_use]
    pub fn server(&self, address: IpAddr, port: Option<u16>, name: Option<&str>) -> BTreeSet<NodeId> {
        let on_port = |reached: &Reached| {
            let this = at(reached, |of| of.is_some() && of == port);
            if this.is_empty() {
                at(reached, |of| of.is_none())
            } else {
                this
            }
        };
        let by_name = name.map(|name| self.named(name, &on_port)).unwrap_or_default();
        if !by_name.is_empty() {
            return by_name;
        }
        // Behind one address may be many names: a node that has names of its own is not reached by another one.
        let by_address = self.around(address, on_port).into_iter();
        by_address
            .filter(|node| name.is_none() || !self.named.contains(node))
            .collect()
    }

    /// The name itself goes before the names above it, the nearest first.
    fn named(&self, name: &str, on_port: &impl Fn(&Reached) -> BTreeSet<NodeId>) -> BTreeSet<NodeId> {
        let whole = self.hosts.get(name).map(on_port).unwrap_or_default();
        if !whole.is_empty() {
            return whole;
        }
        let mut rest = name;
        while let Some((_, above)) = rest.split_once('.') {
            let found = self.hosts_under.get(above).map(on_port).unwrap_or_default();
            if !found.is_empty() {
                return found;
            }
            rest = above;
        }
        BTreeSet::new()
    }

    /// The smallest network around an address at which anybody is found.
    fn around(&self, address: IpAddr, find: impl Fn(&Reached) -> BTreeSet<NodeId>) -> BTreeSet<NodeId> {
        let network = Network::of(address);
        let found = self.networks.outward(&network).find_map(|(_, reached)| {
            let nodes = find(reached);
            (!nodes.is_empty()).then_some(nodes)
        });
        found.unwrap_or_default()
    }
}

fn at(reached: &Reached, port: impl Fn(Option<u16>) -> bool) -> BTreeSet<NodeId> {
    let fitting = reached.iter().filter(|(of, _)| port(*of));
    fitting.map(|(_, node)| *node).collect()
}
