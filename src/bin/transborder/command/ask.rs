//! `transborder ask`: the questions of a data map as a questionnaire.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use transborder::assess::assess;
use transborder::report::questionnaire::Questionnaire;

use crate::input::{LawInput, LocateInput, ReadingInput, read_map};
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Ask {
    /// The data map, YAML or JSON; `-` for standard input
    map: PathBuf,
    /// How to print the questions; `yaml` is a form that `transborder answer` reads back
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// Print only what this person would know: vendor, legal, it, …
    #[arg(long, value_name = "WHO")]
    who: Option<String>,
    /// Print only the so many most decisive questions
    #[arg(long, value_name = "N")]
    at_most: Option<usize>,
    /// Print only what is about the objects of a vendor profile that the map uses
    #[arg(long, value_name = "PREFIX")]
    about: Option<String>,
    /// Print the questions of rule packs in this language where a pack has it: en, zh-Hant, zh-Hans, pt
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
enum Form {
    Text,
    Markdown,
    Csv,
    Yaml,
}

impl Ask {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let options = self.reading.options(&law)?;
        let (_, map) = read_map(&self.map, &self.sources, &law)?;
        let assessment = assess(&map, &law, &options)?;
        let mut questionnaire = Questionnaire::new(&assessment).in_language(&self.language);
        if let Some(prefix) = &self.about {
            let used = map.used.iter().find(|used| used.prefix == *prefix).ok_or_else(|| {
                let known: Vec<&str> = map.used.iter().map(|used| used.prefix.as_str()).collect();
                let known = if known.is_empty() { "none" } else { &known.join(", ") };
                format!("error: the map uses no profile under `{prefix}`\n    prefixes: {known}")
            })?;
            questionnaire = questionnaire.about(used);
        }
        if let Some(who) = &self.who {
            questionnaire = questionnaire.for_whom(who);
        }
        if let Some(number) = self.at_most {
            questionnaire = questionnaire.at_most(number);
        }
        let text = match self.format {
            Form::Text => questionnaire.text(),
            Form::Markdown => questionnaire.markdown(),
            Form::Csv => questionnaire.csv(),
            Form::Yaml => questionnaire.form(),
        };
        anstream::print!("{text}");
        Ok(Answer::Clean)
    }
}
