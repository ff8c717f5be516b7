//! The bundle that is named on the command line.

use camino::{Utf8Path, Utf8PathBuf};

use super::failure;
use crate::bundle::{PayloadCache, ResolvedBundle, Resolver};
use crate::failure::Failure;
use crate::reference::BundleReference;

/// Takes a bundle by the directory of its source tree, or by REPO/NAME:TAG. Nothing is left
/// behind: the cache is gone when this returns.
pub(in crate::cli) fn resolve(named: &str) -> Result<ResolvedBundle, Failure> {
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
    let directory = Utf8Path::new(named);
    if directory.is_dir() {
        return resolver
            .resolve_source_tree(directory)
            .map_err(|kind| failure(format!("cannot take the bundle in {directory}"), kind));
    }
    Ok(resolver.resolve(&reference(named)?, None)?)
}

/// Reads REPO/NAME:TAG.
pub(super) fn reference(named: &str) -> Result<BundleReference, Failure> {
    named.parse().map_err(|error| {
        Failure::refused(format!("`{named}` is no directory and no bundle")).because(&error)
    })
}
