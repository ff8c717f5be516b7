//! Prints a document in the one style that every document has, with its comments and its meaning.
//!
//! - Two spaces per level, one member or item per line, `key: value`, no commas at the end of a line, at most one blank
//!   line in a row and none behind an opening or before a closing bracket, one line break at the end.
//! - A list of scalars that stands on one line stays there, as `[ 1, "two" ]`, while the line has room for it.
//! - A comment stays on its own line, or behind what it stands behind. One between a key and its value goes above them.
//! - Quotes, numbers and braces around the root stay as they are. The lines of a `'''` string move with it, its value
//!   does not change.
//! - An unquoted string below its key stays below it: it is probably a member that was swallowed by mistake, which must
//!   not begin to look right.
//! - The first line break decides whether all lines end with LF or with CRLF.

mod layout;
mod one_line;
mod printer;
mod quotes;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use super::member::Key;
use super::node::Style;
use super::parsed::Parsed;
use super::span::Span;
use super::token::{TokenKind, gap_tokens};
use super::tree::Tree;
use super::value::{Kind, Value};
use layout::Layout;
use printer::Printer;
pub use quotes::Quotes;

/// Formats a document; `None` where it has syntax errors, since what cannot be read must not be changed.
///
/// The result has the same values, keys and comments in the same order, and formatting it again changes nothing.
pub fn format(parsed: &Parsed, quotes: Quotes) -> Option<String> {
    let is_readable = parsed.errors.is_empty();
    is_readable.then(|| Formatter::new(&parsed.tree, quotes).document())
}

/// Prints the nodes of a tree one after the other, and the comments between them.
struct Formatter<'tree> {
    tree: &'tree Tree,
    quotes: Quotes,
    printer: Printer,
    /// What of the source comes before this is done with.
    position: usize,
    open: Vec<Open>,
}

/// An object or array that is printed over several lines and not closed yet.
#[derive(Clone, Copy)]
struct Open {
    closing_bracket: Span,
    /// The node behind its last one.
    behind: usize,
}

impl<'tree> Formatter<'tree> {
    fn new(tree: &'tree Tree, quotes: Quotes) -> Self {
        Self {
            tree,
            quotes,
            printer: Printer::new(tree.source()),
            position: 0,
            open: Vec::new(),
        }
    }

    fn document(mut self) -> String {
        let root = self.tree.root();
        let mut index = usize::from(root.is_some_and(Value::is_braceless));
        while let Some(node) = self.tree.nodes.get(index) {
            self.close_before(index);
            index = match node.kind.is_key() {
                true => self.member(index),
                false => self.item(index),
            };
        }
        self.close_before(usize::MAX);
        self.comments_before(self.tree.source().len());
        self.printer.finish()
    }

    /// Prints an item of an array or the root; returns the node to go on with.
    fn item(&mut self, index: usize) -> usize {
        let value = Value::new(self.tree, index);
        let layout = match index {
            0 => Layout::of_root(value),
            _ => Layout::of(value, self.quotes, self.printer.column()),
        };
        self.comments_before(value.span().start);
        self.printer.start_line();
        self.value(value, layout)
    }

    /// Prints a key and its value; returns the node to go on with.
    fn member(&mut self, index: usize) -> usize {
        let (key, value) = (Key::new(self.tree, index), Value::new(self.tree, index + 1));
        let head = quotes::key(key, self.quotes);
        let column = self.printer.column() + head.chars().count() + ": ".len();
        let layout = Layout::of(value, self.quotes, column);
        self.comments_before(key.span().start);
        self.position = key.span().end;
        if self.stays_below(key, value, &layout) {
            self.start_member(&head);
            self.printer.indent();
            self.comments_before(value.span().start);
            return self.value_below(value, layout);
        }
        self.comments_above(value.span().start);
        self.start_member(&head);
        if matches!(layout, Layout::Lines(_)) {
            self.printer.indent();
            return self.value_below(value, layout);
        }
        self.printer.push(" ");
        self.value(value, layout)
    }

    fn start_member(&mut self, key: &str) {
        self.printer.start_line();
        self.printer.push(key);
        self.printer.push(":");
    }

    /// Whether a value is a string without quotes that begins on a later line than its key.
    fn stays_below(&self, key: Key<'_>, value: Value<'_>, layout: &Layout<'_>) -> bool {
        let gap = Span::new(key.span().end, value.span().start);
        let is_unchanged = matches!(layout, Layout::Line(text) if text == value.raw());
        value.style() == Some(Style::Quoteless)
            && is_unchanged
            && gap.of(self.tree.source()).contains('\n')
    }

    fn value_below(&mut self, value: Value<'tree>, layout: Layout<'tree>) -> usize {
        self.printer.start_line();
        let next = self.value(value, layout);
        self.printer.outdent();
        next
    }

    /// Prints a value at the end of the current line; returns the node to go on with.
    fn value(&mut self, value: Value<'tree>, layout: Layout<'tree>) -> usize {
        let span = value.span();
        self.position = span.end;
        match layout {
            Layout::Line(text) => self.printer.push(&text),
            Layout::Lines(text) => self.printer.push_multiline(&text),
            Layout::Open => {
                let opening_bracket = Span::new(span.start, span.start + 1);
                self.printer.push(opening_bracket.of(self.tree.source()));
                self.printer.indent();
                self.position = opening_bracket.end;
                self.open.push(Open {
                    closing_bracket: Span::new(span.end - 1, span.end),
                    behind: value.behind(),
                });
                return value.index + 1;
            }
        }
        value.behind()
    }

    /// Closes what has no node at `index` or behind it.
    fn close_before(&mut self, index: usize) {
        while let Some(open) = self.open.pop_if(|open| open.behind <= index) {
            self.comments_before(open.closing_bracket.start);
            self.printer.outdent();
            self.printer.start_last_line();
            self.printer
                .push(open.closing_bracket.of(self.tree.source()));
            self.position = open.closing_bracket.end;
        }
    }

    /// Prints the comments up to a place where they stand: behind the last thing printed, or on lines of their own.
    fn comments_before(&mut self, end: usize) {
        let source = self.tree.source();
        for token in gap_tokens(source, Span::new(self.position, end)) {
            let text = token.span.of(source);
            match token.kind {
                TokenKind::Comment => self.printer.comment(text),
                _ => self.printer.pass(text),
            }
        }
        self.position = end;
    }

    /// Prints the comments between a key and its value, before either of them.
    fn comments_above(&mut self, end: usize) {
        let source = self.tree.source();
        let gap = gap_tokens(source, Span::new(self.position, end));
        for comment in gap.filter(|token| token.kind == TokenKind::Comment) {
            self.printer.start_line();
            self.printer.push_comment(comment.span.of(source));
        }
        self.position = end;
    }
}
