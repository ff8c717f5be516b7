//! DDT704 untrusted-registry: a registry is not among those that the project trusts.

use crate::document::{Severity, closest};
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::registries::{self, RegistryUse};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT704",
    name: "untrusted-registry",
    severity: Severity::Error,
    fixable: Fixable::No,
    default: Activation::On,
    summary: "a registry is not in `trusted_registries`",
    docs: RuleDocs {
        why: "A bundle runs as root on every node. `trusted_registries` in `ddt.hjson` says where \
            bundles may come from; without that list the rule is silent. `dir:PATH` is not \
            a registry.",
        fix: "Correct the name, or add the registry to the list.",
        bad: include_str!("../../../fixtures/lint/DDT704/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT704/good.hjson"),
        given: Given::Project(include_str!("../../../fixtures/lint/DDT704/ddt.hjson")),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let settings = &context.surroundings.project.lint;
    let trusted: Vec<&str> = settings
        .trusted_registries
        .iter()
        .map(|host| host.as_str())
        .collect();
    if trusted.is_empty() {
        return Vec::new();
    }
    let used = registries::used(context.manifest).into_iter();
    used.filter(|registry| !trusted.contains(&registry.host.as_str()))
        .map(|registry| finding(registry, &trusted))
        .collect()
}

fn finding(registry: RegistryUse, trusted: &[&str]) -> Finding {
    let host = registry.host.as_str();
    let help = match closest(host, trusted.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "correct it, or add it to `lint.trusted_registries` in ddt.hjson".to_owned(),
    };
    Finding::new(format!("the registry `{host}` is not trusted"))
        .at(Place::Value(registry.path), "")
        .help(help)
}
