//! The paths a tree may hold, and why others are refused.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// Why a tree is not one that ddt takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Starts at `/`.
    #[error("`{0}` is an absolute path")]
    Absolute(String),
    /// Holds `..`.
    #[error("`{0}` leads out of the bundle")]
    Outside(String),
    /// Not text, or with control characters.
    #[error("`{0}` is not a name that every node can hold")]
    OddName(String),
    /// Two entries of one archive with the same path.
    #[error("`{0}` appears twice")]
    Duplicate(Utf8PathBuf),
    /// The parent of an entry is a file or a link.
    #[error("`{path}` stands below `{parent}`, which is not a directory")]
    ParentNotDirectory {
        /// The entry.
        path: Utf8PathBuf,
        /// The entry above it.
        parent: Utf8PathBuf,
    },
    /// A link whose target is not inside the tree.
    #[error("the link `{path}` leads out of the bundle: `{target}`")]
    LinkOutside {
        /// The link.
        path: Utf8PathBuf,
        /// Its target.
        target: Utf8PathBuf,
    },
}

/// Brings a path from an archive into the form the tree keeps. `None` is the root.
///
/// Nothing that could mean another place on some node passes: no `/` at the start, no
/// `..`, no control characters, only UTF-8.
pub fn normal_path(path: &[u8]) -> Result<Option<Utf8PathBuf>, TreeError> {
    let shown = || String::from_utf8_lossy(path).escape_debug().to_string();
    let text = std::str::from_utf8(path).map_err(|_| TreeError::OddName(shown()))?;
    if text.chars().any(char::is_control) {
        return Err(TreeError::OddName(shown()));
    }
    let mut normal = Utf8PathBuf::new();
    for component in Utf8Path::new(text).components() {
        match component {
            Utf8Component::Normal(name) => normal.push(name),
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => return Err(TreeError::Outside(shown())),
            _ => return Err(TreeError::Absolute(shown())),
        }
    }
    Ok((!normal.as_str().is_empty()).then_some(normal))
}
