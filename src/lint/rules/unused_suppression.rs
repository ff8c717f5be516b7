//! DDT901 unused-suppression: a suppression suppresses nothing.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT901",
    name: "unused-suppression",
    severity: Severity::Warning,
    default: Activation::On,
    summary: "a suppression suppresses nothing",
    docs: RuleDocs {
        why: "What it excused is gone; left in place, it would hide the next mistake.",
        fix: "Delete the comment.",
        bad: include_str!("../../../fixtures/lint/DDT901/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT901/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Suppressions],
};
