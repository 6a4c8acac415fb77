//! Flow logs of a virtual private cloud.

use crate::observe::layout::{Layout, split};
use crate::observe::record::{Names, Record, Slot};
use crate::observe::row::Row;
use crate::observe::summary::{Apart, Malformed};
use crate::observe::traffic::{Notes, Sight};

const NAMES: Names = &[
    ("srcaddr", Slot::Source),
    ("dstaddr", Slot::Destination),
    ("pkt-srcaddr", Slot::InnerSource),
    ("pkt-dstaddr", Slot::InnerDestination),
    ("srcport", Slot::SourcePort),
    ("dstport", Slot::Port),
    ("protocol", Slot::Protocol),
    ("bytes", Slot::Bytes),
    ("start", Slot::Start),
    ("end", Slot::End),
    ("action", Slot::State),
    ("log-status", Slot::Status),
];

/// The fields if nobody has chosen others.
const DEFAULT: &[u8] =
    b"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

/// The fields of the lines to come.
pub(super) struct Fields(Layout);

impl Default for Fields {
    fn default() -> Self {
        Self::of(DEFAULT)
    }
}

impl Fields {
    /// The fields that a header line names; also as they are chosen, `${srcaddr} ${dstaddr}`.
    pub(super) fn of(header: &[u8]) -> Self {
        Self(Layout::of(
            header
                .split(|byte| *byte == b' ')
                .filter(|name| !name.is_empty())
                .map(bare),
            NAMES,
        ))
    }

    pub(super) fn record<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Malformed> {
        let line = without_stamp(line);
        self.0.record(line, split(line, b' '), |field| field == b"-")
    }
}

fn bare(name: &[u8]) -> &[u8] {
    let inside = name.strip_prefix(b"${").and_then(|name| name.strip_suffix(b"}"));
    inside.unwrap_or(name)
}

/// The line without the time that the log service puts before it.
fn without_stamp(line: &[u8]) -> &[u8] {
    match line {
        [_, _, _, _, b'-', _, _, b'-', _, _, b'T', rest @ ..] => {
            let end = memchr::memchr(b' ', rest);
            end.and_then(|end| rest.get(end + 1..)).unwrap_or(line)
        }
        _ => line,
    }
}

/// Whether a line names fields.
pub(super) fn is_header(line: &[u8]) -> bool {
    // Records, of which there are many more, do not begin like this.
    if !matches!(line.first(), Some(b'a'..=b'z' | b'$')) {
        return false;
    }
    let has = |names: [&[u8]; 2]| line.split(|byte| *byte == b' ').any(|name| names.contains(&bare(name)));
    has([b"srcaddr", b"pkt-srcaddr"]) && has([b"dstaddr", b"pkt-dstaddr"])
}

/// Whether a line is a record with the default fields.
pub(super) fn is_record(line: &[u8]) -> bool {
    let fields: Vec<&[u8]> = split(without_stamp(line), b' ').collect();
    let [version, .., status] = fields.as_slice() else {
        return false;
    };
    let statuses: [&[u8]; 3] = [b"OK", b"NODATA", b"SKIPDATA"];
    fields.len() == 14 && version.len() == 1 && version.iter().all(u8::is_ascii_digit) && statuses.contains(status)
}

/// The row of a record, or why it is no traffic.
pub(super) fn row<'n>(record: &Record<'_>, notes: &'n mut Notes) -> Result<Result<Row<'n>, Apart>, Malformed> {
    match record.text(Slot::Status) {
        b"NODATA" => return Ok(Err(Apart::NoData)),
        b"SKIPDATA" => return Ok(Err(Apart::Skipped)),
        b"OK" | b"" => {}
        other => return Err(Malformed::new(other, "a log status: `OK`, `NODATA` or `SKIPDATA`")),
    }
    match record.text(Slot::State) {
        b"REJECT" => return Ok(Err(Apart::Rejected)),
        b"ACCEPT" | b"" => {}
        other => return Err(Malformed::new(other, "an action: `ACCEPT` or `REJECT`")),
    }
    // The inner address is that of the other side where the outer one is of a gateway on the way.
    let either = |inner, outer| if record.has(inner) { inner } else { outer };
    let source = either(Slot::InnerSource, Slot::Source);
    let destination = either(Slot::InnerDestination, Slot::Destination);
    Ok(Ok(notes.row(record, (source, destination), Sight::OneWay)?))
}
