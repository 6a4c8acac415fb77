//! Reads a log from its first byte to its last.

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;

use crate::observe::format::How;
use crate::observe::parser::{LONGEST_LINE, Line, Parser, Unread, too_long};
use crate::observe::row::Row;
use crate::observe::summary::{Malformed, Problem, SAMPLES, Sample, Summary};
use crate::observe::unpack::unpack;

/// Reads a log, packed or not, and hands out its rows until there are no more or the receiver wants none.
///
/// Memory does not depend on the length of the log, nor on that of its lines. What is wrong with the log stands in the
/// summary: malformed lines are counted and do not stop the reading, and damage ends it without undoing it.
pub fn read(source: impl Read, name: &str, how: &How, sink: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>) -> Summary {
    read_telling(source, name, how, sink, &mut |_| {})
}

/// Reads a log like [`read`], and tells each malformed line as soon as it is read: a log that is being written has no end.
pub fn read_telling(
    source: impl Read,
    name: &str,
    how: &How,
    sink: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>,
    tell: &mut dyn FnMut(&Sample),
) -> Summary {
    let mut reading = Reading {
        parser: Parser::new(how.clone()),
        summary: Summary {
            name: name.to_owned(),
            ..Summary::default()
        },
        sink,
        tell,
    };
    let end = match unpack(source) {
        Ok((unpacked, compression)) => {
            reading.summary.compression = compression;
            reading.lines(unpacked)
        }
        Err(error) => Err(error),
    };
    let Reading {
        mut parser,
        mut summary,
        tell,
        ..
    } = reading;
    match end {
        Err(error) => {
            summary.problem = Some(Problem::Damaged {
                reason: error.to_string(),
            })
        }
        Ok(()) if summary.problem.is_none() && !summary.stopped => {
            if let Err(malformed) = parser.finish() {
                // The last of its lines is the malformed one.
                summary.structure = summary.structure.saturating_sub(1);
                count_malformed(&mut summary, malformed, tell);
            }
        }
        Ok(()) => {}
    }
    summary.format = parser.format();
    summary.bad_times = parser.bad_times();
    summary.bad_names = parser.bad_names();
    summary
}

struct Reading<'s> {
    parser: Parser,
    summary: Summary,
    sink: &'s mut dyn FnMut(&Row<'_>) -> ControlFlow<()>,
    tell: &'s mut dyn FnMut(&Sample),
}

impl Reading<'_> {
    /// Cuts a source into lines. The last line of a damaged one is left out: nobody knows how it would have ended.
    fn lines(&mut self, mut source: impl BufRead) -> io::Result<()> {
        let mut start_of_line = Vec::new();
        let mut is_too_long = false;
        loop {
            let buffer = match source.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if buffer.is_empty() {
                break;
            }
            let end = memchr::memchr(b'\n', buffer);
            let part = end.and_then(|end| buffer.get(..end)).unwrap_or(buffer);
            let used = part.len() + usize::from(end.is_some());
            self.summary.bytes += used as u64;
            // A byte more for a carriage return.
            is_too_long |= start_of_line.len() + part.len() > LONGEST_LINE + 1;
            let mut go_on = ControlFlow::Continue(());
            if is_too_long {
                start_of_line.clear();
            } else if end.is_none() || !start_of_line.is_empty() {
                start_of_line.extend_from_slice(part);
            } else {
                go_on = self.line(part);
            }
            if end.is_some() {
                if std::mem::take(&mut is_too_long) {
                    self.skip();
                } else if !start_of_line.is_empty() {
                    go_on = self.line(&start_of_line);
                    start_of_line.clear();
                }
            }
            source.consume(used);
            if go_on.is_break() {
                return Ok(());
            }
        }
        if is_too_long {
            self.skip();
        } else if !start_of_line.is_empty() {
            // What it breaks off is at its end.
            let _ = self.line(&start_of_line);
        }
        Ok(())
    }

    /// Counts a line that was not held.
    fn skip(&mut self) {
        self.summary.lines += 1;
        count_malformed(&mut self.summary, too_long(), self.tell);
    }

    fn line(&mut self, line: &[u8]) -> ControlFlow<()> {
        self.summary.lines += 1;
        match self.parser.line(line) {
            Ok(Line::Row(row)) => {
                self.summary.rows += 1;
                let go_on = (self.sink)(&row);
                self.summary.stopped = go_on.is_break();
                return go_on;
            }
            Ok(Line::Apart(why)) => *self.summary.apart.entry(why).or_default() += 1,
            Ok(Line::Structure) => self.summary.structure += 1,
            Err(Unread::Malformed(malformed)) => count_malformed(&mut self.summary, malformed, self.tell),
            Err(Unread::Unusable(reason)) => {
                // The line that nobody can read is none of those that were read.
                self.summary.lines -= 1;
                self.summary.problem = Some(Problem::Unusable {
                    line: self.summary.lines + 1,
                    reason,
                });
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }
}

fn count_malformed(summary: &mut Summary, malformed: Malformed, tell: &mut dyn FnMut(&Sample)) {
    summary.malformed += 1;
    let sample = Sample {
        line: summary.lines,
        malformed,
    };
    tell(&sample);
    if summary.samples.len() < SAMPLES {
        summary.samples.push(sample);
    }
}
