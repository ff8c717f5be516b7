//! Opening and closing objects and arrays.

use super::super::error_kind::{Delimiter, SyntaxErrorKind};
use super::super::node::{Node, NodeKind};
use super::super::scanner::Readable;
use super::super::span::Span;
use super::{Comma, Container, DEPTH_LIMIT, Open, Parser};

impl Parser<'_> {
    pub(super) fn open(&mut self, container: Container) {
        let start = self.scanner.position();
        if self.open.len() == DEPTH_LIMIT {
            let kind = SyntaxErrorKind::TooDeep { limit: DEPTH_LIMIT };
            self.error(kind, Span::new(start, start + 1));
            self.readable = Readable::No;
            return self.scanner.skip_to_end();
        }
        let kind = match container {
            Container::Delimited(Delimiter::Bracket) => NodeKind::Array,
            _ => NodeKind::Object,
        };
        self.open.push(Open {
            node: self.nodes.len(),
            container,
            start,
        });
        self.nodes.push(Node::new(kind, Span::new(start, start)));
        self.content_end = start;
        self.comma = Comma::Forbidden;
        if container != Container::Braceless {
            self.scanner.skip_one();
        }
    }

    /// Closes the container a bracket belongs to; those opened inside it and not closed are errors.
    pub(super) fn close(&mut self, byte: u8) {
        let closes = |open: &Open| open.container.closing() == Some(char::from(byte));
        let braceless = self.open.last().is_some_and(|open| open.is_braceless());
        if let Some(index) = self.open.iter().rposition(closes) {
            self.report_unclosed(index + 1, Some(byte));
            self.end_containers(index + 1, self.scanner.position());
        } else if braceless {
            return self.unmatched(byte);
        } else {
            self.report_unclosed(self.open.len() - 1, Some(byte));
        }
        self.scanner.skip_one();
        self.end_containers(self.open.len() - 1, self.scanner.position());
    }

    pub(super) fn unmatched(&mut self, byte: u8) {
        let span = self.scanner.skip_one();
        self.error(
            SyntaxErrorKind::UnmatchedDelimiter {
                found: char::from(byte),
            },
            span,
        );
    }

    /// Ends everything that is open; what has an opening bracket should have been closed.
    pub(super) fn end_of_source(&mut self) {
        let first = usize::from(self.open.first().is_some_and(|open| open.is_braceless()));
        if self.readable == Readable::Yes {
            self.report_unclosed(first, None);
        }
        self.end_containers(first, self.scanner.position());
        self.end_containers(0, self.content_end);
    }

    /// Ends the open containers from index `from` on.
    fn end_containers(&mut self, from: usize, end: usize) {
        let behind = self.nodes.len();
        for open in self.open.drain(from..) {
            if let Some(node) = self.nodes.get_mut(open.node) {
                node.finish(end, behind);
                self.content_end = end;
            }
        }
        self.comma = Comma::Allowed;
    }
}
