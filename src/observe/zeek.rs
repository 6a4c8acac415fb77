//! Zeek's logs: connections, and names from those of TLS, QUIC and HTTP.

use crate::observe::layout::{Layout, split};
use crate::observe::record::{Names, Record, Slot};
use crate::observe::row::Row;
use crate::observe::summary::{Apart, Malformed};
use crate::observe::traffic::{Notes, Sight};

pub(super) const NAMES: Names = &[
    ("ts", Slot::Start),
    ("id.orig_h", Slot::Source),
    ("id.orig_p", Slot::SourcePort),
    ("id.resp_h", Slot::Destination),
    ("id.resp_p", Slot::Port),
    ("proto", Slot::Protocol),
    ("duration", Slot::Duration),
    ("orig_bytes", Slot::Bytes),
    ("resp_bytes", Slot::BytesBack),
    ("conn_state", Slot::State),
    ("server_name", Slot::Name),
    ("host", Slot::Name),
    ("_path", Slot::Kind),
];

/// What the lines that begin with `#` have said.
pub(super) struct Headers {
    separator: u8,
    unset: Vec<u8>,
    empty: Vec<u8>,
    path: Vec<u8>,
    layout: Option<Layout>,
}

impl Default for Headers {
    fn default() -> Self {
        Self {
            separator: b'\t',
            unset: b"-".to_vec(),
            empty: b"(empty)".to_vec(),
            path: Vec::new(),
            layout: None,
        }
    }
}

impl Headers {
    /// Takes in a line that begins with `#`. Logs put together have several headers, which may differ.
    pub(super) fn take(&mut self, line: &[u8]) -> Result<(), Malformed> {
        if let Some(separator) = line.strip_prefix(b"#separator ") {
            // A log begins here: nothing said before holds any more.
            *self = Self::default();
            self.separator = one_byte(separator)
                .ok_or_else(|| Malformed::new(separator, "a separator of one byte, such as `\\x09`"))?;
            return Ok(());
        }
        let mut fields = split(line, self.separator);
        let word = fields.next().unwrap_or_default();
        match word {
            b"#unset_field" => self.unset = fields.next().unwrap_or_default().to_vec(),
            b"#empty_field" => self.empty = fields.next().unwrap_or_default().to_vec(),
            b"#path" => self.path = fields.next().unwrap_or_default().to_vec(),
            b"#fields" => self.layout = Some(Layout::of(fields, NAMES)),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn record<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Malformed> {
        let none = || Malformed::new(line, "a line `#fields` before the first record");
        let layout = self.layout.as_ref().ok_or_else(none)?;
        layout.record(line, split(line, self.separator), |field| {
            field == self.unset || field == self.empty
        })
    }

    pub(super) fn path(&self) -> &[u8] {
        &self.path
    }
}

/// The byte that a separator is, as itself or as `\x09`.
fn one_byte(text: &[u8]) -> Option<u8> {
    match text {
        [byte] => Some(*byte),
        [b'\\', b'x', rest @ ..] if rest.len() == 2 => u8::from_str_radix(std::str::from_utf8(rest).ok()?, 16).ok(),
        _ => None,
    }
}

/// The row of a record, or why it is no traffic.
pub(super) fn row<'n>(
    record: &Record<'_>,
    path: &[u8],
    notes: &'n mut Notes,
) -> Result<Result<Row<'n>, Apart>, Malformed> {
    let path = if record.has(Slot::Kind) {
        record.text(Slot::Kind)
    } else {
        path
    };
    let has_ends = record.has(Slot::Source) || record.has(Slot::Destination);
    if !has_ends && path.is_empty() && !record.has(Slot::Start) {
        return Err(Malformed::because("neither `id.orig_h` nor `ts`", "a record of Zeek"));
    }
    let of_connections = [Slot::State, Slot::Bytes, Slot::BytesBack];
    let sight = match path {
        _ if !has_ends && path != b"conn" => None,
        b"conn" => Some(Sight::Call),
        b"" if of_connections.iter().any(|slot| record.has(*slot)) => Some(Sight::Call),
        b"ssl" | b"quic" | b"http" | b"" if record.has(Slot::Name) => Some(Sight::NameOnly),
        _ => None,
    };
    let Some(sight) = sight else {
        return Ok(Err(Apart::Other));
    };
    let mut row = notes.row(record, (Slot::Source, Slot::Destination), sight)?;
    if sight == Sight::Call {
        row.unanswered = is_unanswered(record.text(Slot::State), &row);
    }
    Ok(Ok(row))
}

/// Whether nothing came of a connection: no bytes either way, and either both are known or the state says why.
fn is_unanswered(state: &[u8], row: &Row<'_>) -> bool {
    let none = row.sent.unwrap_or(0) == 0 && row.received.unwrap_or(0) == 0;
    let known = row.sent.is_some() && row.received.is_some();
    let mut states = b"S0 REJ RSTOS0 RSTRH SH SHR".split(|byte| *byte == b' ');
    none && (known || states.any(|known| known == state))
}
