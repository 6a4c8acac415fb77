//! Which nodes of a map an address in a log belongs to: by network, name and port.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use crate::locate::network::Network;
use crate::model::{Address, Map, NodeId, Reach};

/// Who is reached at one network or name, each at one port or at any.
type Reached = Vec<(Option<u16>, NodeId)>;

/// The addresses of the nodes of a map.
#[derive(Clone, Debug, Default)]
pub struct Ties {
    networks: HashMap<Network, Reached>,
    /// The lengths of the prefixes there are, the longest first.
    prefixes: BTreeSet<Reverse<u8>>,
    hosts: BTreeMap<String, Reached>,
    hosts_under: BTreeMap<String, Reached>,
    /// The networks that the map declares, with their ids.
    declared: HashMap<Network, String>,
}

impl Ties {
    /// The addresses of the nodes of a map.
    #[must_use]
    pub fn of(map: &Map) -> Self {
        let mut ties = Self::default();
        for (index, node) in map.nodes.iter().enumerate() {
            for Address { at, port } in &node.addresses {
                let reached = match at {
                    Reach::Network(network) => {
                        ties.prefixes.insert(Reverse(network.prefix()));
                        ties.networks.entry(*network).or_default()
                    }
                    Reach::Host(name) => ties.hosts.entry(name.clone()).or_default(),
                    Reach::HostsUnder(name) => ties.hosts_under.entry(name.clone()).or_default(),
                };
                reached.push((*port, NodeId::at(index)));
            }
        }
        for declared in &map.networks {
            for range in &declared.ranges {
                ties.prefixes.insert(Reverse(range.prefix()));
                ties.declared.entry(*range).or_insert_with(|| declared.id.clone());
            }
        }
        ties
    }

    /// The id of the smallest network of the map around an address.
    #[must_use]
    pub fn network(&self, address: IpAddr) -> Option<&str> {
        let id = self.outward(address).find_map(|network| self.declared.get(&network));
        id.map(String::as_str)
    }

    /// The ports by which nodes are told apart.
    #[must_use]
    pub fn ports(&self) -> BTreeSet<u16> {
        let of_names = self.hosts.values().chain(self.hosts_under.values());
        let mut ports = BTreeSet::new();
        for (port, _) in of_names.flatten() {
            ports.extend(port);
        }
        for network in self.networks.keys().collect::<BTreeSet<_>>() {
            ports.extend(
                self.networks
                    .get(network)
                    .into_iter()
                    .flatten()
                    .filter_map(|(port, _)| *port),
            );
        }
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
        if by_name.is_empty() {
            self.around(address, on_port)
        } else {
            by_name
        }
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
        let found = self.outward(address).find_map(|network| {
            let nodes = find(self.networks.get(&network)?);
            (!nodes.is_empty()).then_some(nodes)
        });
        found.unwrap_or_default()
    }

    /// The networks around an address, as far as any of this length is known, the smallest first.
    fn outward(&self, address: IpAddr) -> impl Iterator<Item = Network> {
        let address = address.to_canonical();
        let prefixes = self.prefixes.iter();
        prefixes.filter_map(move |prefix| Network::around(address, prefix.0))
    }
}

fn at(reached: &Reached, port: impl Fn(Option<u16>) -> bool) -> BTreeSet<NodeId> {
    let fitting = reached.iter().filter(|(of, _)| port(*of));
    fitting.map(|(_, node)| *node).collect()
}
