//! DDT902 unknown-rule: a suppression names a rule that does not exist.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT902",
    name: "unknown-rule",
    severity: Severity::Warning,
    default: Activation::On,
    summary: "a suppression names a rule that does not exist",
    docs: RuleDocs {
        why: "It suppresses nothing.",
        fix: "Correct the code.",
        bad: include_str!("../../../fixtures/lint/DDT902/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT902/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Suppressions],
};
