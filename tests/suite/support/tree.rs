//! Everything below a directory at one moment, to compare with another: names, kinds, permissions, times and bytes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The state of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tree {
    entries: BTreeMap<PathBuf, Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    mode: u32,
    modified: (i64, i64),
    content: [u8; 32],
}

impl Tree {
    /// Reads a directory; one that does not exist has nothing in it.
    pub(crate) fn of(directory: &Path) -> Self {
        let mut tree = Self {
            entries: BTreeMap::new(),
        };
        if directory.exists() {
            tree.take(directory, Path::new(""));
        }
        tree
    }

    /// Leaves a file out.
    pub(crate) fn without(mut self, path: &str) -> Self {
        self.entries.remove(Path::new(path));
        self
    }

    /// The paths at which two states differ.
    pub(crate) fn differences(&self, other: &Self) -> Vec<PathBuf> {
        let paths = self.entries.keys().chain(other.entries.keys());
        let mut differ: Vec<_> = paths
            .filter(|path| self.entries.get(*path) != other.entries.get(*path))
            .cloned()
            .collect();
        differ.sort();
        differ.dedup();
        differ
    }

    /// Asserts that nothing has changed.
    #[track_caller]
    pub(crate) fn assert_same(&self, other: &Self) {
        assert_eq!(
            self.differences(other),
            [""; 0].map(PathBuf::from),
            "the trees differ"
        );
    }

    fn take(&mut self, root: &Path, path: &Path) {
        let place = root.join(path);
        let metadata = fs::symlink_metadata(&place).expect("metadata");
        let content = if metadata.is_dir() {
            for entry in fs::read_dir(&place).expect("a directory") {
                self.take(root, &path.join(entry.expect("an entry").file_name()));
            }
            Vec::new()
        } else if metadata.is_symlink() {
            fs::read_link(&place)
                .expect("a link")
                .into_os_string()
                .into_encoded_bytes()
        } else {
            fs::read(&place).expect("a file")
        };
        let entry = Entry {
            mode: metadata.mode(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            content: Sha256::digest(&content).into(),
        };
        self.entries.insert(path.to_owned(), entry);
    }
}

/// The files below a directory that hold a text; links are not followed.
pub(crate) fn files_holding(directory: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let kind = entry.file_type().expect("a type");
        if kind.is_dir() {
            found.extend(files_holding(&entry.path(), text));
        } else if kind.is_file() {
            found.extend(Some(entry.path()).filter(|path| holds(path, text)));
        }
    }
    found
}

/// Whether a file can be read, and holds a text.
pub(crate) fn holds(path: &Path, text: &str) -> bool {
    let content = fs::read(path).unwrap_or_default();
    content
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}
