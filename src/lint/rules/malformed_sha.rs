//! DDT305 malformed-sha: the commit of a tag is not 7 to 64 lower-case hexadecimal digits.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT305",
    name: "malformed-sha",
    severity: Severity::Error,
    default: Activation::On,
    summary: "the commit of a tag is not 7 to 64 lower-case hexadecimal digits",
    docs: RuleDocs {
        why: "The commit tells two builds apart. Shorter ones are not unique, and upper \
            case is another text.",
        fix: "Write the commit as git prints it.",
        bad: include_str!("../../../fixtures/lint/DDT305/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT305/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
