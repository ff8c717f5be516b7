//! The comments themselves: what they say, and what they cover.

use jiff::civil::Date;

use crate::document::Fix;
use crate::hjson::{Edit, Span, TokenKind, Tree};
use crate::lint::fixes::delete_line;
use crate::lint::rule::Rule;
use crate::lint::selection::{RuleSelector, UnknownRule};

/// One comment that suppresses findings.
pub(super) struct Directive<'a> {
    /// The comment.
    pub(super) span: Span,
    /// What it covers.
    scope: Span,
    /// The rules it names.
    pub(super) named: Vec<Named<'a>>,
    /// The last day on which it counts.
    pub(super) until: Option<Date>,
    /// Whether it says why.
    pub(super) has_reason: bool,
}

/// A rule as a directive names it.
pub(super) struct Named<'a> {
    pub(super) text: &'a str,
    pub(super) span: Span,
    pub(super) selector: Result<RuleSelector, UnknownRule>,
    /// Whether it named the rule of a finding.
    pub(super) used: bool,
}

impl Directive<'_> {
    /// Whether a place is covered. The end of the scope is, so that an empty file can be.
    pub(super) fn covers(&self, offset: usize) -> bool {
        self.scope.start <= offset && offset <= self.scope.end
    }

    /// Deletes it with its line.
    pub(super) fn deleted(&self, text: &str) -> Fix {
        let line = delete_line(text, self.span.start);
        Fix::safe("delete the comment", vec![line])
    }

    /// Takes a rule out of it.
    pub(super) fn without(&self, named: &Named<'_>) -> Fix {
        let others = self.named.iter().map(|other| other.span);
        let next = others.clone().find(|other| other.start > named.span.start);
        let before = others.rev().find(|other| other.start < named.span.start);
        let span = match (next, before) {
            (Some(next), _) => Span::new(named.span.start, next.start),
            (None, Some(before)) => Span::new(before.end, named.span.end),
            (None, None) => named.span,
        };
        let title = format!("take `{}` out of the comment", named.text);
        Fix::safe(title, vec![Edit::delete(span)])
    }
}

impl Named<'_> {
    /// Whether a rule is meant.
    pub(super) fn names(&self, rule: &Rule) -> bool {
        let selector = self.selector.as_ref();
        selector.is_ok_and(|selector| selector.selects(rule))
    }
}

/// Every comment for ddt that stands on a line of its own; `Err` for one that is not
/// understood.
pub(super) fn directives<'a>(source: &'a str, tree: &Tree) -> Vec<Result<Directive<'a>, Span>> {
    let comments = tree
        .tokens()
        .filter(|token| token.kind == TokenKind::Comment);
    let mut read = Vec::new();
    for Span { start, end } in comments.map(|token| token.span) {
        let before = source.get(..start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let comment = Span::new(start, end).of(source);
        let Some(body) = body_of(comment).filter(|_| line.trim().is_empty()) else {
            continue;
        };
        let place = Place {
            body_start: end - body.len(),
            comment: Span::new(start, end),
        };
        read.push(parse(body, place, source.len(), tree).ok_or(place.comment));
    }
    read
}

/// Where a directive stands.
#[derive(Clone, Copy)]
struct Place {
    comment: Span,
    body_start: usize,
}

/// What follows `# ddt:`.
fn body_of(comment: &str) -> Option<&str> {
    let text = comment.trim_start_matches(['#', '/']).trim_start();
    text.strip_prefix("ddt:")
}

fn parse<'a>(body: &'a str, place: Place, length: usize, tree: &Tree) -> Option<Directive<'a>> {
    let (verb, rest) = body.split_once('[')?;
    let (codes, rest) = rest.split_once(']')?;
    let scope = match verb.trim() {
        "ignore" => next_value(tree, place.comment.end).unwrap_or(place.comment),
        "ignore-file" => Span::new(0, length),
        _ => return None,
    };
    let (until, reason) = match rest.trim().strip_prefix("until=") {
        Some(dated) => {
            let (day, reason) = dated.split_once(' ').unwrap_or((dated, ""));
            (Some(day.parse().ok()?), reason)
        }
        None => (None, rest),
    };
    Some(Directive {
        span: place.comment,
        scope,
        named: named(codes, place.body_start + verb.len() + 1),
        until,
        has_reason: !reason.trim().is_empty(),
    })
}

fn named(codes: &str, start: usize) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    let mut offset = start;
    for piece in codes.split(',') {
        let text = piece.trim();
        let begin = offset + (piece.len() - piece.trim_start().len());
        named.push(Named {
            text,
            span: Span::new(begin, begin + text.len()),
            selector: text.parse(),
            used: false,
        });
        offset += piece.len() + 1;
    }
    named
}

/// The first member or item that begins behind an offset, its key included.
fn next_value(tree: &Tree, offset: usize) -> Option<Span> {
    let mut walk = tree.walk();
    while let Some(value) = walk.next() {
        let end = value.span().end;
        let start = walk
            .member()
            .map_or(value.span().start, |member| member.key.span().start);
        if start >= offset {
            return Some(Span::new(start, end));
        }
    }
    None
}
