//! `transborder diff`: what differs between two maps or kept assessments, and why.

use std::path::{Path, PathBuf};

use clap::Args;
use transborder::assess::Options;
use transborder::assess::difference::{Difference, Side, explained};
use transborder::assess::snapshot::Snapshot;
use transborder::date::Date;
use transborder::law::Law;
use transborder::load::{Document, Profiles, difference};
use transborder::model::Map;
use transborder::report;

use super::Format;
use crate::input::{LawInput, LocateInput, Readings, checked, document_of, read_source};
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Diff {
    /// What was: a data map, or an assessment kept by `check --format json`; `-` for standard input
    old: PathBuf,
    /// What is
    new: PathBuf,
    /// Read the law for NEW as it stood on this day, whatever the map says
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<Date>,
    /// Read the law for OLD as it stood on this day, whatever the map says
    #[arg(long, value_name = "YYYY-MM-DD")]
    old_as_of: Option<Date>,
    /// How to print the difference
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    sources: LocateInput,
    #[command(flatten)]
    law: LawInput,
    #[command(flatten)]
    readings: Readings,
}

/// One of the two files.
enum What {
    Map(Box<Document>, Box<Map>, Options),
    Kept(Box<Snapshot>),
}

impl Diff {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        if self.old == self.new && self.old.as_os_str() == "-" {
            return Err("error: only one of the two can be read from standard input".into());
        }
        let (old, new) = match (
            self.read(&self.old, &law, self.old_as_of),
            self.read(&self.new, &law, self.as_of),
        ) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(old), Err(new)) => return Err(format!("{old}\n{new}").into()),
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let mut found = explained(old.side(), new.side(), &law)?;
        if let (What::Map(old_map, ..), What::Map(new_map, ..)) = (&old, &new) {
            found.objects = Some(difference(old_map, new_map));
        }
        Ok(say(&found, self.format))
    }

    fn read(&self, path: &Path, law: &Law, as_of: Option<Date>) -> Result<What, Failure> {
        let source = read_source(path)?;
        if Snapshot::is_one(&source) {
            if as_of.is_some() {
                let name = source.name();
                return Err(
                    format!("error: `{name}` is an assessment, which is of one day: give a day for maps only").into(),
                );
            }
            return Ok(What::Kept(Box::new(Snapshot::read(&source)?)));
        }
        let document = document_of(&source, path, &self.sources.locator()?, Profiles::built_in())?;
        let map = checked(&document, law)?;
        Ok(What::Map(
            Box::new(document),
            Box::new(map),
            self.readings.options(law, as_of)?,
        ))
    }
}

impl What {
    fn side(&self) -> Side<'_> {
        match self {
            What::Map(_, map, options) => Side::Map(map, options),
            What::Kept(snapshot) => Side::Kept(snapshot),
        }
    }
}

/// Prints a difference; something that got worse is a finding.
pub(super) fn say(found: &Difference, format: Format) -> Answer {
    let text = match format {
        Format::Json => report::difference::json(found),
        Format::Text => report::difference::render(found),
    };
    anstream::print!("{text}");
    if found.gets_worse() {
        Answer::Findings
    } else {
        Answer::Clean
    }
}
