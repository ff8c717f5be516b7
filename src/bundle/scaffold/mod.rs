//! A new bundle that works as it is: `ddt bundle new`.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};

use super::descriptor::FILE_NAME;
use crate::name::Name;

/// The steps of a new bundle, each with its script.
const STEPS: [(&str, &str); 4] = [
    ("check", include_str!("check")),
    ("deploy", include_str!("deploy")),
    ("verify", include_str!("verify")),
    ("rollback", include_str!("rollback")),
];

/// Why a new bundle was not written.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// Something is there already, and is left alone.
    #[error("{0} exists already; choose another name or directory")]
    Exists(Utf8PathBuf),
    /// The disk says no.
    #[error("cannot write {path}: {cause}")]
    Write {
        /// What was to be written.
        path: Utf8PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
}

/// Writes a new bundle into a directory, which must not exist.
pub fn write(name: &Name, directory: &Utf8Path) -> Result<(), ScaffoldError> {
    if directory.symlink_metadata().is_ok() {
        return Err(ScaffoldError::Exists(directory.to_owned()));
    }
    let steps = directory.join("steps");
    fs::create_dir_all(&steps).map_err(|cause| ScaffoldError::Write {
        path: steps.clone(),
        cause,
    })?;
    let descriptor = include_str!("bundle.hjson").replace("@NAME@", name.as_str());
    write_file(directory.join(FILE_NAME), &descriptor, 0o644)?;
    for (step, script) in STEPS {
        write_file(steps.join(step), script, 0o755)?;
    }
    Ok(())
}

fn write_file(path: Utf8PathBuf, text: &str, mode: u32) -> Result<(), ScaffoldError> {
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        file.write_all(text.as_bytes())?;
        file.set_permissions(Permissions::from_mode(mode))
    };
    write().map_err(|cause| ScaffoldError::Write { path, cause })
}

#[cfg(test)]
mod tests;
