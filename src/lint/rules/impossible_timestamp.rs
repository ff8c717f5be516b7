//! DDT302 impossible-timestamp: the build time of a tag is no moment that exists.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT302",
    name: "impossible-timestamp",
    severity: Severity::Error,
    default: Activation::On,
    summary: "the build time of a tag is no moment that exists",
    docs: RuleDocs {
        why: "The build time decides which of two releases with one version is newer. A \
            month 13 usually means that day and month were swapped.",
        fix: "Correct the build time.",
        bad: include_str!("../../../fixtures/lint/DDT302/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT302/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
