//! The bundle that is named on the command line.

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::failure;
use crate::bundle::registry::Platform;
use crate::bundle::{PayloadCache, ResolvedBundle, Resolver};
use crate::cli::context::Context;
use crate::cli::resolver::resolver;
use crate::failure::Failure;
use crate::reference::BundleReference;

/// Takes bundles by name. Payloads are gone when this is dropped; what came from a registry stays in the cache.
pub(in crate::cli) struct Named {
    pub(super) resolver: Resolver,
    _temporary: TempDir,
    path: Utf8PathBuf,
}

impl Named {
    pub(in crate::cli) fn new(context: &Context) -> Result<Self, Failure> {
        let no_place = "cannot make a directory for temporary files";
        let temporary =
            tempfile::tempdir().map_err(|error| Failure::environment(no_place).because(&error))?;
        let path = Utf8PathBuf::from_path_buf(temporary.path().to_owned())
            .map_err(|_| Failure::environment(no_place).help("set TMPDIR to a path in UTF-8"))?;
        let resolver = Resolver {
            cache: PayloadCache::new(path.join("payloads")),
            ..resolver(context, Platform::of_this_machine())?
        };
        Ok(Self {
            resolver,
            _temporary: temporary,
            path,
        })
    }

    /// A place that is gone when this is dropped.
    pub(super) fn temporary(&self, name: &str) -> Utf8PathBuf {
        self.path.join(name)
    }

    /// Takes a bundle by the directory of its source tree, or by REPO/NAME:TAG.
    pub(in crate::cli) fn resolve(&self, named: &str) -> Result<ResolvedBundle, Failure> {
        let directory = Utf8Path::new(named);
        if directory.is_dir() {
            return self
                .resolver
                .resolve_source_tree(directory)
                .map_err(|kind| failure(format!("cannot take the bundle in {directory}"), kind));
        }
        Ok(self.resolver.resolve(&reference(named)?, None)?)
    }
}

/// Reads REPO/NAME:TAG.
pub(super) fn reference(named: &str) -> Result<BundleReference, Failure> {
    named.parse().map_err(|error| {
        Failure::refused(format!("`{named}` is no directory and no bundle")).because(&error)
    })
}
