//! DDT505 unknown-mzone: the zone is in no inventory.

use crate::document::Severity;
use crate::document::closest;
use crate::hjson::KeyPath;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT505",
    name: "unknown-mzone",
    severity: Severity::Error,
    default: Activation::On,
    summary: "the zone is in no inventory",
    docs: RuleDocs {
        why: "Nobody knows which machines it is. The rule speaks when an inventory is \
            given.",
        fix: "Correct the name, or add an inventory for the zone.",
        bad: include_str!("../../../fixtures/lint/DDT505/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT505/good.hjson"),
        given: Given::Inventory(include_str!(
            "../../../fixtures/lint/DDT505/inventory.hjson"
        )),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let inventories = context.surroundings.inventories.iter();
    let known: Vec<&str> = inventories
        .map(|inventory| inventory.mzone.as_str())
        .collect();
    let mzone = context.manifest.mzone.as_ref();
    let unknown = mzone.filter(|mzone| !known.is_empty() && !known.contains(&mzone.as_str()));
    unknown
        .map(|mzone| {
            let help = match closest(mzone.as_str(), known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known zones: {}", known.join(", ")),
            };
            Finding::new(format!("`{mzone}` is in no inventory"))
                .at(Place::Value(KeyPath::from(["mzone"])), "")
                .help(help)
        })
        .into_iter()
        .collect()
}
