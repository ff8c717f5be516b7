//! DDT903 suppression-policy: a suppression has expired, gives no reason, or cannot be.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT903",
    name: "suppression-policy",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a suppression has expired, gives no reason, or cannot be",
    docs: RuleDocs {
        why: "A suppression is a promise to somebody. After its last day it counts no \
            more; without a reason (a warning) nobody knows what it promises; and a \
            syntax error cannot be excused.",
        fix: "Correct what is suppressed, or renew the date and write the reason.",
        bad: include_str!("../../../fixtures/lint/DDT903/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT903/good.hjson"),
        given: Given::Time("2026-01-01T00:00:00Z"),
    },
    checks: &[Check::Suppressions],
};
