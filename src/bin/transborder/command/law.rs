//! `transborder law`: list the rules, or show one; pages about the law as a whole.

mod changes;
mod compare;
mod state;

use clap::{Args, Subcommand};
use transborder::date::Date;
use transborder::report::law;

use super::Format;
use crate::input::LawInput;
use crate::{Answer, Failure};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Law {
    #[command(subcommand)]
    page: Option<Page>,
    /// A rule, `<regime>/<stem>`, or a regime; without it all rules are listed
    rule: Option<String>,
    /// Only the rules that are law on this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<Date>,
    /// Print texts in this language where a pack has it
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: String,
    #[command(flatten)]
    law: LawInput,
}

#[derive(Subcommand)]
enum Page {
    /// Say what changed in the law between two days
    Changes(changes::Changes),
    /// Put regimes side by side, topic by topic
    Compare(compare::Compare),
    /// Show the state of the law: instruments, open points, what rests on memory
    State(state::State),
}

impl Law {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.page {
            Some(Page::Changes(changes)) => changes.run(),
            Some(Page::Compare(compare)) => compare.run(),
            Some(Page::State(state)) => state.run(),
            None => self.list(),
        }
    }

    fn list(&self) -> Result<Answer, Failure> {
        let packs = self.law.read()?;
        let text = match &self.rule {
            None => law::list(&packs, None, self.as_of, &self.language),
            Some(name) if packs.pack(name).is_some() => law::list(&packs, Some(name), self.as_of, &self.language),
            Some(name) => law::show(&packs, name, &self.language)
                .ok_or_else(|| format!("error: there is no rule `{name}`\n    `transborder law` lists them"))?,
        };
        anstream::print!("{text}");
        Ok(Answer::Clean)
    }
}
