//! DDT603 time-regression: a release has a higher version than the one that was there, but was built earlier.

use crate::document::Severity;
use crate::lint::compared::Compared;
use crate::lint::context::ManifestContext;
use crate::lint::finding::Finding;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::plan::Comparison;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT603",
    name: "time-regression",
    severity: Severity::Warning,
    default: Activation::On,
    fixable: Fixable::No,
    summary: "a release has a higher version than the one that was there, but was built earlier",
    docs: RuleDocs {
        why: "Versions and build times rise together. Where they do not, the higher \
            version is a correction of an old branch, which lacks what the other has, or \
            one of the tags is a slip of the hand. With `--state` the rule looks at what \
            is recorded of the nodes, with `--against` at what the file said at a git \
            revision.",
        fix: "Check the build time of both tags.",
        bad: include_str!("../../../fixtures/lint/DDT603/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT603/good.hjson"),
        given: Given::Earlier(include_str!("../../../fixtures/lint/DDT603/earlier.hjson")),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let comparisons = context.comparisons.iter();
    let regressed = comparisons.filter(|compared| was_built_earlier(compared));
    regressed
        .map(|compared| {
            compared
                .finding(
                    "has a higher version that was built earlier",
                    "built earlier",
                )
                .help("check both build times")
        })
        .collect()
}

fn was_built_earlier(compared: &Compared<'_>) -> bool {
    let built = compared.wanted.built_at().zip(compared.before.built_at());
    let is_earlier = built.is_some_and(|(wanted, before)| wanted < before);
    compared.comparison == Comparison::Newer && is_earlier
}
