//! `ddt completions`: what a shell needs to complete ddt's words.

use std::io::Write;

use clap::Args;
use clap_complete::Shell;

use crate::exit::ExitCode;
use crate::failure::Failure;

/// Print a shell's completion script
#[derive(Clone, Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(self, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "ddt", &mut script);
        super::print(out, &String::from_utf8_lossy(&script)).map(|()| ExitCode::Done)
    }
}
