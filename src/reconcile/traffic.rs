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
    /// Connections.
    pub connections: u64,
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
        Self {
            bytes: volume.sent,
            bytes_back: volume.received,
            unmeasured: volume.bytes_unknown_rows,
            connections: volume.connections,
            first: volume.first,
            last: volume.last,
            days,
            per_day: (days > 0).then(|| (volume.connections as f64 / days as f64 * 10.0).round() / 10.0),
        }
    }

    /// The same, seen from the other side.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self {
            bytes: self.bytes_back,
            bytes_back: self.bytes,
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
        ..volume.clone()
    }
}
