//! `ddt bundle build DIR -o LAYOUT`.

use std::io;

use camino::Utf8PathBuf;
use clap::Args;

use super::{cannot_print, failure};
use crate::bundle::build;
use crate::failure::Failure;

/// Pack a source tree into an OCI image layout; the same tree gives the same digest.
#[derive(Clone, Debug, Args)]
pub(super) struct BuildArgs {
    /// The source tree: a directory with a bundle.hjson.
    #[arg(value_name = "DIR")]
    source: Utf8PathBuf,
    /// The layout, which is created if it is not there.
    #[arg(short, long, value_name = "LAYOUT")]
    output: Utf8PathBuf,
}

impl BuildArgs {
    pub(super) fn run(self, out: &mut dyn io::Write) -> Result<(), Failure> {
        let built = build::build(&self.source, &self.output)
            .map_err(|kind| failure(format!("cannot build the bundle in {}", self.source), kind))?;
        writeln!(out, "dir:{}/{} {}", self.output, built.name, built.digest).map_err(cannot_print)
    }
}
