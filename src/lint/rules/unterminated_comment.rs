//! DDT004 unterminated-comment: a comment opened with `/*` never ends.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT004",
    name: "unterminated-comment",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a comment opened with `/*` never ends",
    docs: RuleDocs {
        why: "Everything behind `/*` is comment up to the next `*/`; without one, the rest \
            of the file is lost.",
        fix: "Add `*/`, or begin each line of the comment with `#`.",
        bad: include_str!("../../../fixtures/lint/DDT004/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT004/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
