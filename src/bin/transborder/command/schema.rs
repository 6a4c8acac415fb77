//! `transborder schema`: print the JSON Schema of data maps.

use clap::Args;
use transborder::load::schema;

use crate::input::LawInput;
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Schema {
    #[command(flatten)]
    law: LawInput,
}

impl Schema {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        anstream::println!("{:#}", schema(law.catalogue()));
        Ok(Answer::Clean)
    }
}
