//! DDT206 misplaced-key: a key of the root stands further inside.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT206",
    name: "misplaced-key",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a key of the root stands further inside",
    docs: RuleDocs {
        why: "The zone belongs to the whole manifest, not to one component.",
        fix: "Move it to the root of the document.",
        bad: include_str!("../../../fixtures/lint/DDT206/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT206/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
