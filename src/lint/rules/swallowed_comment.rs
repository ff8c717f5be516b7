//! DDT102 swallowed-comment: a comment behind a value is part of the value.

use crate::document::Severity;
use crate::hjson::{Span, Style};
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::lint::text::{shorten, value_of};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT102",
    name: "swallowed-comment",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a comment behind a value is part of the value",
    docs: RuleDocs {
        why: "An unquoted string in HJSON runs to the end of its line. What looks like a \
            comment behind it is not one.",
        fix: "Move the comment to a line of its own. If it is meant to be part of the \
            value, put the value in double quotes.",
        bad: include_str!("../../../fixtures/lint/DDT102/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT102/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

const MARKS: [&str; 3] = ["#", "//", "/*"];

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    text.each_value(|walk, value| {
        let raw = value.raw();
        let start = comment_start(raw).filter(|_| value.style() == Some(Style::Quoteless))?;
        let comment = raw.get(start..)?;
        let place = Span::new(value.span().start + start, value.span().end);
        let message = format!("`{}` is part of {}", shorten(comment), value_of(walk));
        Some(
            Finding::new(message)
                .at(Place::Text(walk.path(), place), "not a comment")
                .note("an unquoted string runs to the end of its line")
                .help("move the comment to a line of its own, or put the value in double quotes"),
        )
    })
}

/// Where something that looks like a comment begins, behind white space. A suppression is
/// another rule's business.
fn comment_start(text: &str) -> Option<usize> {
    let begins = |(start, mark): (usize, &str)| {
        let rest = text.get(start + mark.len()..).unwrap_or_default();
        let is_directive = rest.trim_start().starts_with("ddt:");
        let is_behind_space = text[..start].ends_with([' ', '\t']);
        (is_behind_space && !is_directive).then_some(start)
    };
    let places = MARKS.iter().flat_map(|mark| text.match_indices(mark));
    places.filter_map(begins).min()
}
