//! Who is at an address: a node of the map, a network it declares, or somebody it does not know.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use crate::locate::locator::Locator;
use crate::locate::network::Network;
use crate::locate::testimony::Located;
use crate::model::NodeId;
use crate::observe::tally::Pair;
use crate::place::{Gazetteer, Place};
use crate::reconcile::tie::Ties;

/// Who is at one end of a connection.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Party {
    /// A node of the map; several where they share the address.
    Nodes(BTreeSet<NodeId>),
    /// Somebody that no node of the map is.
    Other(Stranger),
}

/// Somebody that no node of the map is: all addresses that are known to be the same one's.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Stranger {
    /// The name in the log, the network declared, the provider's region, the autonomous system, or a block of addresses.
    pub label: String,
    /// The id of the network of the map in which it lies.
    pub network: Option<String>,
    /// Its place, if a source other than a database gives it.
    pub place: Option<Place>,
    /// Where databases believe it to be.
    pub believed: BTreeSet<Place>,
}

/// Ties addresses to parties; each address is located once.
pub struct Parties<'a> {
    ties: &'a Ties,
    locator: &'a Locator,
    gazetteer: &'a Gazetteer,
    located: HashMap<IpAddr, Located>,
    /// The addresses of each stranger.
    addresses: BTreeMap<Stranger, BTreeSet<IpAddr>>,
}

impl<'a> Parties<'a> {
    /// Nobody has been met yet.
    #[must_use]
    pub fn new(ties: &'a Ties, locator: &'a Locator, gazetteer: &'a Gazetteer) -> Self {
        Self {
            ties,
            locator,
            gazetteer,
            located: HashMap::new(),
            addresses: BTreeMap::new(),
        }
    }

    /// Who called whom.
    pub fn of(&mut self, pair: &Pair) -> (Party, Party) {
        let client = self.ties.client(pair.client);
        let server = self.ties.server(pair.server, pair.port, pair.name.as_deref());
        let client = if client.is_empty() {
            self.other(pair.client, None)
        } else {
            Party::Nodes(client)
        };
        let server = if server.is_empty() {
            self.other(pair.server, pair.name.as_deref())
        } else {
            Party::Nodes(server)
        };
        (client, server)
    }

    /// What is known of where an address is.
    pub fn located(&mut self, address: IpAddr) -> &Located {
        let (locator, gazetteer) = (self.locator, self.gazetteer);
        let locate = || locator.locate(&Network::of(address), gazetteer);
        self.located.entry(address).or_insert_with(locate)
    }

    /// The addresses at which a stranger was met.
    #[must_use]
    pub fn addresses(&self, stranger: &Stranger) -> BTreeSet<IpAddr> {
        self.addresses.get(stranger).cloned().unwrap_or_default()
    }

    fn other(&mut self, address: IpAddr, name: Option<&str>) -> Party {
        let located = self.located(address);
        let about = located.testimonies.iter().find_map(|said| said.about.clone());
        let (place, believed) = (located.place().map(|(place, _)| place), located.believed());
        let network = self.ties.network(address).map(str::to_owned);
        let label = name.map(str::to_owned).or_else(|| network.clone()).or(about);
        let stranger = Stranger {
            label: label.unwrap_or_else(|| block(address).to_string()),
            network,
            place,
            believed,
        };
        self.addresses.entry(stranger.clone()).or_default().insert(address);
        Party::Other(stranger)
    }
}

/// The block around an address that is usually one holder's: the smallest one that is announced by itself.
fn block(address: IpAddr) -> Network {
    let prefix = if address.is_ipv4() { 24 } else { 48 };
    Network::around(address, prefix).unwrap_or_else(|| Network::of(address))
}

/// Whether packets to or from an address never leave the machine or its link, or go to many at once.
#[must_use]
pub fn stays_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) if ip.is_link_local() || ip.is_broadcast() => true,
        IpAddr::V6(ip) if ip.is_unicast_link_local() => true,
        ip => ip.is_loopback() || ip.is_multicast() || ip.is_unspecified(),
    }
}
