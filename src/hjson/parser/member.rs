//! Members: a key, its colon, and what is meant when one of them is missing.

use super::super::error::excerpt;
use super::super::error_kind::SyntaxErrorKind;
use super::super::node::{Node, NodeKind, Style};
use super::super::scanner::{Readable, is_punctuator};
use super::super::span::Span;
use super::Parser;

/// How far behind a word its colon is searched, in bytes; a limit keeps reading linear.
const WORDS_LIMIT: usize = 120;

impl Parser<'_> {
    pub(super) fn member(&mut self, byte: u8) {
        if is_punctuator(byte) {
            self.keyless_value(byte);
        } else if let Some(key) = self.key(byte) {
            self.member_value(key);
        }
    }

    /// Reads what stands in a member's place but starts with a colon or a bracket.
    fn keyless_value(&mut self, byte: u8) {
        let here = self.scanner.position();
        let kind = SyntaxErrorKind::MissingKey {
            found: char::from(byte),
        };
        self.error(kind, Span::new(here, here + 1));
        while self.next_byte() == Some(b':') {
            self.scanner.skip_one();
        }
        if self.at_value() {
            self.value();
        }
    }

    /// Reads a key and its colon. Returns the key's span if a value can follow.
    fn key(&mut self, byte: u8) -> Option<Span> {
        let (style, span, whole) = match byte {
            b'"' | b'\'' => {
                let quoted = self.scanner.quoted();
                (quoted.style, quoted.span, quoted.readable)
            }
            _ => (Style::Quoteless, self.quoteless_key(), Readable::Yes),
        };
        self.push(Node::new(NodeKind::Key(style), span));
        match style {
            Style::Quoteless => self.scanner.skip_whitespace(),
            _ => self.skip_trivia(),
        }
        if self.scanner.peek() == Some(b':') {
            self.scanner.skip_one();
            return Some(span);
        }
        if whole == Readable::Yes && self.readable == Readable::Yes {
            let key = excerpt(span.of(self.scanner.source()));
            self.error(SyntaxErrorKind::MissingColon { key }, span);
        }
        self.reads_on_as_value(span).then_some(span)
    }

    /// Reads a key without quotes, and takes `several words:` for one key, with an error.
    fn quoteless_key(&mut self) -> Span {
        let start = self.scanner.position();
        let first = self.scanner.quoteless_key();
        let more = words_before_colon(self.scanner.rest());
        if more.is_empty() {
            return first;
        }
        let span = Span::new(start, first.end + more.len());
        let key = excerpt(span.of(self.scanner.source()));
        self.error(SyntaxErrorKind::WhitespaceInKey { key }, span);
        self.scanner.skip_to(span.end);
        span
    }

    /// Guesses, behind a key without colon, whether the value follows: on the same line, or in brackets.
    fn reads_on_as_value(&self, key: Span) -> bool {
        let between = Span::new(key.end, self.scanner.position());
        match self.scanner.peek() {
            Some(b'{' | b'[') => true,
            None | Some(b'}' | b']' | b',') => false,
            Some(_) => !between.is_empty() && !between.of(self.scanner.source()).contains('\n'),
        }
    }

    fn member_value(&mut self, key: Span) {
        self.skip_trivia();
        if self.at_value() || self.scanner.peek() == Some(b':') {
            self.value_behind_colons();
        } else if self.readable == Readable::Yes {
            let text = excerpt(key.of(self.scanner.source()));
            self.error(SyntaxErrorKind::MissingValue { key: text }, key);
        }
    }
}

/// Returns the further words of a key, up to a colon on the same line that is not part of something like `http://`.
fn words_before_colon(text: &str) -> &str {
    let is_end = |byte: u8| is_punctuator(byte) || matches!(byte, b'\n' | b'\r');
    let Some(end) = text.bytes().take(WORDS_LIMIT).position(is_end) else {
        return "";
    };
    match text.as_bytes()[end..] {
        [b':'] | [b':', ..=b' ', ..] => text[..end].trim_end_matches(|character| character <= ' '),
        _ => "",
    }
}
