//! DDT005 too-deep: objects or arrays are nested more than 128 levels deep.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT005",
    name: "too-deep",
    severity: Severity::Error,
    default: Activation::On,
    summary: "objects or arrays are nested more than 128 levels deep",
    docs: RuleDocs {
        why: "No document of ddt needs more than ten levels. Many parsers overflow their \
            stack on deeply nested texts.",
        fix: "Flatten the document.",
        bad: include_str!("../../../fixtures/lint/DDT005/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT005/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
