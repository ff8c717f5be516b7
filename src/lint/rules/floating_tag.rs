//! DDT308 floating-tag: a word such as `latest` instead of a release.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT308",
    name: "floating-tag",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a word such as `latest` instead of a release",
    docs: RuleDocs {
        why: "What it means changes from day to day, so two nodes, or two runs, can get \
            two releases under one name.",
        fix: "Write the tag of a release.",
        bad: include_str!("../../../fixtures/lint/DDT308/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT308/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
