//! `transborder completions`: print a completion script for a shell.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::{Answer, Arguments, Failure};

#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        clap_complete::generate(
            self.shell,
            &mut Arguments::command(),
            "transborder",
            &mut std::io::stdout(),
        );
        Ok(Answer::Clean)
    }
}
