//! Logs without a format of their own: tables under a header line, and JSON objects, by the names of their columns.

use crate::observe::columns::{Column, Columns};
use crate::observe::json::{Keys, keys_of};
use crate::observe::layout::{Layout, split};
use crate::observe::record::{Record, Slot};
use crate::observe::row::Row;
use crate::observe::summary::Malformed;
use crate::observe::table::{DELIMITERS, Fed, Table};
use crate::observe::traffic::{Notes, Sight};

/// The columns of a table, under the header that its first line is.
pub(super) fn table(header: &[u8], columns: &Columns) -> Result<(Table, Layout), String> {
    // What separates most columns is tried first, so that it is the one that is spoken of if none will do.
    let mut delimiters = DELIMITERS;
    delimiters.sort_by_key(|delimiter| std::cmp::Reverse(split(header, *delimiter).count()));
    let mut wrong = None;
    for delimiter in delimiters {
        let mut table = Table::new(delimiter);
        if table.feed(header) != Fed::Record {
            return Err("a quote in the header is not closed".to_owned());
        }
        let names: Vec<String> = table
            .fields()
            .map(|name| String::from_utf8_lossy(name).trim().to_owned())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match columns.find(&names, true) {
            Ok(found) => return Ok((table, Layout::with(names.len(), &found))),
            Err(reason) => drop(wrong.get_or_insert(reason)),
        }
    }
    Err(wrong.unwrap_or_default())
}

/// The keys of JSON objects, of which this is the first.
pub(super) fn keys(first: &[u8], columns: &Columns) -> Result<Keys, String> {
    let names = keys_of(first);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = columns.find(&names, false)?;
    let mut keys: Vec<(&str, Slot)> = Vec::new();
    for column in Column::ALL {
        let slot = column.slot();
        match found.iter().find(|(_, other)| *other == slot) {
            Some((at, _)) => keys.extend(names.get(*at).map(|name| (*name, slot))),
            // An object leaves out what it has not: a later one may have it.
            None => match columns.get(*column) {
                Some(name) => keys.push((name, slot)),
                None => keys.extend(
                    column
                        .well_known()
                        .iter()
                        .filter(|name| **name != "bytes")
                        .map(|name| (*name, slot)),
                ),
            },
        }
    }
    Ok(Keys::new(keys))
}

/// The row of a record; a column of bytes of the way back says that the source called the destination.
pub(super) fn row<'n>(record: &Record<'_>, has_way_back: bool, notes: &'n mut Notes) -> Result<Row<'n>, Malformed> {
    let sight = if has_way_back { Sight::Call } else { Sight::OneWay };
    notes.row(record, (Slot::Source, Slot::Destination), sight)
}
