//! DDT202 missing-key: something that must be said is not.

use crate::address::Address;
use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::inventory::{Inventory, NodeSettings, Transport};
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::name::Name;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT202",
    name: "missing-key",
    severity: Severity::Error,
    default: Activation::On,
    summary: "something that must be said is not",
    docs: RuleDocs {
        why: "Without a tag there is no release to deploy, without a repo no place to take \
            it from, and without an address or a directory no node to deploy it to.",
        fix: "Add the key. A repo may stand at the package, or at the root for all \
            packages.",
        bad: include_str!("../../../fixtures/lint/DDT202/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT202/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[
        Check::Reading,
        Check::Manifest(packages),
        Check::Inventory(nodes),
    ],
};

/// Every package needs a repo, its own or the manifest's.
fn packages(context: &ManifestContext<'_>) -> Vec<Finding> {
    if context.manifest.root.get("artifrepo").is_some() {
        return Vec::new();
    }
    let packages = context
        .manifest
        .components
        .iter()
        .flat_map(|component| &component.packages);
    packages
        .filter(|package| package.value.get("artifrepo").is_none())
        .map(|package| {
            Finding::new(format!(
                "`{}` lacks `artifrepo`, and so does the manifest",
                package.name
            ))
            .at(Place::Value(package.key("artifrepo")), "")
            .help("add `artifrepo: HOST[:PORT][/PREFIX]` here, or at the root for all packages")
        })
        .collect()
}

/// Every node needs what its transport reaches it by.
fn nodes(inventory: &Inventory) -> Vec<Finding> {
    let nodes = inventory.nodes.keys();
    let completed = nodes.filter_map(|name| Some((name, inventory.node(name)?)));
    completed
        .filter_map(|(name, settings)| node(name, &settings))
        .collect()
}

fn node(name: &Name, settings: &NodeSettings) -> Option<Finding> {
    let place = |key| Place::Value(KeyPath::from(["nodes", name.as_str(), key]));
    match settings.transport.unwrap_or_default() {
        Transport::Local if settings.root.is_none() => Some(
            Finding::new(format!("the local node `{name}` lacks `root`"))
                .at(place("root"), "")
                .help("add `root: DIRECTORY`; all files of the node are below it"),
        ),
        Transport::Ssh if settings.address.is_none() && !is_address(name) => Some(
            Finding::new(format!(
                "`{name}` lacks `address`, and its name is no host name"
            ))
            .at(place("address"), "")
            .help("add `address: HOST`"),
        ),
        _ => None,
    }
}

fn is_address(name: &Name) -> bool {
    name.as_str().parse::<Address>().is_ok()
}
