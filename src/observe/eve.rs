//! Suricata's event log: flows, and names from the events of TLS, QUIC and HTTP.

use crate::observe::record::{Names, Record, Slot};
use crate::observe::row::Row;
use crate::observe::summary::{Apart, Malformed};
use crate::observe::traffic::{Notes, Sight, is_tcp};

pub(super) const NAMES: Names = &[
    ("timestamp", Slot::Written),
    ("event_type", Slot::Kind),
    ("src_ip", Slot::Source),
    ("src_port", Slot::SourcePort),
    ("dest_ip", Slot::Destination),
    ("dest_port", Slot::Port),
    ("proto", Slot::Protocol),
    ("flow.bytes_toserver", Slot::Bytes),
    ("flow.bytes_toclient", Slot::BytesBack),
    ("flow.start", Slot::Start),
    ("flow.end", Slot::End),
    ("netflow.bytes", Slot::Bytes),
    ("netflow.start", Slot::Start),
    ("netflow.end", Slot::End),
    ("tls.sni", Slot::Name),
    ("quic.sni", Slot::Name),
    ("http.hostname", Slot::Name),
];

/// The row of a record, or why it is no traffic.
pub(super) fn row<'n>(record: &Record<'_>, notes: &'n mut Notes) -> Result<Result<Row<'n>, Apart>, Malformed> {
    let sight = match record.text(Slot::Kind) {
        b"" => return Err(Malformed::because("no `event_type`", "an event of Suricata")),
        b"flow" => Sight::Call,
        b"netflow" => Sight::OneWay,
        b"tls" | b"quic" | b"http" if record.has(Slot::Name) => Sight::NameOnly,
        _ => return Ok(Err(Apart::Other)),
    };
    let mut row = notes.row(record, (Slot::Source, Slot::Destination), sight)?;
    // The bytes are those of whole packets: a greeting that nobody returned has some.
    row.unanswered |= sight == Sight::Call && is_tcp(record) && row.received == Some(0);
    Ok(Ok(row))
}
