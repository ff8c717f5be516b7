//! `ddt bundle pull SRC DST`.

use std::io;

use clap::Args;

use super::named::Named;
use super::{cannot_print, copy};
use crate::bundle::registry::Overwrite;
use crate::cli::context::Context;
use crate::failure::Failure;
use crate::reference::{BundleReference, Repo};

/// Take a bundle from a registry into a layout, byte for byte, with its signatures.
#[derive(Clone, Debug, Args)]
pub(super) struct PullArgs {
    /// The bundle: REPO/NAME:TAG.
    #[arg(value_name = "SRC")]
    source: BundleReference,
    /// The layout's place: dir:PATH.
    #[arg(value_name = "DST")]
    destination: Repo,
}

impl PullArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn io::Write) -> Result<(), Failure> {
        let named = Named::new(context)?;
        // A bundle that ddt would not deploy is not passed on.
        named.resolver.find(&self.source, None)?;
        let release = named.resolver.packed(&self.source)?;
        let destination = BundleReference {
            repo: self.destination,
            ..self.source.clone()
        };
        let copy = copy::Copy {
            resolver: &named.resolver,
            source: &self.source,
            release: &release,
            destination: &destination,
            overwrite: Overwrite::Replace,
        };
        let said = copy.run()?;
        writeln!(out, "{destination} {} {said}", release.digest).map_err(cannot_print)
    }
}
