//! DDT409 unset-stage: a stage that is needed is set by no package.

use crate::component::ComponentDefinition;
use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::name::Name;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT409",
    name: "unset-stage",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a stage that is needed is set by no package",
    docs: RuleDocs {
        why: "A fresh deployment would never reach the stage: it would stop there on every \
            node, or every deployment would count as fresh.",
        fix: "Let a package set the stage, or remove what needs it.",
        bad: include_str!("../../../fixtures/lint/DDT409/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT409/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Component(check)],
};

fn check(definition: &ComponentDefinition) -> Vec<Finding> {
    let is_set = |stage: &Name| {
        let mut packages = definition.packages.iter();
        packages.any(|package| package.sets.as_ref() == Some(stage))
    };
    // A stage that does not exist at all is reported as such.
    let exists = |stage: &Name| definition.stages.contains(stage);
    needed(definition)
        .filter(|(stage, _)| exists(stage) && !is_set(stage))
        .map(|(stage, path)| {
            Finding::new(format!("no package sets the stage `{stage}`"))
                .at(Place::Value(path), "")
                .help(format!(
                    "write `sets: {stage}` at the package that leads to it"
                ))
        })
        .collect()
}

fn needed(definition: &ComponentDefinition) -> impl Iterator<Item = (&Name, KeyPath)> {
    let ready = std::iter::once((&definition.ready, KeyPath::from(["ready"])));
    let packages = definition.packages.iter().enumerate();
    let needs = packages.filter_map(|(index, package)| {
        let path = KeyPath::from(["packages"]).index(index).key("needs");
        Some((package.needs.as_ref()?, path))
    });
    ready.chain(needs)
}
