//! DDT606 no-op: every node has what the manifest wants.

use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::ComponentView;
use crate::lint::recorded::NodeReleases;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT606",
    name: "no-op",
    severity: Severity::Info,
    default: Activation::On,
    fixable: Fixable::No,
    summary: "every node has what the manifest wants",
    docs: RuleDocs {
        why: "A deployment would do nothing. Perhaps the tags were to be raised. The rule \
            speaks when `--state` names the records of the zone.",
        fix: "Raise the tags, or leave the deployment out.",
        bad: include_str!("../../../fixtures/lint/DDT606/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT606/good.hjson"),
        given: Given::State(include_str!("../../../fixtures/lint/DDT606/state.json")),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    finding(context).into_iter().collect()
}

fn finding(context: &ManifestContext<'_>) -> Option<Finding> {
    let mzone = context.manifest.mzone.as_ref()?;
    let components = &context.manifest.components;
    let is_there = |component: &ComponentView<'_>| {
        let recorded = &context.surroundings.recorded;
        let mut nodes = recorded.nodes(mzone, &component.name).peekable();
        nodes.peek().is_some() && nodes.all(|(_, node)| has_all(node, component))
    };
    let is_no_op = !components.is_empty() && components.iter().all(is_there);
    is_no_op.then(|| {
        Finding::new(format!(
            "every node of `{mzone}` has what the manifest wants"
        ))
        .at(Place::Value(KeyPath::from(["mzone"])), "nothing to deploy")
        .help("raise the tags, or leave the deployment out")
    })
}

/// Whether a node is ready and has every package at the very tag. A tag that cannot be
/// read is not there.
fn has_all(node: &NodeReleases, component: &ComponentView<'_>) -> bool {
    let ready = component.definition.map(|definition| &definition.ready);
    let is_ready = ready.is_some() && ready == node.stage.as_ref();
    let mut packages = component.packages.iter();
    is_ready
        && packages.all(|package| {
            let installed = node.packages.get(package.name.as_str());
            installed.is_some() && installed == package.tag.as_ref()
        })
}
