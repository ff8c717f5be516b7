//! DDT203 wrong-type: a value is not what its key takes.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT203",
    name: "wrong-type",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a value is not what its key takes",
    docs: RuleDocs {
        why: "ddt cannot use the value: a text where an object is expected, a word that is \
            not one of the possible ones, an address that is none.",
        fix: "Write what the message says.",
        bad: include_str!("../../../fixtures/lint/DDT203/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT203/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
