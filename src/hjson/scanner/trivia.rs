//! What stands between tokens: whitespace and comments.

use super::super::error::SyntaxError;
use super::super::error_kind::SyntaxErrorKind;
use super::super::span::Span;
use super::{Readable, Scanner};

impl Scanner<'_> {
    /// Moves behind whitespace, line breaks included. Control characters are whitespace, as in the reference.
    pub(in super::super) fn skip_whitespace(&mut self) {
        let bytes = &self.source.as_bytes()[self.position..];
        self.position += bytes
            .iter()
            .position(|byte| *byte > b' ')
            .unwrap_or(bytes.len());
    }

    /// Moves behind whitespace and comments. Tells whether the source is still readable: not after an open comment.
    pub(in super::super) fn skip_trivia(&mut self) -> Readable {
        loop {
            self.skip_whitespace();
            let length = comment_length(self.rest());
            match length {
                Some(CommentLength::Ends(length)) => self.position += length,
                Some(CommentLength::Open) => {
                    let opening = Span::new(self.position, self.position + 2);
                    self.report(SyntaxError::new(
                        SyntaxErrorKind::UnterminatedComment,
                        opening,
                    ));
                    self.skip_to_end();
                    return Readable::No;
                }
                None => return Readable::Yes,
            }
        }
    }
}

/// How far a comment goes, its line break not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum CommentLength {
    Ends(usize),
    /// It never ends.
    Open,
}

/// Measures the comment at the start of `text`, if there is one.
pub(in super::super) fn comment_length(text: &str) -> Option<CommentLength> {
    let bytes = text.as_bytes();
    match (bytes.first()?, bytes.get(1)) {
        (b'#', _) | (b'/', Some(b'/')) => {
            let end = bytes.iter().position(|byte| *byte == b'\n');
            Some(CommentLength::Ends(end.unwrap_or(bytes.len())))
        }
        (b'/', Some(b'*')) => {
            let end = text.get(2..).and_then(|inner| inner.find("*/"));
            Some(end.map_or(CommentLength::Open, |length| {
                CommentLength::Ends(length + 4)
            }))
        }
        _ => None,
    }
}
