//! `ddt bundle new NAME`.

use std::io;

use camino::Utf8PathBuf;
use clap::Args;

use super::cannot_print;
use crate::bundle::scaffold;
use crate::failure::Failure;
use crate::name::Name;

/// Write a new bundle that works as it is.
#[derive(Clone, Debug, Args)]
pub(super) struct NewArgs {
    /// The bundle's name.
    name: Name,
    /// The directory to create; NAME by default.
    #[arg(long, value_name = "PATH")]
    dir: Option<Utf8PathBuf>,
}

impl NewArgs {
    pub(super) fn run(self, out: &mut dyn io::Write) -> Result<(), Failure> {
        let directory = self.dir.unwrap_or_else(|| self.name.as_str().into());
        scaffold::write(&self.name, &directory).map_err(|error| {
            Failure::refused(format!("cannot write the bundle {}", self.name)).because(&error)
        })?;
        writeln!(out, "wrote the bundle {} to {directory}", self.name)
            .and_then(|()| writeln!(out, "next: ddt bundle inspect {directory}"))
            .map_err(cannot_print)
    }
}
