//! Turns a source into a tree: the grammar, and how reading goes on after an error.

mod blame;
mod containers;
mod member;

use super::error::SyntaxError;
use super::error_kind::{Delimiter, SyntaxErrorKind};
use super::node::Node;
use super::scanner::{Readable, Scanner, is_punctuator};
use super::span::Span;
use blame::Suspect;

/// The most levels of objects and arrays; one more is an error.
pub const DEPTH_LIMIT: usize = 128;

/// Reads a source from `start` on: its nodes, and its errors in no order.
///
/// A source without braces is an object if it reads as one without error, else a single scalar, else a broken object.
pub(super) fn parse_document(source: &str, start: usize) -> (Vec<Node>, Vec<SyntaxError>) {
    let mut parser = Parser::new(source, start);
    let braces = parser.document();
    if braces == Braces::Absent && parser.scanner.has_errors() {
        let mut single = Parser::new(source, start);
        if single.single_scalar() {
            return single.finish();
        }
    }
    parser.finish()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Braces {
    Present,
    Absent,
}

/// An object or array that is not closed yet.
#[derive(Clone, Copy, Debug)]
struct Open {
    node: usize,
    container: Container,
    start: usize,
}

impl Open {
    fn is_braceless(self) -> bool {
        self.container == Container::Braceless
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Delimited(Delimiter),
    /// The root object without braces; the end of the source closes it.
    Braceless,
}

impl Container {
    fn closing(self) -> Option<char> {
        match self {
            Self::Delimited(delimiter) => Some(delimiter.closing()),
            Self::Braceless => None,
        }
    }
}

/// Whether a comma may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comma {
    Allowed,
    Forbidden,
}

#[derive(Debug)]
struct Parser<'source> {
    scanner: Scanner<'source>,
    nodes: Vec<Node>,
    open: Vec<Open>,
    comma: Comma,
    suspects: Vec<Suspect>,
    /// Where the last key or value ends.
    content_end: usize,
    /// Becomes `No` when the rest of the source was given up, so that its missing brackets are not reported too.
    readable: Readable,
}

/// How long a key or a value is at least in documents that people write, with all around it. A guess, for the room that
/// is made at once.
const BYTES_PER_NODE: usize = 12;

impl<'source> Parser<'source> {
    fn new(source: &'source str, start: usize) -> Self {
        Self {
            scanner: Scanner::new(source, start),
            nodes: Vec::with_capacity(source.len() / BYTES_PER_NODE),
            open: Vec::new(),
            comma: Comma::Forbidden,
            suspects: Vec::new(),
            content_end: start,
            readable: Readable::Yes,
        }
    }

    fn finish(self) -> (Vec<Node>, Vec<SyntaxError>) {
        (self.nodes, self.scanner.into_errors())
    }

    fn document(&mut self) -> Braces {
        let byte = self.next_byte();
        let braces = if matches!(byte, Some(b'{' | b'[')) {
            Braces::Present
        } else {
            Braces::Absent
        };
        match braces {
            Braces::Present => self.value(),
            Braces::Absent => self.open(Container::Braceless),
        }
        while let Some(open) = self.open.last() {
            self.entry(open.container);
        }
        self.trailing();
        braces
    }

    /// Reads the whole source as one scalar; tells whether it is one.
    fn single_scalar(&mut self) -> bool {
        if self.next_byte().is_none_or(is_punctuator) {
            return false;
        }
        self.scalar();
        self.next_byte().is_none() && !self.scanner.has_errors()
    }

    /// Moves behind whitespace and comments and looks at what follows.
    fn next_byte(&mut self) -> Option<u8> {
        self.skip_trivia();
        self.scanner.peek()
    }

    fn skip_trivia(&mut self) {
        if self.scanner.skip_trivia() == Readable::No {
            self.readable = Readable::No;
        }
    }

    /// Reads one thing inside the innermost container: an entry, a comma or the closing bracket.
    fn entry(&mut self, container: Container) {
        match self.next_byte() {
            None => self.end_of_source(),
            Some(b',') => self.comma(),
            Some(byte @ (b'}' | b']')) => self.close(byte),
            Some(byte) => match container {
                Container::Delimited(Delimiter::Bracket) => self.value_behind_colons(),
                _ => self.member(byte),
            },
        }
    }

    fn comma(&mut self) {
        let span = self.scanner.skip_one();
        if self.comma == Comma::Forbidden {
            self.error(SyntaxErrorKind::UnexpectedComma, span);
        }
        self.comma = Comma::Forbidden;
    }

    /// Reads a value, and reports colons before it.
    fn value_behind_colons(&mut self) {
        if self.scanner.peek() == Some(b':') {
            let span = self.scanner.skip_one();
            self.error(SyntaxErrorKind::UnexpectedColon, span);
        }
        while self.next_byte() == Some(b':') {
            self.scanner.skip_one();
        }
        if self.at_value() {
            self.value();
        }
    }

    /// Tells whether a value starts here.
    fn at_value(&self) -> bool {
        self.scanner
            .peek()
            .is_some_and(|byte| !is_punctuator(byte) || matches!(byte, b'{' | b'['))
    }

    fn value(&mut self) {
        match self.scanner.peek() {
            Some(b'{') => self.open(Container::Delimited(Delimiter::Brace)),
            Some(b'[') => self.open(Container::Delimited(Delimiter::Bracket)),
            _ => self.scalar(),
        }
    }

    fn scalar(&mut self) {
        let (node, readable) = self.scanner.scalar();
        if readable == Readable::No {
            self.readable = Readable::No;
        }
        self.push(node);
        self.suspect(node);
    }

    /// Adds a key or scalar to the tree.
    fn push(&mut self, node: Node) {
        self.nodes.push(node);
        self.content_end = node.span().end;
        self.comma = Comma::Allowed;
    }

    fn trailing(&mut self) {
        while let Some(byte) = self.next_byte() {
            if matches!(byte, b'}' | b']') {
                self.unmatched(byte);
                continue;
            }
            let line = self.scanner.rest_of_line().trim_end();
            let start = self.scanner.position();
            let text = Span::new(start, start + line.len());
            let root_end = Span::new(self.content_end.saturating_sub(1), self.content_end);
            let error = SyntaxError::new(SyntaxErrorKind::TrailingText, text);
            self.scanner
                .report(error.related(root_end, "the document ends here"));
            return self.scanner.skip_to_end();
        }
    }

    fn error(&mut self, kind: SyntaxErrorKind, span: Span) {
        self.scanner.report(SyntaxError::new(kind, span));
    }
}

#[cfg(test)]
mod tests;
