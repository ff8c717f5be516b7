//! DDT402 incomplete-fresh-set: a fresh deployment lacks a required package.

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::ComponentView;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT402",
    name: "incomplete-fresh-set",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a fresh deployment lacks a required package",
    docs: RuleDocs {
        why: "A bundle that is skipped fails the whole fresh deployment. An upgrade may \
            leave packages out, so the rule speaks only when the nodes are known to be \
            new (`--fresh`).",
        fix: "Add the packages.",
        bad: include_str!("../../../fixtures/lint/DDT402/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT402/good.hjson"),
        given: Given::FreshNodes,
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let is_fresh = context.surroundings.deployment.is_fresh();
    let components = context.manifest.components.iter();
    components
        .filter(|_| is_fresh)
        .filter_map(finding)
        .collect()
}

fn finding(component: &ComponentView<'_>) -> Option<Finding> {
    let packages = component.definition?.packages.iter();
    let required = packages.filter(|package| package.required.is_yes());
    let names = required.map(|package| package.package.as_str());
    let is_written = |name: &str| {
        component
            .packages
            .iter()
            .any(|package| package.name == name)
    };
    let missing: Vec<&str> = names.filter(|name| !is_written(name)).collect();
    (!missing.is_empty()).then(|| {
        let missing = missing.join(", ");
        Finding::new(format!(
            "a fresh deployment of `{}` lacks {missing}",
            component.name
        ))
        .at(Place::Key(component.path.clone().key("packages")), "")
        .note("a skipped bundle fails the whole fresh deployment")
        .help("add what is missing")
    })
}
