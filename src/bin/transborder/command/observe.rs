//! `transborder observe`: what a network's logs show against a data map.

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;
use transborder::observe::columns::Columns;
use transborder::observe::format::{Format as LogFormat, How};
use transborder::observe::read::{read, read_telling};
use transborder::observe::row::Row;
use transborder::observe::summary::{Problem, Sample};
use transborder::observe::tally::Tally;
use transborder::reconcile::reconcile;
use transborder::reconcile::tie::Ties;
use transborder::reconcile::watch::Watch;
use transborder::report;

use super::Format;
use crate::input::{LawInput, LocateInput, ReadingInput, checked, read_document, unreadable, write};
use crate::{Answer, Failure};

/// How often progress is shown.
const PROGRESS: Duration = Duration::from_millis(500);

/// How long a log that is followed is left alone before it is looked at again.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Args)]
pub(crate) struct Observe {
    /// The data map, YAML or JSON
    map: PathBuf,
    /// Logs of connections or flows, packed with gzip or zstd or not; `-` for standard input
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// What wrote the logs; left out: their first lines tell
    #[arg(long, value_name = "FORMAT", value_parser = format_of_logs)]
    log_format: Option<LogFormat>,
    /// Which column of a table or key of JSON holds what: `source=from_ip`; may be given several times
    ///
    /// A column holds: source, destination, source_port, port, protocol, bytes, bytes_back, name, time, end, count.
    #[arg(long = "column", value_name = "ROLE=NAME")]
    columns: Vec<String>,
    /// The header line that the logs have not: `srcaddr dstaddr bytes`
    #[arg(long, value_name = "LINE")]
    header: Option<String>,
    /// Write entries for what the map does not know to this file: a change that `what-if` reads
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Print each new finding as a line of JSON as soon as a record shows it, and go on as the log grows
    #[arg(long, conflicts_with_all = ["format", "write"])]
    follow: bool,
    /// Print everything that is not declared, not only the first
    #[arg(long)]
    all: bool,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    sources: LocateInput,
    #[command(flatten)]
    law: LawInput,
    #[command(flatten)]
    reading: ReadingInput,
}

fn format_of_logs(word: &str) -> Result<LogFormat, String> {
    LogFormat::from_word(word).ok_or_else(|| format!("the formats are {}", LogFormat::WORDS.join(", ")))
}

impl Observe {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        if self.logs.iter().filter(|log| is_standard_input(log)).count() + usize::from(is_standard_input(&self.map)) > 1
        {
            return Err("error: only one of them can be read from standard input".into());
        }
        let law = self.law.read()?;
        let document = read_document(&self.map, &self.sources)?;
        let map = checked(&document, &law)?;
        let how = How {
            format: self.log_format,
            columns: Columns::from_texts(self.columns.iter().map(String::as_str))
                .map_err(|error| format!("error: {error}"))?,
            header: self.header.clone(),
        };
        let ties = Ties::of(&map);
        if self.follow {
            let locator = document.locator(&map);
            let watch = Watch::new(&map, &ties, &locator, law.catalogue().gazetteer());
            return self.follow(&how, ties.ports(), watch);
        }
        // What would fail at the end is said before the logs are read.
        let options = self.reading.options(&law)?;
        options.day(&map)?;
        let mut tally = Tally::new().with_ports(ties.ports());
        let mut progress = Progress::new();
        let mut logs = Vec::new();
        for (path, source) in self.logs.iter().zip(self.open()?) {
            let name = path.to_string_lossy();
            let summary = read(source, &name, &how, &mut |row| {
                tally.add(row);
                progress.row(&name);
                ControlFlow::Continue(())
            });
            logs.push(summary);
        }
        progress.end();
        let reconciled = reconcile(&document, &law, &options, &tally, logs)?;
        if let Some(path) = &self.write {
            write(path, &reconciled.proposed.to_yaml())?;
        }
        match self.format {
            Format::Text => anstream::print!("{}", report::observed::render(&reconciled.found, self.all)),
            Format::Json => anstream::print!("{}", report::observed::json(&reconciled.found)),
        }
        let unusable = reconciled.found.logs.iter().filter_map(|log| match &log.problem {
            Some(problem @ Problem::Unusable { .. }) => Some(format!("error: {}: {problem}", log.name)),
            _ => None,
        });
        let unusable: Vec<String> = unusable.collect();
        if !unusable.is_empty() {
            return Err(unusable.join("\n").into());
        }
        Ok(if reconciled.found.needs_attention() {
            Answer::Findings
        } else {
            Answer::Clean
        })
    }

    /// Opens every log; what is wrong with any of them is said at once.
    fn open(&self) -> Result<Vec<Box<dyn Read>>, Failure> {
        let (mut opened, mut problems) = (Vec::new(), Vec::new());
        for path in &self.logs {
            match open(path) {
                Ok(source) => opened.push(source),
                Err(error) => problems.push(error.to_string()),
            }
        }
        if problems.is_empty() {
            Ok(opened)
        } else {
            Err(problems.join("\n").into())
        }
    }

    /// Prints findings as they come, until the input ends; a file never does.
    fn follow(&self, how: &How, ports: BTreeSet<u16>, mut watch: Watch<'_>) -> Result<Answer, Failure> {
        let [path] = self.logs.as_slice() else {
            return Err("error: one log can be followed at a time".into());
        };
        let source: Box<dyn Read> = if is_standard_input(path) {
            Box::new(io::stdin())
        } else {
            Box::new(Growing {
                path: path.clone(),
                file: File::open(path).map_err(|source| unreadable(path, source))?,
                read: 0,
            })
        };
        let mut found = false;
        let mut failed = None;
        let name = path.to_string_lossy();
        let mut sink = |row: &Row<'_>| {
            for alert in watch.row(row, &ports) {
                found = true;
                let line = serde_json::to_string(&alert).unwrap_or_default();
                let mut out = io::stdout().lock();
                if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush()) {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        };
        let mut tell = |sample: &Sample| anstream::eprintln!("{name}:{}: {}", sample.line, sample.malformed);
        let summary = read_telling(source, &name, how, &mut sink, &mut tell);
        if failed.is_some_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
            return Err("error: cannot write to standard output".into());
        }
        if let Some(problem) = &summary.problem {
            return Err(format!("error: {}: {problem}", summary.name).into());
        }
        Ok(if found || summary.malformed > 0 {
            Answer::Findings
        } else {
            Answer::Clean
        })
    }
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if is_standard_input(path) {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).map_err(|source| unreadable(path, source))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(unreadable(path, io::ErrorKind::IsADirectory.into()).into());
    }
    Ok(Box::new(file))
}

/// A file that somebody is writing: at its end one waits. One that is shorter than before, or another file by now, has been
/// begun anew.
struct Growing {
    path: PathBuf,
    file: File,
    read: u64,
}

impl Read for Growing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.file.read(buffer)?;
            if count > 0 {
                self.read += count as u64;
                return Ok(count);
            }
            sleep(PAUSE);
            // Gone for a moment: somebody is about to begin it anew.
            if let Ok(now) = std::fs::metadata(&self.path)
                && (now.len() < self.read || !is_same(&now, &self.file.metadata()?))
                && let Ok(file) = File::open(&self.path)
            {
                self.file = file;
                self.read = 0;
            }
        }
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// What a terminal shows while logs are read: rows so far, and how many a second.
struct Progress {
    is_shown: bool,
    start: Instant,
    shown: Instant,
    rows: u64,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the rate is for whoever waits, and no part of what is found"
)]
impl Progress {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            is_shown: io::stderr().is_terminal(),
            start: now,
            shown: now,
            rows: 0,
        }
    }

    fn row(&mut self, log: &str) {
        self.rows += 1;
        // The clock is not asked for every row.
        if !self.is_shown || !self.rows.is_multiple_of(4096) || self.shown.elapsed() < PROGRESS {
            return;
        }
        self.shown = Instant::now();
        let a_second = self.rows as f64 / self.start.elapsed().as_secs_f64().max(0.001);
        eprint_over(&format!("{log}: {} rows, {a_second:.0} a second", self.rows));
    }

    fn end(&self) {
        if self.is_shown && self.shown != self.start {
            eprint_over("");
        }
    }
}

/// Writes over the line of a terminal.
fn eprint_over(text: &str) {
    anstream::eprint!("\r\x1b[2K{text}");
}
