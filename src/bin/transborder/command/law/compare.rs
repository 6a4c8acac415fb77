//! `transborder law compare`: how regimes differ, topic by topic.

use std::path::PathBuf;

use clap::Args;
use transborder::date::Date;
use transborder::law::compare::compare;
use transborder::report::compare::{json, render};

use super::Format;
use crate::input::read_law;
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Compare {
    /// The regimes; without any, all of them
    #[arg(value_name = "REGIME")]
    regimes: Vec<String>,
    /// The day as of which the law is read; without it, the newest day on which one of the packs was compared with its
    /// sources
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<Date>,
    /// Only this topic
    #[arg(long, value_name = "WORD")]
    topic: Option<String>,
    /// How to print the comparison
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print texts in this language where a pack has it
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: String,
    /// Take rule packs from this folder too; a pack of the same id replaces the built-in one
    #[arg(long = "packs", value_name = "DIR")]
    packs: Vec<PathBuf>,
}

impl Compare {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = read_law(&self.regimes, &self.packs)?;
        let comparison = compare(&law, self.as_of, self.topic.as_deref())?;
        let text = match self.format {
            Format::Text => render(&comparison, &self.language),
            Format::Json => json(&comparison),
        };
        anstream::print!("{text}");
        Ok(Answer::Clean)
    }
}
