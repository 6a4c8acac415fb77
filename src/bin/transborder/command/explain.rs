//! `transborder explain`: one flow with the whole chain of reasons.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use transborder::assess::assess;
use transborder::assess::explanation::explain;
use transborder::report::text::{Look, render_explanation};

use crate::input::{LawInput, LocateInput, ReadingInput, read_map};
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Explain {
    /// The data map, YAML or JSON; `-` for standard input
    map: PathBuf,
    /// The flow: `sync`, `sync/staff-records`, or `access:<node>:<entity>` for access that control implies
    flow: String,
    /// Print the texts of rules in this language where a pack has it
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    #[command(flatten)]
    sources: LocateInput,
    #[command(flatten)]
    law: LawInput,
    #[command(flatten)]
    reading: ReadingInput,
}

impl Explain {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let options = self.reading.options(&law)?;
        let (source, map) = read_map(&self.map, &self.sources, &law)?;
        let explanations = explain(&map, &law, &options, &self.flow)?;
        if explanations.is_empty() {
            let assessment = assess(&map, &law, &options)?;
            let flows: BTreeSet<&str> = assessment.movements.iter().map(|m| m.flow.as_str()).collect();
            let flows: Vec<&str> = flows.into_iter().collect();
            let message = format!(
                "error: nothing moves on a flow `{}`\n    flows: {}",
                self.flow,
                flows.join(", ")
            );
            return Err(message.into());
        }
        let mut look = Look::new().with_colour();
        if let Some(tag) = &self.language {
            look = look.in_language(tag);
        }
        anstream::print!("{}", render_explanation(&explanations, Some(&source), look));
        Ok(Answer::Clean)
    }
}
