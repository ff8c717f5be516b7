//! Secrets in files of the controller.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;

use camino::Utf8Path;

use super::error::SecretError;

/// The permission to read that everybody has.
const READABLE_BY_OTHERS: u32 = 0o004;

/// The bytes of a file, as they are; at most `limit`.
pub(super) fn read(path: &Utf8Path, limit: usize) -> Result<Vec<u8>, SecretError> {
    let unreadable = |error: std::io::Error| SecretError::File {
        path: path.to_owned(),
        cause: error.to_string(),
    };
    // Before it is opened: a pipe would be waited for.
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(SecretError::NotAFile(path.to_owned()));
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let most = limit as u64 + 1;
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    match bytes.len() > limit {
        true => Err(SecretError::TooLong),
        false => Ok(bytes),
    }
}

/// What is said of a file that everybody on this machine can read. It is not refused: a container has but one user.
pub(super) fn warning(path: &Utf8Path) -> Option<String> {
    let mode = path.metadata().ok()?.permissions().mode();
    let is_open = mode & READABLE_BY_OTHERS != 0;
    is_open.then(|| format!("every user of this machine can read {path}; `chmod 600` it"))
}
