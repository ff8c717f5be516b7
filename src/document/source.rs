//! The text of a document, with the name a person knows it by.

use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};

use crate::hjson::{ColumnUnit, LineIndex, Position};

/// A document's text and path. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    inner: Arc<Inner>,
}

struct Inner {
    path: Utf8PathBuf,
    text: String,
    /// Made when the first position is asked for.
    lines: OnceLock<LineIndex>,
}

impl PartialEq for Inner {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, &self.text) == (&other.path, &other.text)
    }
}

impl Eq for Inner {}

impl Source {
    /// Names a text. The path is what messages show; it is not opened here.
    pub fn new(path: impl Into<Utf8PathBuf>, text: impl Into<String>) -> Self {
        Self {
            inner: Arc::new(Inner {
                path: path.into(),
                text: text.into(),
                lines: OnceLock::new(),
            }),
        }
    }

    /// The path as the user gave it.
    pub fn path(&self) -> &Utf8Path {
        &self.inner.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// Where a byte offset is, with columns in characters. An offset past the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        self.position_in(offset, ColumnUnit::Character)
    }

    /// Where a byte offset is, with columns in a unit. An offset past the end is the end.
    pub fn position_in(&self, offset: usize, unit: ColumnUnit) -> Position {
        self.lines().position(self.text(), offset, unit)
    }

    /// Which byte offset a place is, with columns in a unit; of a place that is not there, the nearest end.
    pub fn offset_in(&self, position: Position, unit: ColumnUnit) -> usize {
        self.lines().offset(self.text(), position, unit)
    }

    fn lines(&self) -> &LineIndex {
        let text = self.text();
        self.inner.lines.get_or_init(|| LineIndex::new(text))
    }
}

/// The text is left out: it is as long as it likes.
impl std::fmt::Debug for Source {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Source({})", self.path())
    }
}
