//! DDT905 stale-baseline: a baseline lists what is found no more.

use crate::document::Severity;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT905",
    name: "stale-baseline",
    severity: Severity::Warning,
    fixable: Fixable::No,
    default: Activation::On,
    summary: "a baseline lists what is found no more",
    docs: RuleDocs {
        why: "An entry that fits nothing today would hide the same mistake tomorrow.",
        fix: "Write the baseline again with `--write-baseline`: it keeps what is still found and drops the rest.",
        bad: include_str!("../../../fixtures/lint/DDT905/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT905/good.hjson"),
        given: Given::Manifest(include_str!("../../../fixtures/lint/DDT905/manifest.hjson")),
    },
    checks: &[Check::Baseline],
};
