//! What nfdump prints of NetFlow as CSV. Its times are the local ones of the machine that printed them, without a zone.

use crate::observe::record::{Names, Record, Slot};
use crate::observe::row::Row;
use crate::observe::summary::Malformed;
use crate::observe::traffic::{Notes, Sight, is_tcp};

pub(super) const NAMES: Names = &[
    ("ts", Slot::Start),
    ("te", Slot::End),
    ("sa", Slot::Source),
    ("da", Slot::Destination),
    ("sp", Slot::SourcePort),
    ("dp", Slot::Port),
    ("pr", Slot::Protocol),
    ("flg", Slot::State),
    ("ibyt", Slot::Bytes),
    ("opkt", Slot::PacketsBack),
    ("obyt", Slot::BytesBack),
    // Since 1.7.4.
    ("firstSeen", Slot::Start),
    ("duration", Slot::Duration),
    ("proto", Slot::Protocol),
    ("srcAddr", Slot::Source),
    ("srcPort", Slot::SourcePort),
    ("dstAddr", Slot::Destination),
    ("dstPort", Slot::Port),
    ("bytes", Slot::Bytes),
];

/// Whether a line names fields.
pub(super) fn is_header(line: &[u8]) -> bool {
    let starts: [&[u8]; 2] = [b"ts,te,td,", b"firstSeen,duration,proto,"];
    starts.iter().any(|start| line.starts_with(start))
}

/// Whether the totals begin here, or the log says that there was nothing.
pub(super) fn is_end(line: &[u8]) -> bool {
    line == b"Summary" || line.starts_with(b"Summary:") || line == b"No matched flows"
}

/// The row of a record.
pub(super) fn row<'n>(record: &Record<'_>, notes: &'n mut Notes) -> Result<Row<'n>, Malformed> {
    let packets_back = record.number(Slot::PacketsBack, "a number of packets")?.unwrap_or(0);
    let bytes_back = record.number(Slot::BytesBack, "a number of bytes")?.unwrap_or(0);
    // A record of one direction has zeros for the other.
    let sight = if packets_back > 0 || bytes_back > 0 {
        Sight::BothWays
    } else {
        Sight::OneWay
    };
    let mut row = notes.row(record, (Slot::Source, Slot::Destination), sight)?;
    if is_tcp(record) {
        let flags = record.text(Slot::State);
        let has = |flag| flags.contains(&flag);
        let asks_only = has(b'S') && !has(b'A');
        let is_way_back = sight == Sight::OneWay && row.connections == 0;
        let refuses = is_way_back && has(b'R') && !has(b'S') && !has(b'P') && !has(b'F');
        row.unanswered = asks_only || refuses;
    }
    Ok(row)
}
