//! The files of the state directory, and what cannot be done with them.

use std::fs::{File, OpenOptions};
use std::io;

use camino::Utf8Path;

use super::error::StoreError;
use crate::files;

/// Makes a directory that only its owner may look into, whatever it was before.
pub(super) fn directory(path: &Utf8Path) -> Result<(), StoreError> {
    files::create_own_directory(path).map_err(|error| StoreError::file(path, error))
}

/// Makes an empty file for its owner, unless it is there; see [`files::create_file`].
pub(super) fn file(path: &Utf8Path) -> Result<(), StoreError> {
    files::create_file(path).map_err(|error| StoreError::file(path, error))
}

/// Opens a lock file, made where it is not there.
pub(super) fn lock_file(path: &Utf8Path) -> Result<File, StoreError> {
    file(path)?;
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
