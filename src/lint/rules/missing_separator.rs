//! DDT109 missing-separator: two entries on one line have nothing between them.

use crate::document::Severity;
use crate::hjson::{KeyPath, Span, Value};
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT109",
    name: "missing-separator",
    severity: Severity::Warning,
    default: Activation::On,
    summary: "two entries on one line have nothing between them",
    docs: RuleDocs {
        why: "HJSON separates entries by a comma or a line break. Some parsers accept a \
            space, others read on as one value.",
        fix: "Put a comma or a line break between them.",
        bad: include_str!("../../../fixtures/lint/DDT109/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT109/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut walk = text.tree.walk();
    while let Some(value) = walk.next() {
        let entries = entries(value);
        let touching = entries
            .windows(2)
            .filter(|pair| is_unseparated(text.between(pair[0].end, pair[1].start)));
        findings.extend(touching.map(|pair| finding(walk.path(), pair[0], pair[1])));
    }
    findings
}

/// Where the members or items of a value stand.
fn entries(value: Value<'_>) -> Vec<Span> {
    let members = value
        .members()
        .map(|member| Span::new(member.key.span().start, member.value.span().end));
    members.chain(value.items().map(Value::span)).collect()
}

fn is_unseparated(gap: &str) -> bool {
    !gap.contains([',', '\n'])
}

fn finding(path: KeyPath, first: Span, second: Span) -> Finding {
    let gap = Span::new(first.end, second.start.max(first.end));
    Finding::new("two entries have neither a comma nor a line break between them")
        .at(Place::Text(path.clone(), second), "this entry")
        .at(Place::Text(path, gap), "nothing separates it")
        .help("add a comma")
}
