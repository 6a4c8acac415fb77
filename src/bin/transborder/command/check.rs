//! `transborder check`: judge every movement of a data map.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use transborder::assess::acceptance::AcceptedRisk;
use transborder::assess::assessment::FindingKind;
use transborder::assess::baseline::Baseline;
use transborder::assess::{Assessment, assess};
use transborder::law::pack::Status;
use transborder::outcome::{Headline, Outcome};
use transborder::report;
use transborder::report::text::Look;

use super::Format;
use crate::input::{LawInput, LocateInput, ReadingInput, read_map, read_source, write};
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Check {
    /// The data map, YAML or JSON; `-` for standard input
    map: PathBuf,
    /// How to print the assessment
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// What makes the exit code 1, separated by commas; law not yet commenced never does, nor what is accepted or known
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [FailOn::NonExempt, FailOn::Incomplete, FailOn::Undetermined, FailOn::Contradiction])]
    fail_on: Vec<FailOn>,
    /// Pass over the findings of this file, as long as they are no worse: those of an earlier check
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the findings to this file, for a later `--baseline`; what is accepted is left out, since it has an end
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// Print the movements that need no attention, too
    #[arg(long)]
    all: bool,
    /// Print the texts of rules in this language where a pack has it: en, zh-Hant, zh-Hans, pt
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    #[command(flatten)]
    sources: LocateInput,
    #[command(flatten)]
    law: LawInput,
    #[command(flatten)]
    reading: ReadingInput,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum FailOn {
    NonExempt,
    Incomplete,
    Undetermined,
    Duty,
    Exposure,
    /// Places that addresses contradict
    Contradiction,
    /// Acceptances that do not hold
    Stale,
    Nothing,
}

impl Check {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let options = self.reading.options(&law)?;
        let (source, map) = read_map(&self.map, &self.sources, &law)?;
        let baseline = self.baseline.as_deref().map(read_source).transpose()?;
        let baseline = baseline.as_ref().map(Baseline::read).transpose()?;
        let mut assessment = assess(&map, &law, &options)?;
        if let Some(baseline) = baseline {
            baseline.apply(&mut assessment);
        }
        if let Some(path) = &self.write_baseline {
            write(path, &Baseline::from(&assessment).write())?;
        }
        match self.format {
            Format::Json => anstream::print!("{}", report::json(&assessment)),
            Format::Text => {
                let mut look = Look::new().with_colour();
                if self.all {
                    look = look.with_all();
                }
                if let Some(tag) = &self.language {
                    look = look.in_language(tag);
                }
                anstream::print!("{}", report::text::render(&assessment, Some(&source), look));
            }
        }
        Ok(if self.fails(&assessment) {
            Answer::Findings
        } else {
            Answer::Clean
        })
    }

    fn fails(&self, assessment: &Assessment) -> bool {
        if self.fail_on.contains(&FailOn::Stale) && assessment.accepted.iter().any(AcceptedRisk::is_stale) {
            return true;
        }
        // A vendor profile that leaves out what moves shows no movement that could be undetermined.
        let gaps = assessment.profiles.iter().any(|profile| !profile.gaps.is_empty());
        if gaps && self.fail_on.contains(&FailOn::Undetermined) {
            return true;
        }
        assessment
            .findings
            .iter()
            .filter(|finding| finding.is_open() && finding.status != Some(Status::NotCommenced))
            .any(|finding| {
                let kind = match (finding.kind, finding.outcome) {
                    // What holds the transfer up is a finding of its own.
                    (FindingKind::Divergence, _) => return false,
                    (FindingKind::Duty, _) => FailOn::Duty,
                    (FindingKind::Exposure, _) => FailOn::Exposure,
                    (FindingKind::Contradiction, _) => FailOn::Contradiction,
                    (_, Some(Headline::Undetermined)) => FailOn::Undetermined,
                    (_, Some(Headline::Firm(Outcome::Incomplete))) => FailOn::Incomplete,
                    _ => FailOn::NonExempt,
                };
                self.fail_on.contains(&kind)
            })
    }
}
