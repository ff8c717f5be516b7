//! DDT904 swallowed-suppression: a suppression behind a value is part of the value.

use crate::document::Severity;
use crate::hjson::{Span, Style};
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::lint::text::value_of;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT904",
    name: "swallowed-suppression",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a suppression behind a value is part of the value",
    docs: RuleDocs {
        why: "An unquoted string in HJSON runs to the end of its line, so the comment is \
            not one.",
        fix: "Move it to a line of its own, above the member.",
        bad: include_str!("../../../fixtures/lint/DDT904/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT904/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    text.each_value(|walk, value| {
        let start = directive_start(value.raw())?;
        let place = Span::new(value.span().start + start, value.span().end);
        (value.style() == Some(Style::Quoteless)).then(|| {
            Finding::new(format!("the suppression is part of {}", value_of(walk)))
                .at(Place::Text(walk.path(), place), "not a comment")
                .note("an unquoted string runs to the end of its line")
                .help("move it to a line of its own, above the member")
        })
    })
}

fn directive_start(text: &str) -> Option<usize> {
    let marks = text.match_indices(['#', '/']).map(|(start, _)| start);
    marks
        .filter(|start| text[..*start].ends_with([' ', '\t']))
        .find(|start| {
            let rest = text[*start..].trim_start_matches(['#', '/']);
            rest.trim_start().starts_with("ddt:")
        })
}
