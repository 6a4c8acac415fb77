//! `transborder law state`: the page a lawyer starts from.

use clap::{Args, ValueEnum};
use transborder::report::law::state;

use crate::input::LawInput;
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct State {
    /// How to print the page
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Print texts in this language where a pack has it
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: String,
    #[command(flatten)]
    law: LawInput,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Markdown,
}

impl State {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let page = match self.format {
            Format::Markdown => state(&law, &self.language),
        };
        anstream::print!("{page}");
        Ok(Answer::Clean)
    }
}
