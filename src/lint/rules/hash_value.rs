//! DDT104 hash-value: a value that begins with `#` or `//` is read as a comment.

use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::hjson::Span;
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::lint::text::{Swallower, shorten, swallower};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT104",
    name: "hash-value",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a value that begins with `#` or `//` is read as a comment",
    docs: RuleDocs {
        why: "Behind a colon `#` begins a comment, so the key has no value on its line, \
            and the next line is read as the value.",
        fix: "Put the value in double quotes.",
        bad: include_str!("../../../fixtures/lint/DDT104/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT104/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    text.each_value(|walk, _| {
        let swallowed = swallower(text, walk.member()?)?;
        let comment = swallowed.comment?;
        let written = shorten(comment.of(text.source.text()));
        Some(finding(&swallowed, walk.path(), comment, &written))
    })
}

fn finding(swallowed: &Swallower<'_>, path: KeyPath, comment: Span, written: &str) -> Finding {
    let key = shorten(&swallowed.member.key.text());
    let value = Place::Text(path.clone(), swallowed.member.value.span());
    let message = format!("`{written}` is a comment; `{key}` swallowed the next line");
    Finding::new(message)
        .at(Place::Text(path, comment), "read as a comment")
        .at(value, format!("parsed as the value of `{key}`"))
        .help(format!(
            "put the value in double quotes: `{key}: \"{written}\"`"
        ))
}
