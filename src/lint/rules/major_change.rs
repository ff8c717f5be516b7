//! DDT602 major-change: a release has another major version than the one that was there.

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::Finding;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::plan::Comparison;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT602",
    name: "major-change",
    severity: Severity::Error,
    default: Activation::On,
    fixable: Fixable::No,
    summary: "a release has another major version than the one that was there",
    docs: RuleDocs {
        why: "A node takes only releases of the major version it has. It is left out of \
            the deployment as a whole, and the others go on. With `--state` the rule \
            looks at what is recorded of the nodes, with `--against` at what the file \
            said at a git revision.",
        fix: "Write a release of the same major version, or set the nodes up anew.",
        bad: include_str!("../../../fixtures/lint/DDT602/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT602/good.hjson"),
        given: Given::State(include_str!("../../../fixtures/lint/DDT602/state.json")),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let comparisons = context.comparisons.iter();
    let other = comparisons.filter(|compared| compared.comparison == Comparison::OtherMajor);
    other
        .map(|compared| {
            let [is, was] = [compared.wanted, compared.before].map(|tag| tag.version().major);
            compared
                .finding("changes its major version", &format!("major {is} here"))
                .note("a node skips a deployment of another major than the one it has")
                .help(format!("write a {was}.x release"))
        })
        .collect()
}
