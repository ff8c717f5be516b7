//! Reads the smallest pieces of a source: whitespace and comments, keys, scalars. Knows no grammar.

mod quoted;
mod scalar;
mod trivia;

pub(super) use trivia::{CommentLength, comment_length};

use super::error::SyntaxError;
use super::span::Span;

/// The most syntax errors reported for one source.
pub const ERROR_LIMIT: usize = 64;

/// A place in a source that only moves forward, and the errors met on the way.
#[derive(Debug)]
pub(super) struct Scanner<'source> {
    source: &'source str,
    position: usize,
    errors: Vec<SyntaxError>,
    line: LinePlace,
}

/// The last place whose column was counted, so that counting stays linear however long a line is.
#[derive(Clone, Copy, Debug, Default)]
struct LinePlace {
    offset: usize,
    column: usize,
}

impl<'source> Scanner<'source> {
    pub(super) fn new(source: &'source str, position: usize) -> Self {
        Self {
            source,
            position,
            errors: Vec::new(),
            line: LinePlace {
                offset: position,
                column: 0,
            },
        }
    }

    pub(super) fn source(&self) -> &'source str {
        self.source
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn rest(&self) -> &'source str {
        &self.source[self.position..]
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.position).copied()
    }

    /// Moves behind one character.
    pub(super) fn skip_one(&mut self) -> Span {
        let start = self.position;
        self.position = self.source.ceil_char_boundary(start + 1);
        Span::new(start, self.position)
    }

    /// Moves forward to `position`, a character boundary.
    pub(super) fn skip_to(&mut self, position: usize) {
        self.position = position.max(self.position);
    }

    pub(super) fn skip_to_end(&mut self) {
        self.position = self.source.len();
    }

    /// Keeps an error, unless there are [`ERROR_LIMIT`] already.
    pub(super) fn report(&mut self, error: SyntaxError) {
        if self.errors.len() < ERROR_LIMIT {
            self.errors.push(error);
        }
    }

    /// Tells whether further errors would be dropped.
    pub(super) fn is_full(&self) -> bool {
        self.errors.len() == ERROR_LIMIT
    }

    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    pub(super) fn into_errors(self) -> Vec<SyntaxError> {
        self.errors
    }

    /// Returns what is left of the current line, without its line break.
    pub(super) fn rest_of_line(&self) -> &'source str {
        let rest = self.rest();
        let end = rest
            .bytes()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .unwrap_or(rest.len());
        &rest[..end]
    }

    /// Reads a key without quotes: everything up to whitespace or a character with a meaning.
    pub(super) fn quoteless_key(&mut self) -> Span {
        let start = self.position;
        let end = self
            .rest()
            .bytes()
            .position(|byte| byte <= b' ' || is_punctuator(byte));
        self.position = end.map_or(self.source.len(), |length| start + length);
        Span::new(start, self.position)
    }
}

/// Whether reading can go on normally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readable {
    Yes,
    No,
}

/// Tells whether a character has a meaning outside of strings, so that neither key nor quoteless string starts with it.
pub(super) const fn is_punctuator(byte: u8) -> bool {
    matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':')
}
