//! DDT001 invalid-syntax: the text is not HJSON.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT001",
    name: "invalid-syntax",
    severity: Severity::Error,
    default: Activation::On,
    summary: "the text is not HJSON",
    docs: RuleDocs {
        why: "Nothing that follows the error can be relied on, so ddt refuses the \
            document. ddt reads on after the error and reports as many more as it can.",
        fix: "Follow the help of the message; most often a colon, a quote or a bracket is \
            missing.",
        bad: include_str!("../../../fixtures/lint/DDT001/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT001/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
