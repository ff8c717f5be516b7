//! `ddt bundle inspect REF`.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use serde::Serialize;

use super::{cannot_print, failure};
use crate::bundle::{BundleDescriptor, PayloadCache, ResolvedBundle, Resolver, step_name};
use crate::digest::Digest;
use crate::failure::Failure;
use crate::reference::BundleReference;

/// Show what a bundle is.
#[derive(Clone, Debug, Args)]
pub(super) struct InspectArgs {
    /// A source tree's directory, or REPO/NAME:TAG such as dir:PATH/NAME:TAG.
    #[arg(value_name = "REF")]
    reference: String,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Inspection {
    digest: Digest,
    payload: Digest,
    size: u64,
    descriptor: BundleDescriptor,
}

impl InspectArgs {
    pub(super) fn run(self, out: &mut dyn io::Write) -> Result<(), Failure> {
        let bundle = self.resolve()?;
        let inspection = Inspection {
            digest: bundle.digest,
            payload: bundle.payload.digest,
            size: bundle.payload.size,
            descriptor: bundle.descriptor,
        };
        let printed = match self.json {
            true => print_json(&inspection, out),
            false => print_text(&inspection, out),
        };
        printed.map_err(cannot_print)
    }

    /// Nothing is left behind: the cache is gone when this returns.
    fn resolve(&self) -> Result<ResolvedBundle, Failure> {
        let no_cache = "cannot make a directory for temporary files";
        let cache =
            tempfile::tempdir().map_err(|error| Failure::environment(no_cache).because(&error))?;
        let path = Utf8PathBuf::from_path_buf(cache.path().to_owned())
            .map_err(|_| Failure::environment(no_cache).help("set TMPDIR to a path in UTF-8"))?;
        let resolver = Resolver {
            mirrors: Default::default(),
            cache: PayloadCache::new(path),
            limits: Default::default(),
        };
        let directory = Utf8Path::new(&self.reference);
        if directory.is_dir() {
            return resolver
                .resolve_source_tree(directory)
                .map_err(|kind| failure(format!("cannot take the bundle in {directory}"), kind));
        }
        let reference: BundleReference = self.reference.parse().map_err(|error| {
            Failure::refused(format!(
                "`{}` is no directory and no bundle",
                self.reference
            ))
            .because(&error)
        })?;
        Ok(resolver.resolve(&reference, None)?)
    }
}

fn print_json(inspection: &Inspection, out: &mut dyn io::Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(inspection)?;
    writeln!(out, "{text}")
}

fn print_text(inspection: &Inspection, out: &mut dyn io::Write) -> io::Result<()> {
    let descriptor = &inspection.descriptor;
    let mut line = |key: &str, value: &str| writeln!(out, "{key:<12}{value}");
    line("bundle", descriptor.bundle.as_str())?;
    line("tag", &descriptor.tag.to_string())?;
    line("digest", &inspection.digest.to_string())?;
    line("size", &format!("{} bytes", inspection.size))?;
    line("arch", &words(&descriptor.arch, "any"))?;
    for (kind, path) in descriptor.steps.iter() {
        line(step_name(kind), path.as_path().as_str())?;
    }
    line("idempotent", &descriptor.idempotent.to_string())?;
    let timeout = descriptor.timeout.map(|timeout| timeout.to_string());
    line("timeout", timeout.as_deref().unwrap_or("none"))?;
    line("secrets", &words(&descriptor.secrets, "none"))
}

fn words(words: &[impl AsRef<str>], nothing: &str) -> String {
    match words {
        [] => nothing.to_owned(),
        words => words
            .iter()
            .map(AsRef::as_ref)
            .collect::<Vec<_>>()
            .join(", "),
    }
}
