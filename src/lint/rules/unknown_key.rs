//! DDT201 unknown-key: a key that ddt does not know.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT201",
    name: "unknown-key",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a key that ddt does not know",
    docs: RuleDocs {
        why: "A misspelt key would otherwise be silently without effect.",
        fix: "Correct or delete it. The message names the key that was probably meant, or \
            lists those known in its place.",
        bad: include_str!("../../../fixtures/lint/DDT201/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT201/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
