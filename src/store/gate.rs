//! The gate in front of the zones' locks: a lock that is held for an instant only.

use std::fs::File;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::StoreError;
use super::files;

/// What is passed to change or to read a lock together with its row.
pub(super) struct Gate {
    _file: File,
}

impl Gate {
    /// Waits until nobody is in it, and keeps everybody out.
    pub(super) fn close(state_dir: &Utf8Path) -> Result<Self, StoreError> {
        files::directory(&state_dir.join("locks"))?;
        let path = gate_path(state_dir);
        let file = files::lock_file(&path)?;
        file.lock()
            .map_err(|error| StoreError::file(&path, error))?;
        Ok(Self { _file: file })
    }

    /// Waits until it is not closed, and keeps it from being closed. `None` where there
    /// is no gate: then there never was a lock.
    pub(super) fn pass(state_dir: &Utf8Path) -> Result<Option<Self>, StoreError> {
        let path = gate_path(state_dir);
        let Some(file) = files::existing(&path)? else {
            return Ok(None);
        };
        file.lock_shared()
            .map_err(|error| StoreError::file(&path, error))?;
        Ok(Some(Self { _file: file }))
    }
}

/// No zone's lock file has this name: theirs end in `.lock`.
fn gate_path(state_dir: &Utf8Path) -> Utf8PathBuf {
    state_dir.join("locks/gate")
}
