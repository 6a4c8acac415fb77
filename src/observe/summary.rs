//! What became of the lines of a log: every one is accounted for.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::observe::format::{Compression, Format};
use crate::word::words;

/// How many malformed lines are shown.
pub const SAMPLES: usize = 10;

/// How many characters of a line are shown.
const SHOWN: usize = 60;

words! {
    /// Why a record that can be read is no traffic.
    pub enum Apart {
        /// The network refused it.
        Rejected = "rejected",
        /// There was no traffic in the time it stands for.
        NoData = "no_data",
        /// The log skipped records in the time it stands for: traffic is missing.
        Skipped = "skipped",
        /// A control message of the network (ICMP, IGMP): no data.
        Control = "control",
        /// A record of something else than who spoke to whom.
        Other = "other",
    }
}

/// A line that could not be read.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, thiserror::Error)]
#[error("found {found}, expected {expected}")]
pub struct Malformed {
    /// What stands there, shortened, without control characters.
    pub found: String,
    /// What should.
    pub expected: String,
}

impl Malformed {
    /// What was found, as it stands in the log, and what was expected.
    pub(super) fn new(found: impl AsRef<[u8]>, expected: impl Into<String>) -> Self {
        Self {
            found: format!("`{}`", shown(found.as_ref())),
            expected: expected.into(),
        }
    }

    /// What is wrong in words.
    pub(super) fn because(what: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            found: what.into(),
            expected: expected.into(),
        }
    }
}

/// Some bytes of a log as a text that can be shown: the first characters, control characters escaped.
pub(super) fn shown(bytes: &[u8]) -> String {
    // Four bytes a character at most, and one more character to tell whether anything was cut.
    let start = bytes.get(..(SHOWN + 1) * 4).unwrap_or(bytes);
    let text = String::from_utf8_lossy(start);
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        if at == SHOWN {
            out.push('…');
            break;
        }
        match c {
            ' ' => out.push(' '),
            _ if is_safe(c) => out.push(c),
            _ => out.extend(c.escape_default()),
        }
    }
    out
}

/// Whether a character can be shown as it is: no control, nothing invisible or that turns the direction of writing.
fn is_safe(c: char) -> bool {
    let hidden = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    !c.is_control() && !c.is_whitespace() && !hidden
}

/// A malformed line, with its number.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Sample {
    /// The line, from 1, in the unpacked log.
    pub line: u64,
    /// What is wrong with it.
    #[serde(flatten)]
    pub malformed: Malformed,
}

/// Why a log was not read to its end, or not at all.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Problem {
    /// The source gave an error or its compression is damaged or cut off. What was read before it counts.
    Damaged {
        /// What was said.
        reason: String,
    },
    /// Nobody can tell what the lines mean: an unknown format, or columns that are missing. What stands before it counts.
    Unusable {
        /// The line, from 1.
        line: u64,
        /// What is missing, and what to do about it.
        reason: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged { reason } => write!(f, "not read to the end: {reason}"),
            Self::Unusable { line, reason } => write!(f, "line {line}: {reason}"),
        }
    }
}

/// What a log held. `rows`, `structure`, `malformed` and what is counted in `apart` add up to `lines`.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Summary {
    /// The log, as named by the caller.
    pub name: String,
    /// Its format, given or found.
    pub format: Option<Format>,
    /// How it is packed.
    pub compression: Option<Compression>,
    /// Bytes, unpacked.
    pub bytes: u64,
    /// Lines read.
    pub lines: u64,
    /// Lines that became a [`Row`](crate::observe::row::Row).
    pub rows: u64,
    /// Blank lines, comments, headers, totals at the end, and all but the last line of a record over several lines.
    pub structure: u64,
    /// Records that are no traffic, by why.
    pub apart: BTreeMap<Apart, u64>,
    /// Lines that could not be read. They never stop the reading.
    pub malformed: u64,
    /// The first of them.
    pub samples: Vec<Sample>,
    /// Rows whose time is given and cannot be read, or lies before 1970 or after 2149: kept, without a time.
    pub bad_times: u64,
    /// Rows whose host name is given and cannot be one: kept, without a name.
    pub bad_names: u64,
    /// Whether the receiver of the rows asked for no more.
    pub stopped: bool,
    /// Why it was not read to its end.
    pub problem: Option<Problem>,
}
