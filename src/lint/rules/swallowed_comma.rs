//! DDT103 swallowed-comma: a comma behind a value is part of the value.

use crate::document::Severity;
use crate::hjson::{Span, Style};
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::lint::text::value_of;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT103",
    name: "swallowed-comma",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a comma behind a value is part of the value",
    docs: RuleDocs {
        why: "An unquoted string in HJSON runs to the end of its line, so a comma at the \
            end is the last character of the string.",
        fix: "Delete the comma; HJSON needs none at the end of a line. If it belongs to \
            the value, put the value in double quotes.",
        bad: include_str!("../../../fixtures/lint/DDT103/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT103/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    text.each_value(|walk, value| {
        let ends_so = value.style() == Some(Style::Quoteless) && value.raw().ends_with(',');
        let end = value.span().end;
        ends_so.then(|| {
            Finding::new(format!("{} ends with `,`", value_of(walk)))
                .at(Place::Text(walk.path(), Span::new(end - 1, end)), "")
                .note("an unquoted string runs to the end of its line")
                .help("delete the comma, or put the value in double quotes")
        })
    })
}
