//! The text of a document, with the name a person knows it by.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};

use crate::hjson::{ColumnUnit, LineIndex, Position, Span};

/// A document's text and path. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    inner: Arc<Inner>,
}

struct Inner {
    path: Utf8PathBuf,
    text: String,
    /// What nobody may be shown, sorted.
    concealed: Vec<Span>,
    /// Made when the first position is asked for.
    lines: OnceLock<LineIndex>,
}

impl PartialEq for Inner {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, &self.text, &self.concealed) == (&other.path, &other.text, &other.concealed)
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
                concealed: Vec::new(),
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

    /// The same text, with parts that nobody may be shown. They hold ASCII only.
    pub fn conceal(&self, spans: &[Span]) -> Self {
        let mut concealed = spans.to_vec();
        concealed.sort_unstable_by_key(|span| span.start);
        Self {
            inner: Arc::new(Inner {
                path: self.inner.path.clone(),
                text: self.inner.text.clone(),
                concealed,
                lines: OnceLock::new(),
            }),
        }
    }

    /// The text as people may see it: what is concealed is `*`, byte for byte, so that every
    /// offset is the same.
    pub fn shown_text(&self) -> Cow<'_, str> {
        let text = self.text();
        if self.inner.concealed.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut shown = String::with_capacity(text.len());
        for span in &self.inner.concealed {
            shown.push_str(text.get(shown.len()..span.start).unwrap_or_default());
            let hidden = text.get(shown.len()..span.end).unwrap_or_default();
            shown.extend(hidden.chars().map(star));
        }
        shown.push_str(text.get(shown.len()..).unwrap_or_default());
        Cow::Owned(shown)
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

/// Lines stay lines.
fn star(character: char) -> char {
    match character {
        '\n' | '\r' => character,
        _ => '*',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_concealed_is_shown_as_stars_in_its_place() {
        let source = Source::new("a", "a: se\ncret b: x");
        let concealed = source.conceal(&[Span::new(14, 15), Span::new(3, 10)]);
        assert_eq!(concealed.shown_text(), "a: **\n**** b: *");
        assert_eq!(concealed.text(), source.text());
        assert_eq!(source.shown_text(), source.text());
    }
}
