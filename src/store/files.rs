//! Files and directories that only their owner may read, whatever the umask is.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};

use camino::Utf8Path;

use super::error::StoreError;

/// Makes a directory and those above it, 0700. One that is there already stays as it is:
/// it may be the operator's own.
pub(super) fn private_directory(path: &Utf8Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_str().is_empty()) {
        private_directory(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => restrict(path, 0o700),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::file(path, error)),
    }
}

/// Makes an empty file, 0600, unless it is there.
///
/// A file that is there is never opened: closing it would drop the locks that SQLite
/// holds on it within this process.
pub(super) fn private_file(path: &Utf8Path) -> Result<(), StoreError> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(StoreError::file(path, error)),
    }
    restrict(path, 0o600)
}

/// Opens a lock file, made 0600 where it is not there.
pub(super) fn lock_file(path: &Utf8Path) -> Result<File, StoreError> {
    private_file(path)?;
    let opened = OpenOptions::new().read(true).write(true).open(path);
    opened.map_err(|error| StoreError::file(path, error))
}

/// Opens a file for reading; `None` where there is none.
pub(super) fn existing(path: &Utf8Path) -> Result<Option<File>, StoreError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::file(path, error)),
    }
}

fn restrict(path: &Utf8Path, mode: u32) -> Result<(), StoreError> {
    let is_set = fs::metadata(path).map(|metadata| metadata.permissions().mode() & 0o777 == mode);
    match is_set {
        Ok(true) => Ok(()),
        _ => fs::set_permissions(path, Permissions::from_mode(mode))
            .map_err(|error| StoreError::file(path, error)),
    }
}
