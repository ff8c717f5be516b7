//! `ddt man`: the manual page.

use std::io::Write;

use clap::Args;

use crate::exit::ExitCode;
use crate::failure::Failure;

/// Print the manual page, in roff
#[derive(Clone, Debug, Args)]
pub(super) struct ManArgs {}

impl ManArgs {
    pub(super) fn run(self, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let mut page = Vec::new();
        clap_mangen::Man::new(super::command())
            .render(&mut page)
            .map_err(|error| Failure::environment("cannot make the manual page").because(&error))?;
        super::print(out, &String::from_utf8_lossy(&page)).map(|()| ExitCode::Done)
    }
}
