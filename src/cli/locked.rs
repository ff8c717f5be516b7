//! The lock files that stand beside manifests.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::context::Context;
use super::file;
use crate::bundle::{LOCK_FILE_NAME, LockFile, LockFileError};
use crate::failure::Failure;
use crate::lint::{DocumentKind, Subject};

/// Where the lock file of a manifest is, whether it is there or not.
pub(super) fn path_beside(manifest: &Utf8Path) -> Utf8PathBuf {
    manifest.with_file_name(LOCK_FILE_NAME)
}

/// Reads the lock file beside a manifest; `None` where there is none. One that was not
/// written by ddt is refused.
pub(super) fn beside(context: &Context, manifest: &Utf8Path) -> Result<Option<LockFile>, Failure> {
    let shown = path_beside(manifest);
    let path = context.working_directory.join(&shown);
    // Whatever has the name is meant; what it is instead of a file is said when it is read.
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    let bytes = file::read_named(&path, &shown)?;
    let lock = LockFile::read(shown.as_str(), &bytes);
    lock.map(Some).map_err(|error| not_usable(&shown, error))
}

/// Reads those beside all the manifests among documents, by directory.
pub(super) fn beside_manifests(
    subjects: &[Subject],
    context: &Context,
) -> Result<BTreeMap<Utf8PathBuf, LockFile>, Failure> {
    let mut locks = BTreeMap::new();
    let manifests = subjects
        .iter()
        .filter(|subject| subject.kind == DocumentKind::Manifest);
    for path in manifests.map(|subject| subject.source.path()) {
        let directory = path.parent().unwrap_or(Utf8Path::new("")).to_owned();
        if locks.contains_key(&directory) {
            continue;
        }
        if let Some(lock) = beside(context, path)? {
            locks.insert(directory, lock);
        }
    }
    Ok(locks)
}

fn not_usable(shown: &Utf8Path, error: LockFileError) -> Failure {
    let failure = Failure::refused(format!("{shown} is not usable; nothing was started"))
        .because(&error)
        .help(LockFileError::HELP);
    match error {
        LockFileError::Document(diagnostics) => failure.with_diagnostics(diagnostics),
        LockFileError::Version(_) | LockFileError::Edited(_) => failure,
    }
}
