//! DDT604 mutable-tag: a release has the version of the one that was there, but is of another commit.

use crate::document::Severity;
use crate::lint::compared::Compared;
use crate::lint::context::ManifestContext;
use crate::lint::finding::Finding;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::plan::Comparison;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT604",
    name: "mutable-tag",
    severity: Severity::Error,
    default: Activation::On,
    fixable: Fixable::No,
    summary: "a release has the version of the one that was there, but is of another commit",
    docs: RuleDocs {
        why: "A version that was deployed means one state of the sources, for ever. With \
            `--state` the rule looks at what is recorded of the nodes, with `--against` \
            at what the file said at a git revision.",
        fix: "Raise PATCH, and build again.",
        bad: include_str!("../../../fixtures/lint/DDT604/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT604/good.hjson"),
        given: Given::Earlier(include_str!("../../../fixtures/lint/DDT604/earlier.hjson")),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let comparisons = context.comparisons.iter();
    let moved = comparisons.filter(|compared| has_moved(compared));
    moved
        .map(|compared| {
            let version = compared.wanted.version();
            compared
                .finding(
                    &format!("has version {version} of another commit"),
                    "another commit",
                )
                .help("raise PATCH: a version never changes what it means")
        })
        .collect()
}

/// An older build of the version is a downgrade.
fn has_moved(compared: &Compared<'_>) -> bool {
    let (wanted, before) = (compared.wanted, compared.before);
    match compared.comparison {
        Comparison::OtherCommit => true,
        Comparison::Newer => {
            let commits = wanted.sha().zip(before.sha());
            wanted.version() == before.version() && commits.is_some_and(|(one, other)| one != other)
        }
        Comparison::OtherMajor | Comparison::Older | Comparison::Same => false,
    }
}
