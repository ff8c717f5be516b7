//! Syntax errors, said where the cause is.

use super::error_kind::SyntaxErrorKind;
use super::span::Span;

/// One syntax error. Its place is the cause, which is often not where reading failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// Where the cause is.
    pub span: Span,
    /// Other places that explain the error.
    pub related: Vec<Related>,
}

/// A second place of an error, and what it has to do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where to look.
    pub span: Span,
    /// Why to look there; lower case, without a full stop.
    pub note: String,
}

impl SyntaxError {
    /// Makes an error without related places.
    pub fn new(kind: SyntaxErrorKind, span: Span) -> Self {
        Self {
            kind,
            span,
            related: Vec::new(),
        }
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, span: Span, note: impl Into<String>) -> Self {
        self.related.push(Related {
            span,
            note: note.into(),
        });
        self
    }

    /// Says what to do about it; lower case, without a full stop.
    pub fn help(&self) -> String {
        self.kind.help()
    }
}

/// Prepares a text of the source for a message: one line, no control characters, at most 40 characters.
pub(super) fn excerpt(text: &str) -> String {
    const LENGTH: usize = 40;
    let mut characters = text.chars();
    let mut shown = String::new();
    for character in characters.by_ref().take(LENGTH) {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt("a\tb\u{1b}[31m"), "a\\tb\\u{1b}[31m");
        assert_eq!(excerpt(&"é".repeat(40)), "é".repeat(40));
        assert_eq!(excerpt(&"é".repeat(41)), format!("{}…", "é".repeat(40)));
    }
}
