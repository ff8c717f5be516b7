//! The text of a document, with the name a person knows it by.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::hjson::Position;

/// A document's text and path. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    inner: Arc<Inner>,
}

#[derive(PartialEq, Eq)]
struct Inner {
    path: Utf8PathBuf,
    text: String,
}

impl Source {
    /// Names a text. The path is what messages show; it is not opened here.
    pub fn new(path: impl Into<Utf8PathBuf>, text: impl Into<String>) -> Self {
        Self {
            inner: Arc::new(Inner {
                path: path.into(),
                text: text.into(),
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

    /// Where a byte offset is. An offset past the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        Position::of(self.text(), offset)
    }
}

/// The text is left out: it is as long as it likes.
impl std::fmt::Debug for Source {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Source({})", self.path())
    }
}
