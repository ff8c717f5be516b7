//! The text of a document, with the name a person knows it by.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

/// A document's text and path. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    inner: Arc<Inner>,
}

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    path: Utf8PathBuf,
    text: String,
}

/// A place in a text as people count: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
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
        let before = self.before(offset);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        Position { line, column }
    }

    fn before(&self, offset: usize) -> &str {
        let text = self.text();
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        &text[..end]
    }
}
