//! DDT501 mixed-majors: the packages of a component have different major versions.

use std::collections::BTreeMap;

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::ComponentView;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT501",
    name: "mixed-majors",
    severity: Severity::Error,
    default: Activation::On,
    summary: "the packages of a component have different major versions",
    docs: RuleDocs {
        why: "A node takes only releases of the major version it has. It would skip the \
            whole deployment because of the one package that differs.",
        fix: "Bring all packages to one major version.",
        bad: include_str!("../../../fixtures/lint/DDT501/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT501/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    components.filter_map(finding).collect()
}

/// One finding per component, at the first package that is not of the usual major.
fn finding(component: &ComponentView<'_>) -> Option<Finding> {
    let major = |tag: &crate::tag::ReleaseTag| tag.version().major;
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for (_, tag) in component.tagged() {
        *counts.entry(major(tag)).or_default() += 1;
    }
    let (usual, _) = counts.iter().rev().max_by_key(|(_, count)| **count)?;
    let (odd, odd_tag) = component.tagged().find(|(_, tag)| major(tag) != *usual)?;
    let (like, _) = component.tagged().find(|(_, tag)| major(tag) == *usual)?;
    let listed: Vec<String> = counts
        .iter()
        .map(|(major, count)| match count {
            1 => format!("{major} (1 package)"),
            _ => format!("{major} ({count} packages)"),
        })
        .collect();
    let message = format!("`{}` mixes majors {}", component.name, listed.join(" and "));
    let finding = Finding::new(message)
        .at(
            Place::Value(odd.key("tag")),
            format!("major {} here", major(odd_tag)),
        )
        .at(Place::Value(like.key("tag")), format!("major {usual} here"))
        .note("a node skips a deployment of another major than the one it has")
        .help("bring them to one major");
    Some(finding)
}
