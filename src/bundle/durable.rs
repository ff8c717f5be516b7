//! Files that appear whole or not at all, with permissions that do not depend on the umask.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::NamedTempFile;

use crate::crash::crash_point;

/// Who may read what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// This user only: 0600 and 0700.
    Owner,
    /// Everybody: 0644 and 0755.
    Everyone,
}

impl Audience {
    fn file(self) -> Permissions {
        Permissions::from_mode(match self {
            Self::Owner => 0o600,
            Self::Everyone => 0o644,
        })
    }

    fn directory_mode(self) -> u32 {
        match self {
            Self::Owner => 0o700,
            Self::Everyone => 0o755,
        }
    }
}

/// Creates a directory and what is above it. An existing one keeps its permissions,
/// unless it is for its owner only.
pub(super) fn create_directory(path: &Utf8Path, audience: Audience) -> io::Result<()> {
    let exists = path.is_dir();
    let mode = audience.directory_mode();
    DirBuilder::new().recursive(true).mode(mode).create(path)?;
    if exists && audience == Audience::Everyone {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Starts a file in the directory in which it will appear.
pub(super) fn start_file(directory: &Utf8Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".partial-")
        .tempfile_in(directory)
}

/// Makes a file appear under its name, replacing what stood there. After this it
/// survives a loss of power.
pub(super) fn finish_file(
    file: NamedTempFile,
    path: Utf8PathBuf,
    audience: Audience,
) -> io::Result<Utf8PathBuf> {
    file.as_file().sync_all()?;
    place_file(file, &path, audience)?;
    if let Some(directory) = path.parent() {
        File::open(directory)?.sync_all()?;
    }
    Ok(path)
}

/// Makes a file appear under its name, replacing what stood there. A loss of power may
/// leave another content there, or none.
pub(super) fn place_file(
    file: NamedTempFile,
    path: &Utf8Path,
    audience: Audience,
) -> io::Result<()> {
    file.as_file().set_permissions(audience.file())?;
    crash_point!("bundle.file-written");
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
