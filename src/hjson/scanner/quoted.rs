//! Strings and keys in quotes.

use super::super::error::{SyntaxError, excerpt};
use super::super::error_kind::SyntaxErrorKind;
use super::super::node::Style;
use super::super::span::Span;
use super::super::text;
use super::{Readable, Scanner};

/// A quoted string or key.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Quoted {
    pub(in super::super) style: Style,
    pub(in super::super) span: Span,
    /// `No` if the closing quote is missing.
    pub(in super::super) readable: Readable,
}

impl Scanner<'_> {
    /// Reads `"…"` or `'…'`. Stops at the end of the line if the closing quote is missing.
    pub(in super::super) fn quoted(&mut self) -> Quoted {
        let quote = self.peek().unwrap_or_default();
        let style = if quote == b'"' {
            Style::DoubleQuoted
        } else {
            Style::SingleQuoted
        };
        let opening = self.skip_one();
        let readable = self.skip_behind_quote(quote);
        if readable == Readable::No {
            self.report(SyntaxError::new(
                SyntaxErrorKind::UnterminatedString,
                opening,
            ));
        }
        let span = Span::new(opening.start, self.position);
        Quoted {
            style,
            span,
            readable,
        }
    }

    fn skip_behind_quote(&mut self, quote: u8) -> Readable {
        let stops = |byte: &u8| *byte == quote || matches!(byte, b'\\' | b'\n' | b'\r');
        loop {
            let bytes = &self.source.as_bytes()[self.position..];
            self.position += bytes.iter().position(stops).unwrap_or(bytes.len());
            match self.peek() {
                Some(b'\\') => self.skip_escape(),
                Some(byte) if byte == quote => {
                    self.skip_one();
                    return Readable::Yes;
                }
                _ => return Readable::No,
            }
        }
    }

    fn skip_escape(&mut self) {
        if let Some((_, length)) = text::escape(self.rest()) {
            self.position += length;
            return;
        }
        let start = self.position;
        self.position += bad_escape_length(self.rest());
        let span = Span::new(start, self.position);
        if span.len() > 1 {
            let escape = excerpt(span.of(self.source));
            self.report(SyntaxError::new(
                SyntaxErrorKind::BadEscape { escape },
                span,
            ));
        }
    }
}

/// Measures a sequence that is no escape: the backslash and what seems to belong to it, 1 at the end of a line.
fn bad_escape_length(text: &str) -> usize {
    let characters = if text.as_bytes().get(1) == Some(&b'u') {
        5
    } else {
        1
    };
    let belongs =
        |character: &char| !character.is_control() && !matches!(character, '"' | '\'' | '\\');
    let belonging = text.chars().skip(1).take(characters).take_while(belongs);
    1 + belonging.map(char::len_utf8).sum::<usize>()
}
