//! DDT306 sha-version-conflict: one commit has two versions.

use std::collections::BTreeMap;

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::{ComponentView, PackageView};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT306",
    name: "sha-version-conflict",
    severity: Severity::Warning,
    default: Activation::On,
    summary: "one commit has two versions",
    docs: RuleDocs {
        why: "A commit is one state of the sources. If two packages name it with different \
            versions, one of the tags was probably edited by hand.",
        fix: "Verify both tags against the builds.",
        bad: include_str!("../../../fixtures/lint/DDT306/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT306/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    components.flat_map(conflicts).collect()
}

/// Packages of one bundle are left out: they must have one tag anyway.
fn conflicts(component: &ComponentView<'_>) -> Vec<Finding> {
    let mut first_of = BTreeMap::new();
    let mut findings = Vec::new();
    for (package, tag) in component.tagged() {
        let Some(sha) = tag.sha() else { continue };
        let (first, other) = *first_of.entry(sha).or_insert((package, tag));
        if other.version() != tag.version() && bundle(first) != bundle(package) {
            let message = format!("commit {sha} is {} and {}", other.version(), tag.version());
            findings.push(
                Finding::new(message)
                    .at(
                        Place::Value(package.key("tag")),
                        format!("{} here", tag.version()),
                    )
                    .at(
                        Place::Value(first.key("tag")),
                        format!("{} here", other.version()),
                    )
                    .help("verify both tags against the builds"),
            );
        }
    }
    findings
}

fn bundle<'a>(package: &'a PackageView<'_>) -> &'a str {
    let defined = package
        .definition
        .map(|definition| definition.bundle().as_str());
    defined.unwrap_or(&package.name)
}
