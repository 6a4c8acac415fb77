//! What a network's logs show: records of connections and flows, read as a stream, tallied by who spoke to whom.
//!
//! [`read::read`] takes a log from its first byte to its last; [`parser::Parser`] takes one line at a time, for logs that are
//! being written. Both hand out [`row::Row`]s, which a [`tally::Tally`] counts.
//!
//! ```
//! use std::ops::ControlFlow;
//! use transborder::observe::{format::How, read::read, tally::Tally};
//!
//! let log = "source address;destination address;bytes sent;bytes received\n192.0.2.7;203.0.113.9;1200;5400\n";
//! let mut tally = Tally::new();
//! let summary = read(log.as_bytes(), "proxy.csv", &How::default(), &mut |row| {
//!     tally.add(row);
//!     ControlFlow::Continue(())
//! });
//! assert_eq!((summary.rows, summary.malformed, summary.problem), (1, 0, None));
//! let (pair, volume) = tally.pairs().next().unwrap();
//! assert_eq!((pair.server.to_string().as_str(), volume.sent), ("203.0.113.9", 1200));
//! ```

// From the bytes of a log to its rows.
pub mod format;
pub mod parser;
pub mod read;
mod unpack;

// The formats, and what they share.
pub mod columns;
mod eve;
mod json;
mod layout;
mod nfdump;
mod plain;
mod record;
mod table;
mod traffic;
mod vpc;
mod zeek;

// What comes out.
pub mod moment;
pub mod row;
pub mod summary;
pub mod tally;

#[cfg(test)]
mod attack;
#[cfg(test)]
mod story;
