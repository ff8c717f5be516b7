//! DDT002 unclosed-delimiter: a brace or bracket never closes.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT002",
    name: "unclosed-delimiter",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a brace or bracket never closes",
    docs: RuleDocs {
        why: "An unquoted string in HJSON runs to the end of its line, so a `}` behind it \
            is part of the string. Other parsers report this at the end of the file, far \
            from its cause.",
        fix: "Put the closing brace or bracket on a line of its own, or put the string in \
            double quotes.",
        bad: include_str!("../../../fixtures/lint/DDT002/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT002/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
