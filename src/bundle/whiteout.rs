//! Deletions in an OCI layer: entries whose names start with `.wh.`.

use camino::{Utf8Path, Utf8PathBuf};

/// What the name of a deletion starts with.
pub(super) const PREFIX: &str = ".wh.";

/// The name that empties its directory.
const OPAQUE: &str = ".wh..wh..opq";

/// What a layer deletes of the layers below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whiteout {
    /// An entry and all below it.
    Entry(Utf8PathBuf),
    /// All below a directory.
    Opaque(Utf8PathBuf),
}

/// A name with the prefix, but of nothing that could be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MalformedWhiteout;

impl Whiteout {
    /// Reads a path of a layer: `None` if it is an entry like any other.
    pub(super) fn read(path: &Utf8Path) -> Result<Option<Self>, MalformedWhiteout> {
        let directory = path.parent().unwrap_or(Utf8Path::new(""));
        if directory.iter().any(|name| name.starts_with(PREFIX)) {
            return Err(MalformedWhiteout);
        }
        let Some(name) = path.file_name().and_then(|name| name.strip_prefix(PREFIX)) else {
            return Ok(None);
        };
        if path.file_name() == Some(OPAQUE) {
            return Ok(Some(Self::Opaque(directory.to_owned())));
        }
        if matches!(name, "" | "." | "..") || name.starts_with(PREFIX) {
            return Err(MalformedWhiteout);
        }
        Ok(Some(Self::Entry(directory.join(name))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_deletions_from_entries() {
        let read = |path: &str| Whiteout::read(Utf8Path::new(path));
        assert_eq!(read("a/b"), Ok(None));
        assert_eq!(read("a/.wh.b"), Ok(Some(Whiteout::Entry("a/b".into()))));
        assert_eq!(
            read("a/.wh..wh..opq"),
            Ok(Some(Whiteout::Opaque("a".into())))
        );
        assert_eq!(read(".wh.b"), Ok(Some(Whiteout::Entry("b".into()))));
        for path in [".wh.", ".wh..", ".wh...", ".wh..wh.plnk", ".wh.a/b"] {
            assert_eq!(read(path), Err(MalformedWhiteout));
        }
    }
}
