//! `transborder law changes`: what changed in the law between two days.

use clap::Args;
use transborder::date::Date;
use transborder::law::changes::changes;
use transborder::report::changes::{json, render};

use super::Format;
use crate::input::LawInput;
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Changes {
    /// The day as of which the law is known: what changed after it is listed
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Date,
    /// The last day of which changes are listed
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Date,
    /// How to print the changes
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print texts in this language where a pack has it
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: String,
    #[command(flatten)]
    law: LawInput,
}

impl Changes {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let changes = changes(&self.law.read()?, self.from, self.to)?;
        let text = match self.format {
            Format::Text => render(&changes, &self.language),
            Format::Json => json(&changes),
        };
        anstream::print!("{text}");
        Ok(Answer::Clean)
    }
}
