//! DDT110 braceless-root: the document has no braces around it.

use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT110",
    name: "braceless-root",
    severity: Severity::Info,
    default: Activation::On,
    summary: "the document has no braces around it",
    docs: RuleDocs {
        why: "The HJSON standard allows it, but some parsers and most editors do not.",
        fix: "Put `{` at the start and `}` at the end.",
        bad: include_str!("../../../fixtures/lint/DDT110/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT110/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    let root = text.tree.root().filter(|root| root.is_braceless());
    let first = root.and_then(|root| root.members().next());
    let finding = first.map(|member| {
        Finding::new("the document has no braces around it, which some parsers reject")
            .at(Place::Text(KeyPath::root(), member.key.span()), "")
            .help("put it between `{` and `}`")
    });
    finding.into_iter().collect()
}
