//! DDT108 single-quoted: a text is in single quotes.

use crate::document::Severity;
use crate::hjson::Style;
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::lint::text::shorten;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT108",
    name: "single-quoted",
    severity: Severity::Warning,
    default: Activation::On,
    summary: "a text is in single quotes",
    docs: RuleDocs {
        why: "The HJSON standard allows single quotes, but some parsers reject them.",
        fix: "Use double quotes, or none.",
        bad: include_str!("../../../fixtures/lint/DDT108/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT108/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    let mut findings = text.each_value(|walk, _| {
        let key = walk.member()?.key;
        let place = || Place::Key(walk.path());
        (key.style() == Style::SingleQuoted).then(|| finding(key.raw(), place()))
    });
    findings.extend(text.each_value(|walk, value| {
        let place = || Place::Text(walk.path(), value.span());
        (value.style() == Some(Style::SingleQuoted)).then(|| finding(value.raw(), place()))
    }));
    findings
}

fn finding(raw: &str, place: Place) -> Finding {
    Finding::new(format!(
        "{} is in single quotes, which some parsers reject",
        shorten(raw)
    ))
    .at(place, "")
    .help("use double quotes")
}
