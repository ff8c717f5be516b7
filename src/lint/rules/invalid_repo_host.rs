//! DDT503 invalid-repo-host: a repo is not HOST[:PORT][/PREFIX] or dir:PATH.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT503",
    name: "invalid-repo-host",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a repo is not HOST[:PORT][/PREFIX] or dir:PATH",
    docs: RuleDocs {
        why: "A repo is a registry or a directory, not a URL: ddt adds the scheme, the \
            name and the tag itself.",
        fix: "Write the host and the prefix only.",
        bad: include_str!("../../../fixtures/lint/DDT503/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT503/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading],
};
