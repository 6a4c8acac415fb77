//! `transborder measures`: what can be done about the findings on a data map.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use transborder::assess::measures::{Limits, Selection, Set, propose};
use transborder::report;

use crate::input::{LawInput, LocateInput, ReadingInput, read_document};
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Measures {
    /// The data map, YAML or JSON; `-` for standard input
    map: PathBuf,
    /// Clear this finding, by the id that `check --format json` gives it; may be given several times. Left out: every
    /// outcome that needs attention and is not accepted, of law in force
    #[arg(long = "finding", value_name = "ID")]
    findings: Vec<String>,
    /// Offer so many sets for each finding
    #[arg(long, value_name = "N", default_value_t = Limits::default().at_most)]
    at_most: usize,
    /// Join so many measures in a set
    #[arg(long, value_name = "N", default_value_t = Limits::default().set_size, value_parser = set_size)]
    set_size: usize,
    /// Try so many changes at most
    #[arg(long, value_name = "N", default_value_t = Limits::default().trials)]
    trials: usize,
    /// The product is not yet bought: what is chosen before sign-up can still be chosen
    #[arg(long)]
    before_sign_up: bool,
    /// How to print the measures; `yaml`: the change of each set, as `what-if` reads it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print this set only
    #[arg(long, value_name = "N")]
    set_number: Option<usize>,
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
    Text,
    Yaml,
    Json,
}

fn set_size(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(size @ 1..=3) => Ok(size),
        _ => Err("a set joins one, two or three measures".to_owned()),
    }
}

impl Measures {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let options = self.reading.options(&law)?;
        let document = read_document(&self.map, &self.sources)?;
        let chosen = match self.findings.is_empty() {
            true => Selection::Outcomes,
            false => Selection::Findings(self.findings.iter().cloned().collect()),
        };
        let limits = Limits {
            at_most: self.at_most,
            set_size: self.set_size,
            trials: self.trials,
            before_sign_up: self.before_sign_up,
        };
        let mut measures = propose(&document, &law, &options, &chosen, limits)?;
        if let Some(number) = self.set_number {
            let known = measures.sets.len();
            measures.sets.retain(|set| set.number == number);
            let cleared: BTreeSet<String> = match measures.sets.first() {
                Some(set) => set.clears.iter().map(|cleared| cleared.finding.clone()).collect(),
                None => return Err(format!("error: there is no set {number}; there are {known}").into()),
            };
            measures.findings.retain(|cure| cleared.contains(&cure.finding));
        }
        let text = match self.format {
            Format::Json => report::measures::json(&measures),
            Format::Yaml => report::measures::yaml(&measures.sets.iter().collect::<Vec<&Set>>()),
            Format::Text => report::measures::render(&measures, Some(&document), &self.language),
        };
        anstream::print!("{text}");
        Ok(if measures.findings.is_empty() {
            Answer::Clean
        } else {
            Answer::Findings
        })
    }
}
