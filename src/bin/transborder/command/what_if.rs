//! `transborder what-if`: what a change to a data map would make of its verdicts and findings.

use std::path::PathBuf;

use clap::Args;
use transborder::assess::difference::{Side, explained};
use transborder::load::{Change, difference};

use super::Format;
use super::diff::say;
use crate::input::{LawInput, LocateInput, ReadingInput, checked, read_document, read_source, write};
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct WhatIf {
    /// The data map, YAML or JSON; `-` for standard input
    map: PathBuf,
    /// A file with the change: `set` (values by path) and `remove` (a list of paths); `-` for standard input
    change: Option<PathBuf>,
    /// Set a value, written as in a map: `settings.chat_backup.value=off`; may be given several times, after the file
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Take out an object or a value; may be given several times
    #[arg(long = "remove", value_name = "PATH")]
    remove: Vec<String>,
    /// Write the map with the change in it to this file, as YAML; the comments of the map are lost
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How to print the difference
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    sources: LocateInput,
    #[command(flatten)]
    law: LawInput,
    #[command(flatten)]
    reading: ReadingInput,
}

impl WhatIf {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let options = self.reading.options(&law)?;
        if self.change.as_ref() == Some(&self.map) && self.map.as_os_str() == "-" {
            return Err("error: only one of the two can be read from standard input".into());
        }
        let old = read_document(&self.map, &self.sources)?;
        let old_map = checked(&old, &law)?;
        let mut new = old.clone();
        if let Some(path) = &self.change {
            let source = read_source(path)?;
            new = new.with(&Change::read(&source)?, Some(&source))?;
        }
        let written = self.written()?;
        if self.change.is_none() && written.is_empty() {
            return Err("error: there is no change: give a file, `--set` or `--remove`".into());
        }
        let new = new.with(&written, None)?;
        let new_map = new.map(law.catalogue())?.map;
        if let Some(path) = &self.output {
            write(path, &new.to_yaml())?;
        }
        let mut found = explained(Side::Map(&old_map, &options), Side::Map(&new_map, &options), &law)?;
        found.objects = Some(difference(&old, &new));
        Ok(say(&found, self.format))
    }

    /// The change that stands in the options.
    fn written(&self) -> Result<Change, Failure> {
        let mut change = Change::new();
        for text in &self.set {
            let Some((path, value)) = text.split_once('=') else {
                return Err(format!("error: expected PATH=VALUE, found `{text}`").into());
            };
            change = change.set_written(path, value)?;
        }
        for path in &self.remove {
            change = change.remove(path);
        }
        Ok(change)
    }
}
