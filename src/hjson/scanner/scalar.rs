//! Values that are neither objects nor arrays.

use super::super::error::SyntaxError;
use super::super::error_kind::SyntaxErrorKind;
use super::super::node::{Node, NodeKind, Style};
use super::super::span::Span;
use super::trivia::comment_length;
use super::{LinePlace, Readable, Scanner};

impl Scanner<'_> {
    /// Reads a value that is neither object nor array; there must be one, it may not start with a punctuator.
    pub(in super::super) fn scalar(&mut self) -> (Node, Readable) {
        match self.peek() {
            Some(b'\'') if self.rest().starts_with("'''") => self.multiline(),
            Some(b'"' | b'\'') => {
                let quoted = self.quoted();
                (
                    Node::new(NodeKind::String(quoted.style), quoted.span),
                    Readable::Yes,
                )
            }
            _ => (
                self.literal().unwrap_or_else(|| self.quoteless()),
                Readable::Yes,
            ),
        }
    }

    fn multiline(&mut self) -> (Node, Readable) {
        let start = self.position;
        let indentation = self.column();
        let length = self.rest().get(3..).and_then(|inner| inner.find("'''"));
        self.position = length.map_or(self.source.len(), |length| start + length + 6);
        if length.is_none() {
            self.report(SyntaxError::new(
                SyntaxErrorKind::UnterminatedMultiline,
                Span::new(start, start + 3),
            ));
        }
        let readable = if length.is_some() {
            Readable::Yes
        } else {
            Readable::No
        };
        (
            Node::multiline(Span::new(start, self.position), indentation),
            readable,
        )
    }

    /// Counts the characters between the start of the line and the current place.
    fn column(&mut self) -> usize {
        let passed = &self.source[self.line.offset..self.position];
        self.line = match passed.rfind('\n') {
            Some(newline) => LinePlace {
                offset: self.position,
                column: passed[newline + 1..].chars().count(),
            },
            None => LinePlace {
                offset: self.position,
                column: self.line.column + passed.chars().count(),
            },
        };
        self.line.column
    }

    /// Reads a number, `true`, `false` or `null`, if one stands here alone: up to the end of the line, a closing
    /// bracket, a comma or a comment. Otherwise it is the beginning of a quoteless string.
    fn literal(&mut self) -> Option<Node> {
        let rest = self.rest();
        let (kind, length) = match rest.as_bytes().first()? {
            b't' if rest.starts_with("true") => (NodeKind::Bool, 4),
            b'f' if rest.starts_with("false") => (NodeKind::Bool, 5),
            b'n' if rest.starts_with("null") => (NodeKind::Null, 4),
            b'-' | b'0'..=b'9' => (NodeKind::Number, number_length(rest)?),
            _ => return None,
        };
        let after = rest[length..].trim_start_matches(|character: char| {
            character != '\n' && (character <= ' ' || character.is_whitespace())
        });
        if !ends_literal(after) {
            return None;
        }
        let span = Span::new(self.position, self.position + length);
        self.position = self.source.len() - after.len();
        Some(Node::new(kind, span))
    }

    /// Reads a string without quotes: the rest of the line, without the whitespace around it.
    fn quoteless(&mut self) -> Node {
        let line = self.rest_of_line();
        let start = self.position + (line.len() - line.trim_start().len());
        self.position += line.len();
        let end = start + line.trim().len();
        Node::new(NodeKind::String(Style::Quoteless), Span::new(start, end))
    }
}

/// Tells whether a literal can end before `after`.
fn ends_literal(after: &str) -> bool {
    match after.as_bytes().first() {
        None | Some(b'\n' | b'\r' | b',' | b'}' | b']') => true,
        _ => comment_length(after).is_some(),
    }
}

/// Measures the JSON number at the start of `text`. A number too large for a double is none, as in the reference.
fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(sign);
    if whole == 0 || (whole > 1 && bytes[sign] == b'0') {
        return None;
    }
    let mut length = sign + whole;
    if bytes.get(length) == Some(&b'.') {
        let fraction = Some(digits(length + 1)).filter(|count| *count > 0)?;
        length += 1 + fraction;
    }
    if let Some(b'e' | b'E') = bytes.get(length) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = Some(digits(length + 1 + sign)).filter(|count| *count > 0)?;
        length += 1 + sign + exponent;
    }
    let number: f64 = text[..length].parse().ok()?;
    number.is_finite().then_some(length)
}
