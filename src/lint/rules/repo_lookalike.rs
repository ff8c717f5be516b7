//! DDT504 repo-lookalike: a registry is called almost like a known one.

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::registries::{self, RegistryUse};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT504",
    name: "repo-lookalike",
    severity: Severity::Warning,
    fixable: Fixable::No,
    default: Activation::On,
    summary: "a registry is called almost like one that the project knows",
    docs: RuleDocs {
        why: "A registry that differs by one or two letters from a known one is a slip, or \
            somebody who waits for that slip. The known ones are `trusted_registries` and \
            `registries` of `ddt.hjson`.",
        fix: "Correct the name; if both registries are right, add this one to \
            `trusted_registries`.",
        bad: include_str!("../../../fixtures/lint/DDT504/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT504/good.hjson"),
        given: Given::Project(include_str!("../../../fixtures/lint/DDT504/ddt.hjson")),
    },
    checks: &[Check::Manifest(check)],
};

/// So many letters may differ.
const REACH: usize = 2;

/// A shorter name is close to too many others.
const SHORTEST: usize = 8;

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let known = registries::known(&context.surroundings.project);
    let used = registries::used(context.manifest).into_iter();
    used.filter_map(|registry| Some((alike(&registry, &known)?, registry)))
        .map(|(known, registry)| finding(known, registry))
        .collect()
}

/// The known registry that a name resembles without being known.
fn alike<'a>(registry: &RegistryUse, known: &[&'a str]) -> Option<&'a str> {
    let host = registry.host.as_str();
    if host.len() < SHORTEST || known.contains(&host) {
        return None;
    }
    let close = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(host, known), *known));
    let (_, nearest) = close.filter(|(distance, _)| *distance <= REACH).min()?;
    Some(nearest)
}

fn finding(known: &str, registry: RegistryUse) -> Finding {
    Finding::new(format!("`{}` looks like `{known}`", registry.host))
        .at(Place::Value(registry.path), "")
        .help(format!("write `{known}`, if that is meant"))
}
