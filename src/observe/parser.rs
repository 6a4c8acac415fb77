//! Reads a log line by line: what each line is, in the light of those before it.

use crate::observe::format::{Format, How};
use crate::observe::json::Keys;
use crate::observe::layout::Layout;
use crate::observe::record::{Record, Slot};
use crate::observe::row::Row;
use crate::observe::summary::{Apart, Malformed};
use crate::observe::table::{Fed, Table};
use crate::observe::traffic::{Notes, is_control};
use crate::observe::{eve, nfdump, plain, vpc, zeek};

/// The longest line, in bytes, that is read.
pub const LONGEST_LINE: usize = 1 << 20;

/// What a line is.
#[derive(Clone, Debug, PartialEq)]
pub enum Line<'a> {
    /// A record of traffic.
    Row(Row<'a>),
    /// A record that is no traffic.
    Apart(Apart),
    /// No record: blank, a comment, a header, totals, or the start of a record that goes on with the next line.
    Structure,
}

/// Why a line is nothing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unread {
    /// It is not as it should be. The next one may be.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Nobody can tell what this line and those after it mean.
    #[error("{0}")]
    Unusable(String),
}

/// What is known of a log after some of its lines.
pub struct Parser {
    how: How,
    format: Option<Format>,
    state: State,
    notes: Notes,
    is_first: bool,
}

/// What the lines before say about those to come.
enum State {
    /// Nothing yet.
    Start,
    Zeek(zeek::Headers),
    ZeekJson(Keys),
    Vpc(vpc::Fields),
    Eve(Keys),
    Nfdump {
        table: Table,
        layout: Layout,
    },
    /// Below the totals of nfdump.
    Totals,
    Csv {
        table: Table,
        layout: Layout,
    },
    Json(Keys),
}

impl Parser {
    /// A parser before the first line.
    #[must_use]
    pub fn new(how: How) -> Self {
        Self {
            format: how.format,
            how,
            state: State::Start,
            notes: Notes::default(),
            is_first: true,
        }
    }

    /// The format, given or found.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// Rows so far whose time is given and cannot be read.
    #[must_use]
    pub fn bad_times(&self) -> u64 {
        self.notes.bad_times
    }

    /// Rows so far whose host name is given and cannot be one.
    #[must_use]
    pub fn bad_names(&self) -> u64 {
        self.notes.bad_names
    }

    /// Takes the next line, with or without its end.
    ///
    /// # Errors
    /// If the line is malformed, or the log cannot be read at all.
    pub fn line(&mut self, line: &[u8]) -> Result<Line<'_>, Unread> {
        let mut line = line.strip_suffix(b"\n").unwrap_or(line);
        line = line.strip_suffix(b"\r").unwrap_or(line);
        if std::mem::take(&mut self.is_first) {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        if line.len() > LONGEST_LINE {
            return Err(too_long().into());
        }
        if line.trim_ascii().is_empty() && !self.is_open() {
            return Ok(Line::Structure);
        }
        if matches!(self.state, State::Start) {
            match self.how.header.take() {
                Some(header) if !self.begin(header.as_bytes())? => {
                    let shown = super::summary::shown(header.as_bytes());
                    return Err(Unread::Unusable(format!("`{shown}` is not a header line")));
                }
                Some(_) => {}
                None if self.begin(line)? => return Ok(Line::Structure),
                None => {}
            }
        }
        self.next(line)
    }

    /// Says that no line follows.
    ///
    /// # Errors
    /// If the last record is not complete. Its lines have been taken as [`Line::Structure`], and stay that.
    pub fn finish(&mut self) -> Result<(), Malformed> {
        if self.is_open() {
            return Err(Malformed::because(
                "a quote that is not closed at the end",
                "the rest of the record",
            ));
        }
        Ok(())
    }

    /// Whether a record has begun that goes on with the next line.
    fn is_open(&self) -> bool {
        matches!(&self.state, State::Csv { table, .. } | State::Nfdump { table, .. } if table.is_open())
    }

    /// Learns from the first line that says something; whether that is all the line is for: no record.
    fn begin(&mut self, line: &[u8]) -> Result<bool, Unread> {
        let is_given = self.format.is_some();
        let Some(format) = self.format.or_else(|| Format::detect(line)) else {
            if line.starts_with(b"#") {
                return Ok(true);
            }
            return Err(Unread::Unusable(unknown(line)));
        };
        let mut is_header = false;
        let state = match format {
            Format::Zeek => State::Zeek(zeek::Headers::default()),
            Format::ZeekJson => State::ZeekJson(Keys::new(zeek::NAMES.iter().copied())),
            Format::Eve => State::Eve(Keys::new(eve::NAMES.iter().copied())),
            Format::Vpc if vpc::is_header(line) => {
                is_header = true;
                State::Vpc(vpc::Fields::of(line))
            }
            Format::Vpc => State::Vpc(vpc::Fields::default()),
            Format::Nfdump if nfdump::is_header(line) => {
                is_header = true;
                nfdump_under(line)
            }
            Format::Nfdump if nfdump::is_end(line) => State::Totals,
            Format::Nfdump => {
                let found = super::summary::shown(line);
                return Err(Unread::Unusable(format!(
                    "found `{found}`, expected the header of nfdump, which begins with `ts,te,td,`"
                )));
            }
            Format::Csv if is_given && line.starts_with(b"#") => return Ok(true),
            Format::Csv => {
                is_header = true;
                let (table, layout) = plain::table(line, &self.how.columns).map_err(Unread::Unusable)?;
                State::Csv { table, layout }
            }
            Format::Json if !line.trim_ascii_start().starts_with(b"{") => {
                return Err(Malformed::new(line, "one JSON object a line").into());
            }
            Format::Json => {
                // A damaged first object says nothing about the columns: the next one may.
                Keys::new([]).read(line)?;
                State::Json(plain::keys(line, &self.how.columns).map_err(Unread::Unusable)?)
            }
        };
        self.format = Some(format);
        self.state = state;
        Ok(is_header)
    }

    fn next(&mut self, line: &[u8]) -> Result<Line<'_>, Unread> {
        let notes = &mut self.notes;
        let outcome = match &mut self.state {
            State::Start | State::Totals if !nfdump::is_header(line) => return Ok(Line::Structure),
            State::Start | State::Totals => {
                self.state = nfdump_under(line);
                return Ok(Line::Structure);
            }
            State::Zeek(headers) => {
                if line.starts_with(b"#") {
                    headers.take(line)?;
                    return Ok(Line::Structure);
                }
                let record = headers.record(line)?;
                traffic(&record, notes, |record, notes| zeek::row(record, headers.path(), notes))?
            }
            State::ZeekJson(keys) => {
                let record = keys.read(line)?;
                traffic(&record, notes, |record, notes| zeek::row(record, b"", notes))?
            }
            State::Eve(keys) => {
                let record = keys.read(line)?;
                traffic(&record, notes, eve::row)?
            }
            State::Vpc(fields) => {
                if vpc::is_header(line) {
                    *fields = vpc::Fields::of(line);
                    return Ok(Line::Structure);
                }
                let record = fields.record(line)?;
                traffic(&record, notes, vpc::row)?
            }
            State::Nfdump { table, layout } => {
                if !table.is_open() && nfdump::is_end(line) {
                    self.state = State::Totals;
                    return Ok(Line::Structure);
                }
                if !table.is_open() && nfdump::is_header(line) {
                    self.state = nfdump_under(line);
                    return Ok(Line::Structure);
                }
                if !is_record(table.feed(line))? {
                    return Ok(Line::Structure);
                }
                let record = layout.record(line, table.fields(), is_nothing)?;
                traffic(&record, notes, |record, notes| nfdump::row(record, notes).map(Ok))?
            }
            State::Csv { table, layout } => {
                if !is_record(table.feed(line))? {
                    return Ok(Line::Structure);
                }
                let record = layout.record(line, table.fields(), is_nothing)?;
                let has_way_back = layout.has(Slot::BytesBack);
                traffic(&record, notes, |record, notes| {
                    plain::row(record, has_way_back, notes).map(Ok)
                })?
            }
            State::Json(keys) => {
                let record = keys.read(line)?;
                let has_way_back = record.has(Slot::BytesBack);
                traffic(&record, notes, |record, notes| {
                    plain::row(record, has_way_back, notes).map(Ok)
                })?
            }
        };
        Ok(outcome.map_or_else(Line::Apart, Line::Row))
    }
}

/// The row of a record, or why it is no traffic: whatever the format, a control message is none.
fn traffic<'n>(
    record: &Record<'_>,
    notes: &'n mut Notes,
    row: impl FnOnce(&Record<'_>, &'n mut Notes) -> Result<Result<Row<'n>, Apart>, Malformed>,
) -> Result<Result<Row<'n>, Apart>, Malformed> {
    if is_control(record) {
        return Ok(Err(Apart::Control));
    }
    row(record, notes)
}

fn nfdump_under(header: &[u8]) -> State {
    let mut table = Table::new(b',');
    table.feed(header);
    let layout = Layout::of(table.fields(), nfdump::NAMES);
    table.reset();
    State::Nfdump { table, layout }
}

/// Whether a record is complete.
fn is_record(fed: Fed) -> Result<bool, Malformed> {
    match fed {
        Fed::Record => Ok(true),
        Fed::More => Ok(false),
        Fed::TooLong => Err(Malformed::because(
            "a quote that is not closed for many lines",
            "the rest of the record",
        )),
    }
}

/// How tables say that there is nothing.
fn is_nothing(field: &[u8]) -> bool {
    field.is_empty() || field == b"-"
}

/// A line that is longer than any of a log.
pub(super) fn too_long() -> Malformed {
    Malformed::because("a line of more than 1 MiB", "a record of a log")
}

fn unknown(line: &[u8]) -> String {
    let found = super::summary::shown(line);
    let is_capture = [
        b"\xd4\xc3\xb2\xa1",
        b"\xa1\xb2\xc3\xd4",
        b"\x0a\x0d\x0d\x0a",
        b"\x4d\x3c\xb2\xa1",
    ];
    if is_capture.iter().any(|magic| line.starts_with(*magic)) {
        return "this is a packet capture, not a log of connections\n    `nfpcapd -r CAPTURE -l FOLDER` and `TZ=UTC nfdump -R \
                FOLDER -o csv` make one of it, and so does Zeek"
            .to_owned();
    }
    let help = if line.starts_with(b"[") {
        "a list of objects? Expected is one object a line (`jq -c '.[]'` makes that of a list; of nfdump, `-o csv` is read)".to_owned()
    } else {
        format!(
            "say which format it is ({}; `--log-format`), or give its header line (`--header`)",
            Format::WORDS.join(", ")
        )
    };
    format!("no known log begins with `{found}`\n    {help}")
}
