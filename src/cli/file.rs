//! The files that an operator names: read whole, and only if they can be documents.

use std::fs::{File, metadata};
use std::io::{self, Read};

use camino::Utf8Path;

use crate::failure::Failure;

/// The largest file that is read, in bytes. The sample manifest has 2 KiB.
const LARGEST: u64 = 64 << 20;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    /// The system says no.
    #[error(transparent)]
    System(#[from] io::Error),
    /// There is something else.
    #[error("it is a directory, a file is expected")]
    Directory,
    /// It is not cut: what is left out could change what it says.
    #[error("it is larger than {} MiB, too large for a document", LARGEST >> 20)]
    TooLarge,
}

impl FileError {
    /// What to do.
    pub(super) fn help(&self) -> &'static str {
        match self {
            Self::System(error) if error.kind() == io::ErrorKind::NotFound => {
                "correct the path, or write the file"
            }
            Self::System(_) => "make the file readable for the user that runs ddt",
            Self::Directory => "name a file in it",
            Self::TooLarge => {
                "is it the file you meant? documents have some thousand lines at most"
            }
        }
    }
}

/// Reads a file that messages call `shown`.
pub(super) fn read_named(path: &Utf8Path, shown: &Utf8Path) -> Result<Vec<u8>, Failure> {
    read(path).map_err(|error| {
        Failure::refused(format!("cannot read {shown}"))
            .because(&error)
            .help(error.help())
    })
}

/// Reads a file. One that is larger than a document can be is refused, not held in memory.
pub(super) fn read(path: &Utf8Path) -> Result<Vec<u8>, FileError> {
    let metadata = metadata(path)?;
    if metadata.is_dir() {
        return Err(FileError::Directory);
    }
    let length = metadata.len().min(LARGEST);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1);
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(FileError::TooLarge),
        false => Ok(bytes),
    }
}
