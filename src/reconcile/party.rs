//! Who is at an address: a node of the map, a network it declares, or somebody it does not know.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use crate::locate::locator::Locator;
use crate::locate::network::Network;
use crate::locate::testimony::{Basis, Located};
use crate::model::{EntityId, Map, NodeId};
use crate::observe::tally::Pair;
use crate::place::{Gazetteer, Place};
use crate::reconcile::tie::Ties;
use crate::word::words;

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
    /// What it is called by.
    pub kind: StrangerKind,
    /// The name in the log, the id of the network declared, the provider's region, the autonomous system and where a
    /// database believes it to be, or the block of addresses.
    pub label: String,
    /// The id of the network of the map in which it lies.
    pub network: Option<String>,
}

words! {
    /// What a stranger is called by.
    pub enum StrangerKind {
        /// A name in the log.
        Name = "name",
        /// A network that the map declares.
        Network = "network",
        /// Whose the address is, as a source says.
        Holder = "holder",
        /// A block of addresses.
        Block = "block",
    }
}

/// The addresses at which a stranger was met, and where it is by all of them.
#[derive(Clone, Debug)]
pub struct Met {
    /// The addresses.
    pub addresses: BTreeSet<IpAddr>,
    /// Where they are.
    pub whereabouts: Whereabouts,
}

/// Where a stranger is, by all its addresses.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Whereabouts {
    /// All places where its addresses are, if sources other than databases give one for each.
    pub places: Option<BTreeSet<Place>>,
    /// Where databases believe them to be.
    pub believed: BTreeSet<Place>,
}

impl Default for Met {
    fn default() -> Self {
        Self {
            addresses: BTreeSet::new(),
            whereabouts: Whereabouts {
                places: Some(BTreeSet::new()),
                believed: BTreeSet::new(),
            },
        }
    }
}

impl Met {
    fn at(&mut self, address: IpAddr, located: &Located) {
        if !self.addresses.insert(address) {
            return;
        }
        let Whereabouts { places, believed } = &mut self.whereabouts;
        believed.extend(located.believed());
        *places = match (places.take(), located.place()) {
            (Some(mut places), Some((place, _))) => {
                places.insert(place);
                Some(places)
            }
            _ => None,
        };
    }
}

/// All of a party on which it turns what the law says of it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum JudgedAs {
    /// The nodes.
    Nodes(BTreeSet<NodeId>),
    /// Where a stranger is, and who runs its network.
    Other(Option<Whereabouts>, Option<EntityId>),
}

/// Ties addresses to parties; each address is located once.
pub struct Parties<'a> {
    ties: &'a Ties,
    locator: &'a Locator,
    gazetteer: &'a Gazetteer,
    located: HashMap<IpAddr, Located>,
    met: BTreeMap<Stranger, Met>,
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
            met: BTreeMap::new(),
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

    /// At which addresses a stranger was met so far.
    #[must_use]
    pub fn met(&self, stranger: &Stranger) -> Option<&Met> {
        self.met.get(stranger)
    }

    /// As what a party is judged: which nodes it is, or where it is and who runs the network in which it lies.
    pub(super) fn judged_as(&self, map: &Map, party: &Party) -> JudgedAs {
        match party {
            Party::Nodes(nodes) => JudgedAs::Nodes(nodes.clone()),
            Party::Other(stranger) => {
                let network = map
                    .networks
                    .iter()
                    .find(|network| Some(&network.id) == stranger.network.as_ref());
                let whereabouts = self.met(stranger).map(|met| met.whereabouts.clone());
                JudgedAs::Other(whereabouts, network.and_then(|network| network.operator))
            }
        }
    }

    fn other(&mut self, address: IpAddr, name: Option<&str>) -> Party {
        let network = self.ties.network(address).map(str::to_owned);
        let (kind, label) = match (name, &network) {
            (Some(name), _) => (StrangerKind::Name, name.to_owned()),
            (None, Some(network)) => (StrangerKind::Network, network.clone()),
            (None, None) => match holder(self.located(address)) {
                Some(holder) => (StrangerKind::Holder, holder),
                None => (StrangerKind::Block, block(address).to_string()),
            },
        };
        let stranger = Stranger { kind, label, network };
        let located = self.located(address).clone();
        self.met.entry(stranger.clone()).or_default().at(address, &located);
        Party::Other(stranger)
    }
}

/// Whose an address is, as sources say: the region of a provider, or an autonomous system, which may be in many places.
fn holder(located: &Located) -> Option<String> {
    let said = located.testimonies.iter().find(|said| said.about.is_some())?;
    let about = said.about.clone()?;
    Some(match (said.basis, said.place) {
        (Basis::Database, Some(place)) => format!("{about}, {place}"),
        _ => about,
    })
}

/// The block around an address that is usually one holder's: the smallest one that is announced by itself.
fn block(address: IpAddr) -> Network {
    let prefix = if address.is_ipv4() { 24 } else { 48 };
    Network::around(address, prefix).unwrap_or_else(|| Network::of(address))
}

/// Whether an address is one of those that every network uses for itself.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => ip.is_private(),
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
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
