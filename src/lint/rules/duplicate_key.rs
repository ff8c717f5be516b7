//! DDT105 duplicate-key: a key, or a name in a list, stands twice.

use std::collections::BTreeSet;

use crate::component::ComponentDefinition;
use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT105",
    name: "duplicate-key",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a key, or a name in a list, stands twice",
    docs: RuleDocs {
        why: "Most parsers silently keep the last of several equal keys and lose the \
            others.",
        fix: "Keep one of them.",
        bad: include_str!("../../../fixtures/lint/DDT105/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT105/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading, Check::Component(check)],
};

/// Names in the lists of a component definition.
fn check(definition: &ComponentDefinition) -> Vec<Finding> {
    let packages = definition
        .packages
        .iter()
        .map(|package| package.package.as_str());
    let stages = definition.stages.iter().map(|stage| stage.as_str());
    let mut findings = repeated("stage", stages, |index| {
        KeyPath::from(["stages"]).index(index)
    });
    findings.extend(repeated("package", packages, |index| {
        KeyPath::from(["packages"]).index(index).key("package")
    }));
    findings
}

fn repeated<'a>(
    what: &str,
    names: impl Iterator<Item = &'a str>,
    path: impl Fn(usize) -> KeyPath,
) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let repeated = names.enumerate().filter(|(_, name)| !seen.insert(*name));
    repeated
        .map(|(index, name)| {
            Finding::new(format!("{what} `{name}` is listed twice"))
                .at(Place::Value(path(index)), "")
                .help("keep one of them")
        })
        .collect()
}
