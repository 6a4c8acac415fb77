//! `transborder report`: the assessment of a data map for the file.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use transborder::assess::assess;
use transborder::assess::measures::{Limits, Selection, propose};
use transborder::report::memo::{Memo, render};

use crate::input::{LawInput, LocateInput, ReadingInput, read_map};
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Report {
    /// The data map, YAML or JSON; `-` for standard input
    map: PathBuf,
    /// How to write the report
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Say what could clear the findings, too
    #[arg(long)]
    with_measures: bool,
    /// Print the texts of rules in this language where a pack has it: en, zh-Hant, zh-Hans, pt
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: String,
    #[command(flatten)]
    sources: LocateInput,
    #[command(flatten)]
    law: LawInput,
    #[command(flatten)]
    reading: ReadingInput,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Markdown,
}

impl Report {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let options = self.reading.options(&law)?;
        let (document, map) = read_map(&self.map, &self.sources, &law)?;
        let assessment = assess(&map, &law, &options)?;
        let measures = if self.with_measures {
            Some(propose(
                &document,
                &law,
                &options,
                &Selection::Outcomes,
                Limits::default(),
            )?)
        } else {
            None
        };
        let mut memo = Memo::new().in_language(&self.language);
        if let Some(measures) = &measures {
            memo = memo.with_measures(measures);
        }
        match self.format {
            Format::Markdown => anstream::print!("{}", render(&assessment, memo)),
        }
        Ok(Answer::Clean)
    }
}
