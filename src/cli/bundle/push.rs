//! `ddt bundle push SRC DST`.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::named::Named;
use super::{cannot_print, copy, failure};
use crate::bundle::registry::Overwrite;
use crate::bundle::{PackedRelease, build};
use crate::cli::context::Context;
use crate::failure::Failure;
use crate::reference::{BundleReference, Repo};

/// Give a bundle to a registry or a layout, byte for byte, with its signatures.
#[derive(Clone, Debug, Args)]
pub(super) struct PushArgs {
    /// A source tree's directory, which is packed first, or REPO/NAME:TAG.
    #[arg(value_name = "SRC")]
    source: String,
    /// Where it goes: REPO/NAME:TAG, such as registry.example.com/team/hello:0.1.0.
    #[arg(value_name = "DST")]
    destination: BundleReference,
    /// Replace another bundle that has the tag there.
    #[arg(long)]
    overwrite: bool,
}

impl PushArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn io::Write) -> Result<(), Failure> {
        let named = Named::new(context)?;
        let found = named.resolve(&self.source)?;
        copy::agree(&found.reference, &self.destination)?;
        let directory = Utf8Path::new(&self.source);
        let release = match directory.is_dir() {
            true => self.packed(&named, directory)?,
            false => named.resolver.packed(&found.reference)?,
        };
        let copy = copy::Copy {
            resolver: &named.resolver,
            source: &found.reference,
            release: &release,
            destination: &self.destination,
            overwrite: match self.overwrite {
                true => Overwrite::Replace,
                false => Overwrite::Refuse,
            },
        };
        let said = copy.run()?;
        writeln!(out, "{} {} {said}", self.destination, release.digest).map_err(cannot_print)
    }

    /// Packs a source tree into a layout that is gone when the verb ends.
    fn packed(&self, named: &Named, directory: &Utf8Path) -> Result<PackedRelease, Failure> {
        let layout: Utf8PathBuf = named.temporary("layout");
        build::build(directory, &layout)
            .map_err(|kind| failure(format!("cannot build the bundle in {directory}"), kind))?;
        let mut reference = self.destination.clone();
        reference.repo = Repo::Directory(layout);
        Ok(named.resolver.packed(&reference)?)
    }
}
