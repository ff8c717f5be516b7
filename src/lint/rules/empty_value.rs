//! DDT207 empty-value: a value, or the whole document, is empty.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT207",
    name: "empty-value",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a value, or the whole document, is empty",
    docs: RuleDocs {
        why: "An empty tag or repo names nothing.",
        fix: "Write the value, or remove the key.",
        bad: include_str!("../../../fixtures/lint/DDT207/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT207/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
