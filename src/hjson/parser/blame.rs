//! Finds the cause of an unclosed bracket, which is usually a quoteless string that swallowed the closing one.

use super::super::error::{SyntaxError, excerpt};
use super::super::error_kind::{Delimiter, SyntaxErrorKind};
use super::super::node::{Node, NodeKind, Style};
use super::super::span::{Position, Span};
use super::{Container, Open, Parser};

/// The most strings remembered as having swallowed a closing bracket.
const SUSPECT_LIMIT: usize = 128;

/// A string that ends with a closing bracket and closes more brackets than it opens. In quotes it does so only if its
/// closing quote is missing, which is an error of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suspect {
    span: Span,
    style: Style,
    opened_in: Open,
    closers: usize,
}

impl Parser<'_> {
    /// Remembers a scalar if it looks like it swallowed a closing bracket.
    pub(super) fn suspect(&mut self, node: Node) {
        let (Some(open), NodeKind::String(style)) = (self.open.last(), node.kind) else {
            return;
        };
        let text = node.span().of(self.scanner.source());
        if open.is_braceless() || !text.ends_with(['}', ']']) {
            return;
        }
        let count = |brackets: [char; 2]| text.matches(brackets).count();
        let closers = count(['}', ']']).saturating_sub(count(['{', '[']));
        if closers > 0 && self.suspects.len() < SUSPECT_LIMIT {
            self.suspects.push(Suspect {
                span: node.span(),
                style,
                opened_in: *open,
                closers,
            });
        }
    }

    /// Reports the containers from index `from` on as unclosed; `found` is the bracket that closes them all.
    pub(super) fn report_unclosed(&mut self, from: usize, found: Option<u8>) {
        if self.scanner.is_full() {
            return;
        }
        let unclosed: Vec<Open> = self.open[from..].to_vec();
        let (Some(outermost), Some(innermost)) = (unclosed.first(), unclosed.last()) else {
            return;
        };
        let mut left = unclosed.len();
        for suspect in self.take_suspects(outermost.start) {
            if left == 0 {
                break;
            }
            left = left.saturating_sub(suspect.closers);
            if suspect.style == Style::Quoteless {
                self.report_suspect(suspect, *innermost);
            }
        }
        if left == 0 {
            return;
        }
        match found {
            Some(byte) => self.report_mismatch(*innermost, byte),
            None => self.report_open_at_end(&unclosed, *innermost),
        }
    }

    fn take_suspects(&mut self, start: usize) -> Vec<Suspect> {
        let first = self
            .suspects
            .partition_point(|suspect| suspect.span.start < start);
        self.suspects.split_off(first)
    }

    fn report_suspect(&mut self, suspect: Suspect, innermost: Open) {
        let text = excerpt(suspect.span.of(self.scanner.source()));
        let mut error = self.unclosed(suspect.opened_in);
        error = error.related(
            suspect.span,
            format!("`{text}` was read as one string, up to the end of the line"),
        );
        if innermost.start != suspect.opened_in.start {
            error = error.related(bracket(innermost), "this is what is still open");
        }
        self.scanner.report(error);
    }

    fn report_mismatch(&mut self, open: Open, byte: u8) {
        let here = self.scanner.position();
        let kind = SyntaxErrorKind::MismatchedDelimiter {
            expected: delimiter(open),
            found: char::from(byte),
        };
        let note = format!("`{}` opened here", delimiter(open).opening());
        self.scanner
            .report(SyntaxError::new(kind, Span::new(here, here + 1)).related(bracket(open), note));
    }

    fn report_open_at_end(&mut self, unclosed: &[Open], innermost: Open) {
        let mut error = self.unclosed(innermost);
        for open in unclosed.iter().rev().skip(1) {
            error = error.related(bracket(*open), "this is still open too");
        }
        self.scanner.report(error);
    }

    fn unclosed(&self, open: Open) -> SyntaxError {
        let opened = Position::of(self.scanner.source(), open.start);
        let kind = SyntaxErrorKind::UnclosedDelimiter {
            delimiter: delimiter(open),
            opened,
        };
        SyntaxError::new(kind, bracket(open))
    }
}

fn delimiter(open: Open) -> Delimiter {
    match open.container {
        Container::Delimited(delimiter) => delimiter,
        Container::Braceless => Delimiter::Brace,
    }
}

fn bracket(open: Open) -> Span {
    Span::new(open.start, open.start + 1)
}
