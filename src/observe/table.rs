//! Tables between commas and the like: fields with quotes, records over several lines.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

/// What may stand between columns.
pub(super) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Over how many lines a record may go: a quote that nobody closes must not swallow the log.
const LINES: u32 = 64;

/// The fields of the record that is being read.
pub(super) struct Table {
    reader: Reader,
    text: Vec<u8>,
    text_length: usize,
    ends: Vec<usize>,
    fields: usize,
    lines: u32,
}

/// What a line was to the table.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Fed {
    /// A record ends here.
    Record,
    /// A quote is open: the record goes on with the next line.
    More,
    /// The quote is open for too long; the next line begins afresh.
    TooLong,
}

impl Table {
    pub(super) fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .terminator(Terminator::Any(b'\n'))
            .build();
        Self {
            reader,
            text: vec![0; 1024],
            text_length: 0,
            ends: vec![0; 64],
            fields: 0,
            lines: 0,
        }
    }

    /// Whether a record has begun and not ended.
    pub(super) fn is_open(&self) -> bool {
        self.lines > 0
    }

    /// Forgets a record that has begun.
    pub(super) fn reset(&mut self) {
        self.reader.reset();
        self.lines = 0;
    }

    /// Takes a line, without its end.
    pub(super) fn feed(&mut self, line: &[u8]) -> Fed {
        if self.lines == 0 {
            (self.text_length, self.fields) = (0, 0);
        }
        self.lines += 1;
        for mut part in [line, b"\n"] {
            while !part.is_empty() {
                let text = self.text.get_mut(self.text_length..).unwrap_or_default();
                let ends = self.ends.get_mut(self.fields..).unwrap_or_default();
                let (result, read, written, ended) = self.reader.read_record(part, text, ends);
                part = part.get(read..).unwrap_or_default();
                self.text_length += written;
                self.fields += ended;
                match result {
                    ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                    ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                    ReadRecordResult::Record => {
                        self.lines = 0;
                        return Fed::Record;
                    }
                    ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
                }
            }
        }
        if self.lines < LINES {
            return Fed::More;
        }
        self.reset();
        Fed::TooLong
    }

    /// The fields of the record that has just ended.
    pub(super) fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let ends = self.ends.get(..self.fields).unwrap_or_default();
        ends.iter().scan(0, |start, end| {
            let field = self.text.get(*start..*end);
            *start = *end;
            field
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(table: &Table) -> Vec<String> {
        table
            .fields()
            .map(|field| String::from_utf8_lossy(field).into_owned())
            .collect()
    }

    #[test]
    fn quotes_hold_separators_and_line_ends() {
        let mut table = Table::new(b',');
        assert_eq!(table.feed(br#"a,"b,""c",d"e,"#), Fed::Record);
        assert_eq!(fields(&table), ["a", "b,\"c", "d\"e", ""]);
        assert_eq!(table.feed(b"1,\"two"), Fed::More);
        assert_eq!(table.feed(b""), Fed::More);
        assert_eq!(table.feed(b"three\",4"), Fed::Record);
        assert_eq!(fields(&table), ["1", "two\n\nthree", "4"]);
        let long = "x,".repeat(5000);
        assert_eq!(table.feed(long.as_bytes()), Fed::Record);
        assert_eq!(table.fields().count(), 5001);
    }

    #[test]
    fn a_quote_that_nobody_closes_ends_by_itself() {
        let mut table = Table::new(b',');
        assert_eq!(table.feed(b"a,\"b"), Fed::More);
        let mut lines = 1;
        while table.feed(b"c,d") == Fed::More {
            lines += 1;
        }
        assert_eq!(lines + 1, LINES);
        assert_eq!(table.feed(b"c,d"), Fed::Record);
        assert_eq!(fields(&table), ["c", "d"]);
    }
}
