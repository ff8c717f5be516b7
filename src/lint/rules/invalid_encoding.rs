//! DDT003 invalid-encoding: the file is not clean UTF-8.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT003",
    name: "invalid-encoding",
    severity: Severity::Error,
    default: Activation::On,
    summary: "the file is not clean UTF-8",
    docs: RuleDocs {
        why: "HJSON is UTF-8. A byte order mark at the start makes some parsers read the \
            whole file as one string; NUL characters and invalid bytes end up in names \
            and paths.",
        fix: "Save the file as UTF-8 without a byte order mark.",
        bad: include_str!("../../../fixtures/lint/DDT003/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT003/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
