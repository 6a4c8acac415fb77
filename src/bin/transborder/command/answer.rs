//! `transborder answer`: what the answers of a form change.

use std::path::PathBuf;

use clap::Args;
use transborder::assess::answers::Answers;
use transborder::assess::{assess, difference};
use transborder::report::questionnaire::Questionnaire;

use crate::input::{LawInput, LocateInput, ReadingInput, checked, read_document, read_source, write};
use crate::{Answer as Found, Failure};

#[derive(Args)]
pub(crate) struct Answer {
    /// The data map, YAML or JSON
    map: PathBuf,
    /// The form, as `transborder ask --format yaml` prints it, filled in
    form: PathBuf,
    /// Write the map with the answers in it to this file, as YAML; the comments of the map are lost
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print so many of the questions that are asked next
    #[arg(long, value_name = "N", default_value_t = 5)]
    at_most: usize,
    #[command(flatten)]
    sources: LocateInput,
    #[command(flatten)]
    law: LawInput,
    #[command(flatten)]
    reading: ReadingInput,
}

impl Answer {
    pub(crate) fn run(&self) -> Result<Found, Failure> {
        let law = self.law.read()?;
        let options = self.reading.options(&law)?;
        let document = read_document(&self.map, &self.sources)?;
        let before = assess(&checked(&document, &law)?, &law, &options)?;
        let answers = Answers::read(&read_source(&self.form)?)?;
        let change = answers.change(&document, &before.questions);
        let answered = answers.put_into(&document, &before.questions, law.catalogue())?;
        let after = assess(&checked(&answered, &law)?, &law, &options)?;
        let difference = difference::between(&before.as_drawn_by(&change?), &after);
        if let Some(path) = &self.output {
            write(path, &answered.to_yaml())?;
        }
        anstream::print!("{}", transborder::report::difference::render(&difference));
        anstream::println!();
        anstream::print!("{}", Questionnaire::new(&after).at_most(self.at_most).text());
        Ok(if difference.gets_worse() {
            Found::Findings
        } else {
            Found::Clean
        })
    }
}
