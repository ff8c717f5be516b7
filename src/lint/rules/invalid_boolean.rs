//! DDT204 invalid-boolean: a word that is neither yes nor no.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT204",
    name: "invalid-boolean",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a word that is neither yes nor no",
    docs: RuleDocs {
        why: "Only `yes`, `no`, `true` and `false` count, in any case. In HJSON `on` and \
            `1` are a text and a number, and each tool decides differently what they \
            mean.",
        fix: "Write `yes` or `no`.",
        bad: include_str!("../../../fixtures/lint/DDT204/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT204/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
