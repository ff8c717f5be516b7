//! Keeping the cache within a size: what was not used for the longest time goes first.

use std::fs::{self, File};
use std::io;
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};

use super::in_use;
use crate::clock;

/// Where files lie in the cache: payloads, and what came from registries.
const PLACES: [&str; 2] = ["sha256", "blobs/sha256"];

/// What was removed, and what is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The number of files that were removed.
    pub files: usize,
    /// Their size in bytes.
    pub bytes: u64,
    /// The size of the others in bytes.
    pub left: u64,
}

/// Why nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    /// A run goes on.
    #[error("{0} is in use; prune it when no run goes on")]
    InUse(Utf8PathBuf),
    /// A file or directory cannot be read or removed.
    #[error("cannot prune {path}: {cause}")]
    Io {
        /// The cache.
        path: Utf8PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
}

struct Kept {
    path: Utf8PathBuf,
    size: u64,
    used: SystemTime,
}

/// Removes files until at most so many bytes are left. What is removed is fetched or packed again when it is needed.
pub fn prune(cache: &Utf8Path, limit: u64) -> Result<Pruned, PruneError> {
    let failed = |cause| PruneError::Io {
        path: cache.to_owned(),
        cause,
    };
    if !cache.is_dir() {
        return Ok(Pruned::default());
    }
    let alone = in_use::alone(cache).map_err(failed)?;
    let _alone = alone.ok_or_else(|| PruneError::InUse(cache.to_owned()))?;
    let mut kept = kept(cache).map_err(failed)?;
    kept.sort_by(|one, other| (one.used, &one.path).cmp(&(other.used, &other.path)));
    let mut pruned = Pruned {
        left: kept.iter().map(|one| one.size).sum(),
        ..Pruned::default()
    };
    for one in kept {
        if pruned.left <= limit {
            break;
        }
        fs::remove_file(&one.path).map_err(failed)?;
        pruned.files += 1;
        pruned.bytes += one.size;
        pruned.left -= one.size;
    }
    Ok(pruned)
}

fn kept(cache: &Utf8Path) -> io::Result<Vec<Kept>> {
    let mut kept = Vec::new();
    for place in PLACES.map(|place| cache.join(place)) {
        let entries = match place.read_dir_utf8() {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = entry?.into_path();
            let metadata = path.symlink_metadata()?;
            if metadata.is_file() {
                kept.push(Kept {
                    path,
                    size: metadata.len(),
                    used: metadata.modified()?,
                });
            }
        }
    }
    Ok(kept)
}

/// Notes that a file is used. A cache that cannot be written to is noticed where it matters.
pub(in crate::bundle) fn touch(path: &Utf8Path) {
    let now = SystemTime::from(clock::now());
    let _ = File::open(path).and_then(|file| file.set_modified(now));
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use crate::bundle::cache::in_use::InUse;
    use crate::bundle::fixture::Directory;

    #[test]
    fn removes_what_was_not_used_for_the_longest_time() {
        let directory = Directory::new();
        for (name, second) in [("sha256/b", 2), ("blobs/sha256/a", 1), ("sha256/c", 3)] {
            directory.file(name, [0; 10], 0o600);
            let used = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(second);
            let file = File::open(directory.join(name)).unwrap();
            file.set_modified(used).unwrap();
        }
        touch(&directory.join("sha256/b"));
        let pruned = prune(directory.path(), 15).unwrap();
        let expected = Pruned {
            files: 2,
            bytes: 20,
            left: 10,
        };
        assert_eq!(pruned, expected);
        assert!(directory.join("sha256/b").exists());
    }

    #[test]
    fn leaves_alone_what_is_in_use() {
        let directory = Directory::new();
        directory.file("sha256/a", [0; 10], 0o600);
        let in_use = InUse::default();
        in_use.begin(directory.path()).unwrap();
        let error = prune(directory.path(), 0).unwrap_err();
        insta::assert_snapshot!(
            directory.redact(&error.to_string()),
            @"[DIR] is in use; prune it when no run goes on"
        );
        drop(in_use);
        assert_eq!(prune(directory.path(), 0).unwrap().files, 1);
        assert_eq!(
            prune(&directory.join("absent"), 0).unwrap(),
            Pruned::default()
        );
    }
}
