//! Reads the smallest pieces of a source: whitespace and comments, keys, scalars. Knows no grammar.

use super::error::{SyntaxError, SyntaxErrorKind, excerpt};
use super::node::{Node, NodeKind, Style};
use super::parser::ERROR_LIMIT;
use super::span::Span;
use super::text;

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

    /// Moves behind whitespace, line breaks included. Control characters are whitespace, as in the reference.
    pub(super) fn skip_whitespace(&mut self) {
        let bytes = &self.source.as_bytes()[self.position..];
        self.position += bytes
            .iter()
            .position(|byte| *byte > b' ')
            .unwrap_or(bytes.len());
    }

    /// Moves behind whitespace and comments. Tells whether the source is still readable: not after an open comment.
    pub(super) fn skip_trivia(&mut self) -> Readable {
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

    /// Reads `"…"` or `'…'`. Stops at the end of the line if the closing quote is missing.
    pub(super) fn quoted(&mut self) -> Quoted {
        let start = self.position;
        let quote = self
            .skip_one()
            .of(self.source)
            .as_bytes()
            .first()
            .copied()
            .unwrap_or_default();
        let style = if quote == b'"' {
            Style::DoubleQuoted
        } else {
            Style::SingleQuoted
        };
        loop {
            let bytes = &self.source.as_bytes()[self.position..];
            let stop = bytes
                .iter()
                .position(|byte| *byte == quote || matches!(byte, b'\\' | b'\n' | b'\r'));
            self.position += stop.unwrap_or(bytes.len());
            match self.peek() {
                Some(byte) if byte == quote => {
                    self.position += 1;
                    return Quoted {
                        style,
                        span: Span::new(start, self.position),
                        readable: Readable::Yes,
                    };
                }
                Some(b'\\') => self.skip_escape(),
                _ => {
                    let opening = Span::new(start, start + 1);
                    self.report(SyntaxError::new(
                        SyntaxErrorKind::UnterminatedString,
                        opening,
                    ));
                    return Quoted {
                        style,
                        span: Span::new(start, self.position),
                        readable: Readable::No,
                    };
                }
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

    /// Reads a value that is neither object nor array; there must be one, it may not start with a punctuator.
    pub(super) fn scalar(&mut self) -> (Node, Readable) {
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

/// Whether reading can go on normally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readable {
    Yes,
    No,
}

/// A quoted string or key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted {
    pub(super) style: Style,
    pub(super) span: Span,
    /// `No` if the closing quote is missing.
    pub(super) readable: Readable,
}

/// How far a comment goes, its line break not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CommentLength {
    Ends(usize),
    /// It never ends.
    Open,
}

/// Measures the comment at the start of `text`, if there is one.
pub(super) fn comment_length(text: &str) -> Option<CommentLength> {
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

/// Tells whether a character has a meaning outside of strings, so that neither key nor quoteless string starts with it.
pub(super) const fn is_punctuator(byte: u8) -> bool {
    matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':')
}

/// Measures a sequence that is no escape: the backslash and what seems to belong to it, 1 at the end of a line.
fn bad_escape_length(text: &str) -> usize {
    let characters = if text.as_bytes().get(1) == Some(&b'u') {
        5
    } else {
        1
    };
    let belonging = text.chars().skip(1).take(characters);
    let belonging = belonging
        .take_while(|character| !character.is_control() && !matches!(character, '"' | '\''));
    1 + belonging.map(char::len_utf8).sum::<usize>()
}

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
