//! DDT601 downgrade: a release is older than the one that was there.

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::Finding;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::plan::Comparison;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT601",
    name: "downgrade",
    severity: Severity::Error,
    default: Activation::On,
    fixable: Fixable::No,
    summary: "a release is older than the one that was there",
    docs: RuleDocs {
        why: "A deployment to a node that has a newer release is refused, unless the \
            operator allows it by name. With `--state` the rule looks at what is \
            recorded of the nodes, with `--against` at what the file said at a git \
            revision.",
        fix: "Write the tag that was there, or a newer one.",
        bad: include_str!("../../../fixtures/lint/DDT601/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT601/good.hjson"),
        given: Given::State(include_str!("../../../fixtures/lint/DDT601/state.json")),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let comparisons = context.comparisons.iter();
    let older = comparisons.filter(|compared| compared.comparison == Comparison::Older);
    older
        .map(|compared| {
            let before = compared.before;
            compared
                .finding("goes back", "older")
                .help(format!("write `tag: {before}`, or a newer release"))
        })
        .collect()
}
