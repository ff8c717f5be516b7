//! Files and directories whose permissions do not depend on the umask, and files that
//! appear whole or not at all.
//!
//! Records, logs and payloads may hold anything that a node says: they are for their
//! owner only.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::NamedTempFile;

use crate::crash::crash_point;

/// The permission bits of a directory to which all may write, each their own entries.
const STICKY: u32 = 0o1000;

/// Who may read what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// This user only: 0600 and 0700.
    Owner,
    /// Everybody: 0644 and 0755.
    Everyone,
}

impl Audience {
    fn file_mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Everyone => 0o644,
        }
    }

    fn directory_mode(self) -> u32 {
        match self {
            Self::Owner => 0o700,
            Self::Everyone => 0o755,
        }
    }
}

/// Creates a directory, and those above it that are missing. One that is there keeps its
/// permissions: it may be the operator's own.
pub(crate) fn create_directory(path: &Utf8Path, audience: Audience) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_str().is_empty()) {
        create_directory(parent, audience)?;
    }
    let mode = audience.directory_mode();
    match DirBuilder::new().mode(mode).create(path) {
        Ok(()) => restrict(path, mode),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match path.is_dir() {
            true => Ok(()),
            false => Err(io::ErrorKind::NotADirectory.into()),
        },
        Err(error) => Err(error),
    }
}

/// Creates a directory that is ddt's own, or takes from one that is there what others may
/// do with it. One that everybody shares, such as `/tmp`, is refused.
pub(crate) fn create_own_directory(path: &Utf8Path) -> io::Result<()> {
    create_directory(path, Audience::Owner)?;
    match mode(path)? {
        shared if shared & STICKY != 0 => Err(io::Error::other(
            "everybody may write to it: name a directory within it",
        )),
        _ => restrict(path, Audience::Owner.directory_mode()),
    }
}

/// Makes an empty file for its owner, unless it is there; others may read neither.
///
/// A file that is there is never opened: closing it would drop the locks that SQLite
/// holds on it within this process.
pub(crate) fn create_file(path: &Utf8Path) -> io::Result<()> {
    let mode = Audience::Owner.file_mode();
    let mut options = OpenOptions::new();
    match options.write(true).create_new(true).mode(mode).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => restrict(path, mode),
    }
}

/// Opens a file for its owner to append to; creates it if need be.
pub(crate) fn open_log(path: &Utf8Path) -> io::Result<File> {
    let mode = Audience::Owner.file_mode();
    let mut options = OpenOptions::new();
    let file = options.append(true).create(true).mode(mode).open(path)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    Ok(file)
}

/// Starts a file in the directory in which it will appear.
pub(crate) fn start_file(directory: &Utf8Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".partial-")
        .tempfile_in(directory)
}

/// Makes a file appear under its name, replacing what stood there. After this it
/// survives a loss of power.
pub(crate) fn finish_file(
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
pub(crate) fn place_file(
    file: NamedTempFile,
    path: &Utf8Path,
    audience: Audience,
) -> io::Result<()> {
    let permissions = Permissions::from_mode(audience.file_mode());
    file.as_file().set_permissions(permissions)?;
    crash_point!("files.file-written");
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn mode(path: &Utf8Path) -> io::Result<u32> {
    Ok(fs::metadata(path)?.permissions().mode() & 0o7777)
}

/// Sets permissions where they are others: one who may not is not in the way of what is
/// right already.
fn restrict(path: &Utf8Path, wanted: u32) -> io::Result<()> {
    match mode(path) {
        Ok(found) if found & 0o777 == wanted => Ok(()),
        _ => fs::set_permissions(path, Permissions::from_mode(wanted)),
    }
}

#[cfg(test)]
mod tests;
