//! Who spoke to whom: distinct pairs with what went between them. Memory follows the pairs, never the records.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;

use indexmap::{Equivalent, IndexMap};
use serde::Serialize;

use crate::observe::moment::{Days, Moment};
use crate::observe::row::Row;

/// A client and a server that were seen together.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Pair {
    /// Who called.
    pub client: IpAddr,
    /// Who was called.
    pub server: IpAddr,
    /// The server's port, if the tally keeps it apart.
    pub port: Option<u16>,
    /// The server's host name, if the log has one: lower case, no dot at the end.
    pub name: Option<Arc<str>>,
}

impl Pair {
    /// The pair of a record, as a tally that tells these ports of servers apart knows it.
    #[must_use]
    pub fn of(row: &Row<'_>, ports: &BTreeSet<u16>) -> Self {
        Self {
            client: row.client,
            server: row.server,
            port: row.server_port.filter(|port| ports.contains(port)),
            name: row.name.map(Arc::from),
        }
    }
}

/// So many ports are remembered.
const MOST_PORTS: usize = 4;

/// The smallest few of many ports.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ports {
    /// Sorted; 0 is none.
    few: [u16; MOST_PORTS],
    has_more: bool,
}

impl Ports {
    /// Adds a port. Whatever the order, the smallest ones stay.
    fn add(&mut self, mut port: u16) {
        for known in &mut self.few {
            if *known == port || port == 0 {
                return;
            }
            if *known == 0 || port < *known {
                std::mem::swap(known, &mut port);
            }
        }
        self.has_more |= port != 0;
    }

    /// The ports remembered.
    pub fn iter(&self) -> impl Iterator<Item = u16> {
        self.few.into_iter().filter(|port| *port != 0)
    }

    /// Whether there are others.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.has_more
    }
}

impl Serialize for Ports {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// What went between a pair.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Volume {
    /// Records.
    pub rows: u64,
    /// Connections, as far as the log counts them: see [`Row::connections`].
    pub connections: u64,
    /// Connections in which the server of the pair called the client: none in a tally, where who calls is the client.
    pub connections_back: u64,
    /// The smallest few ports of the server, whether or not the tally keeps them apart.
    pub ports: Ports,
    /// How many of them came to nothing: see [`Row::unanswered`].
    pub unanswered: u64,
    /// Bytes from client to server; stays at the largest number that fits.
    pub sent: u64,
    /// Bytes from server to client; stays at the largest number that fits.
    pub received: u64,
    /// Records that leave the bytes of a direction open. `sent` and `received` may then be more than is said here.
    pub bytes_unknown_rows: u64,
    /// Records of what was answered, without a readable time.
    pub untimed_rows: u64,
    /// When the first of those that were answered began.
    pub first: Option<Moment>,
    /// When the last of them ended, or began where the log does not say more.
    pub last: Option<Moment>,
    /// The days (UTC) on which they began.
    pub days: Days,
}

impl Volume {
    /// Whether anything can have gone from one to the other: there were bytes, or it is not known how many. Connections
    /// that came to nothing carry nothing.
    #[must_use]
    pub fn may_carry_data(&self) -> bool {
        self.sent > 0 || self.received > 0 || self.bytes_unknown_rows > 0
    }

    /// Adds what another volume holds.
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.connections = self.connections.saturating_add(other.connections);
        self.connections_back = self.connections_back.saturating_add(other.connections_back);
        for port in other.ports.iter() {
            self.ports.add(port);
        }
        self.ports.has_more |= other.ports.has_more;
        self.unanswered = self.unanswered.saturating_add(other.unanswered);
        self.sent = self.sent.saturating_add(other.sent);
        self.received = self.received.saturating_add(other.received);
        self.bytes_unknown_rows += other.bytes_unknown_rows;
        self.untimed_rows += other.untimed_rows;
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
        self.days.add_all(&other.days);
    }

    fn add_row(&mut self, row: &Row<'_>) {
        self.rows += 1;
        self.connections = self.connections.saturating_add(row.connections);
        if row.unanswered {
            self.unanswered = self.unanswered.saturating_add(row.connections);
            return;
        }
        if let Some(port) = row.server_port {
            self.ports.add(port);
        }
        self.bytes_unknown_rows += u64::from(row.sent.is_none() || row.received.is_none());
        self.sent = self.sent.saturating_add(row.sent.unwrap_or(0));
        self.received = self.received.saturating_add(row.received.unwrap_or(0));
        let first = row.start.or(row.end);
        self.untimed_rows += u64::from(first.is_none());
        self.first = earlier(self.first, first);
        self.last = self.last.max(row.end.max(row.start));
        if let Some(first) = first {
            self.days.add(first.day());
        }
    }
}

fn earlier(one: Option<Moment>, other: Option<Moment>) -> Option<Moment> {
    [one, other].into_iter().flatten().min()
}

/// A pair as a record has it, without a name of its own: what is looked up for every record.
struct Seen<'a> {
    client: IpAddr,
    server: IpAddr,
    port: Option<u16>,
    name: Option<&'a str>,
}

impl Hash for Seen<'_> {
    // As `Pair` derives it.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.client.hash(state);
        self.server.hash(state);
        self.port.hash(state);
        self.name.hash(state);
    }
}

impl Equivalent<Pair> for Seen<'_> {
    fn equivalent(&self, pair: &Pair) -> bool {
        self.client == pair.client
            && self.server == pair.server
            && self.port == pair.port
            && self.name == pair.name.as_deref()
    }
}

/// The pairs of one or several logs, with what went between them.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pairs: IndexMap<Pair, Volume>,
    ports: BTreeSet<u16>,
}

impl Tally {
    /// An empty tally that does not tell a server's ports apart.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells these ports of servers apart; all others count as one, without a port.
    #[must_use]
    pub fn with_ports(mut self, ports: BTreeSet<u16>) -> Self {
        self.ports = ports;
        self
    }

    /// Counts a record. If its pair is seen for the first time, this is the pair.
    pub fn add(&mut self, row: &Row<'_>) -> Option<&Pair> {
        let seen = Seen {
            client: row.client,
            server: row.server,
            port: row.server_port.filter(|port| self.ports.contains(port)),
            name: row.name,
        };
        if let Some(volume) = self.pairs.get_mut(&seen) {
            volume.add_row(row);
            return None;
        }
        let pair = Pair::of(row, &self.ports);
        let mut volume = Volume::default();
        volume.add_row(row);
        let (at, _) = self.pairs.insert_full(pair, volume);
        self.pairs.get_index(at).map(|(pair, _)| pair)
    }

    /// The pairs, sorted, with what went between them.
    pub fn pairs(&self) -> impl Iterator<Item = (&Pair, &Volume)> {
        let mut pairs: Vec<_> = self.pairs.iter().collect();
        pairs.sort_unstable_by_key(|(pair, _)| *pair);
        pairs.into_iter()
    }

    /// What went between a pair.
    #[must_use]
    pub fn get(&self, pair: &Pair) -> Option<&Volume> {
        self.pairs.get(pair)
    }

    /// The number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// About how many bytes of memory the tally occupies.
    #[must_use]
    pub fn memory(&self) -> usize {
        // An index of eight bytes and a control byte for each place of the table; the hash beside each entry.
        let slot = size_of::<(u64, Pair, Volume)>() + size_of::<usize>() + 1;
        let more = |(pair, volume): (&Pair, &Volume)| {
            let name = pair.name.as_ref().map_or(0, |name| name.len() + 2 * size_of::<usize>());
            name + volume.days.heap()
        };
        self.pairs.capacity() * slot + self.pairs.iter().map(more).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(client: u8, server: u8) -> Row<'static> {
        Row {
            client: [192, 0, 2, client].into(),
            server: [203, 0, 113, server].into(),
            server_port: Some(443),
            name: None,
            sent: Some(10),
            received: Some(20),
            connections: 1,
            unanswered: false,
            start: None,
            end: None,
        }
    }

    fn only(tally: &Tally) -> &Volume {
        assert_eq!(tally.len(), 1);
        tally.pairs().next().unwrap().1
    }

    #[test]
    fn a_pair_is_new_once_and_ports_count_only_if_asked_for() {
        let mut tally = Tally::new().with_ports(BTreeSet::from([22]));
        assert_eq!(tally.add(&row(1, 9)).unwrap().port, None);
        let other_port = Row {
            server_port: Some(80),
            ..row(1, 9)
        };
        assert_eq!(tally.add(&other_port), None);
        let listed = Row {
            server_port: Some(22),
            ..row(1, 9)
        };
        assert_eq!(tally.add(&listed).unwrap().port, Some(22));
        let named = Row {
            name: Some("example.org"),
            ..row(1, 9)
        };
        assert_eq!(tally.add(&named).unwrap().name.as_deref(), Some("example.org"));
        assert_eq!(tally.add(&named), None);
        let connections: Vec<u64> = tally.pairs().map(|(_, volume)| volume.connections).collect();
        assert_eq!(connections, [2, 2, 1]);
    }

    #[test]
    fn a_call_that_came_to_nothing_carries_nothing() {
        let mut tally = Tally::new();
        tally.add(&Row {
            unanswered: true,
            sent: Some(180),
            received: None,
            ..row(1, 9)
        });
        assert_eq!(
            (only(&tally).connections, only(&tally).unanswered, only(&tally).sent),
            (1, 1, 0)
        );
        assert!(!only(&tally).may_carry_data());
        tally.add(&Row {
            received: None,
            ..row(1, 9)
        });
        assert_eq!((only(&tally).sent, only(&tally).bytes_unknown_rows), (10, 1));
        assert!(only(&tally).may_carry_data());
    }

    #[test]
    fn sums_stop_at_the_largest_number() {
        let mut tally = Tally::new();
        let huge = Row {
            sent: Some(u64::MAX - 5),
            connections: u64::MAX,
            ..row(1, 9)
        };
        tally.add(&huge);
        tally.add(&huge);
        assert_eq!(
            (only(&tally).sent, only(&tally).received, only(&tally).connections),
            (u64::MAX, 40, u64::MAX)
        );
    }

    #[test]
    fn days_are_those_on_which_something_began() {
        let at = |text: &str| Moment::from_text(text.as_bytes());
        let mut tally = Tally::new();
        tally.add(&Row {
            start: at("2026-11-22T23:59:00Z"),
            end: at("2026-11-23T00:01:00Z"),
            ..row(1, 9)
        });
        tally.add(&Row {
            end: at("2026-11-20T12:00:00Z"),
            ..row(1, 9)
        });
        tally.add(&row(1, 9));
        let volume = only(&tally);
        let days: Vec<String> = volume.days.iter().map(|day| day.to_string()).collect();
        assert_eq!(days, ["2026-11-20", "2026-11-22"]);
        assert_eq!(
            (volume.first, volume.last),
            (at("2026-11-20T12:00:00Z"), at("2026-11-23T00:01:00Z"))
        );
        assert_eq!(volume.untimed_rows, 1);
    }

    proptest! {
        #[test]
        fn the_order_of_rows_does_not_matter_and_parts_add_up(ends in prop::collection::vec((0_u8..4, 0_u8..4, any::<u32>()), 0..40), cut in 0_usize..40) {
            let tally_of = |ends: &mut dyn Iterator<Item = &(u8, u8, u32)>| {
                let mut tally = Tally::new();
                for (client, server, seconds) in ends {
                    tally.add(&Row { start: Moment::from_milliseconds(u64::from(*seconds) * 1000), ..row(*client, *server) });
                }
                tally
            };
            let shown = |tally: &Tally| tally.pairs().map(|(pair, volume)| (pair.clone(), volume.clone())).collect::<Vec<_>>();
            let whole = tally_of(&mut ends.iter());
            prop_assert_eq!(shown(&whole), shown(&tally_of(&mut ends.iter().rev())));
            prop_assert!(whole.pairs().zip(whole.pairs().skip(1)).all(|(one, next)| one.0 < next.0));
            let (start, rest) = ends.split_at(cut.min(ends.len()));
            let (start, rest) = (tally_of(&mut start.iter()), tally_of(&mut rest.iter()));
            for (pair, volume) in whole.pairs() {
                let mut sum = start.get(pair).cloned().unwrap_or_default();
                sum.add(&rest.get(pair).cloned().unwrap_or_default());
                prop_assert_eq!(&sum, volume);
            }
        }
    }
}
