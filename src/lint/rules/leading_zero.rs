//! DDT304 leading-zero: a number of a version is written with a leading zero.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT304",
    name: "leading-zero",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a number of a version is written with a leading zero",
    docs: RuleDocs {
        why: "Versions are numbers: `3.05.1` and `3.5.1` would be one release under two \
            names.",
        fix: "Remove the zero.",
        bad: include_str!("../../../fixtures/lint/DDT304/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT304/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
