//! `transborder forecast`: on which days to come the verdicts on a data map change.

use std::path::PathBuf;

use clap::Args;
use transborder::assess::forecast;
use transborder::date::Date;
use transborder::report;

use super::Format;
use crate::input::{LawInput, LocateInput, ReadingInput, read_map};
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Forecast {
    /// The data map, YAML or JSON; `-` for standard input
    map: PathBuf,
    /// The last day to look at; five years after the day of judgement if left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    /// How to print the forecast
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
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

impl Forecast {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let options = self.reading.options(&law)?;
        let (source, map) = read_map(&self.map, &self.sources, &law)?;
        let forecast = forecast(&map, &law, &options, self.until)?;
        let text = match self.format {
            Format::Json => report::forecast::json(&forecast),
            Format::Text => report::forecast::render(&forecast, Some(&source), &self.language),
        };
        anstream::print!("{text}");
        Ok(if forecast.gets_worse() {
            Answer::Findings
        } else {
            Answer::Clean
        })
    }
}
