//! How much went between two parties, when and how often.

use serde::Serialize;

use crate::observe::moment::Moment;
use crate::observe::tally::Volume;

/// What went from one party to another, and back.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Traffic {
    /// Bytes that went there.
    pub bytes: u64,
    /// Bytes that came back.
    pub bytes_back: u64,
    /// Records that do not say how many bytes there were: there may have been more.
    #[serde(skip_serializing_if = "is_zero")]
    pub unmeasured: u64,
    /// Connections of which something came.
    pub connections: u64,
    /// How many of them the side to which it went called.
    #[serde(skip_serializing_if = "is_zero")]
    pub called_back: u64,
    /// The ports that were called, the smallest few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u16>,
    /// Whether other ports were called, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more_ports: bool,
    /// Attempts that came to nothing.
    #[serde(skip_serializing_if = "is_zero")]
    pub unanswered: u64,
    /// When the first one began (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Moment>,
    /// When the last one ended (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Moment>,
    /// On how many days (UTC).
    pub days: usize,
    /// Connections a day, on those days; no more than is seen in the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_day: Option<f64>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Traffic {
    /// From the client to the server of a volume, and back.
    #[must_use]
    pub fn of(volume: &Volume) -> Self {
        let days = volume.days.count();
        let called = volume.connections.saturating_add(volume.connections_back);
        let connections = called.saturating_sub(volume.unanswered);
        Self {
            bytes: volume.sent,
            bytes_back: volume.received,
            unmeasured: volume.bytes_unknown_rows,
            connections,
            called_back: volume.connections_back,
            ports: volume.ports.iter().collect(),
            more_ports: volume.ports.has_more(),
            unanswered: volume.unanswered,
            first: volume.first,
            last: volume.last,
            days,
            per_day: (days > 0).then(|| (connections as f64 / days as f64 * 10.0).round() / 10.0),
        }
    }

    /// The same, seen from the other side.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self {
            bytes: self.bytes_back,
            bytes_back: self.bytes,
            called_back: self.connections.saturating_sub(self.called_back),
            ..self
        }
    }
}

/// The same volume, called from the other side.
#[must_use]
pub(super) fn turned(volume: &Volume) -> Volume {
    Volume {
        sent: volume.received,
        received: volume.sent,
        connections: volume.connections_back,
        connections_back: volume.connections,
        ..volume.clone()
    }
}
