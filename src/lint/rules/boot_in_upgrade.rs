//! DDT403 boot-in-upgrade: nodes that are ready will not get the boot release.

use crate::document::{Severity, YesNo};
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::ComponentView;
use crate::lint::recorded::NodeReleases;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::plan::Comparison;
use crate::tag::ReleaseTag;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT403",
    name: "boot-in-upgrade",
    severity: Severity::Info,
    default: Activation::On,
    fixable: Fixable::No,
    summary: "nodes that are ready will not get the boot release",
    docs: RuleDocs {
        why: "An upgrade does not install the boot release. Only a newer one with \
            `forcereboot: yes` is installed: it starts a new boot cycle, in which \
            everything is deployed again. The rule speaks when `--state` names the \
            records of the zone.",
        fix: "Write `forcereboot: yes` to start a new boot cycle. To upgrade without one, \
            write the boot release that the nodes have.",
        bad: include_str!("../../../fixtures/lint/DDT403/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT403/good.hjson"),
        given: Given::State(include_str!("../../../fixtures/lint/DDT403/state.json")),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    components
        .filter_map(|component| finding(context, component))
        .collect()
}

fn finding(context: &ManifestContext<'_>, component: &ComponentView<'_>) -> Option<Finding> {
    let definition = component.definition?;
    let boot = definition.boot_cycle.as_ref()?;
    let (package, tag) = component
        .tagged()
        .find(|(package, _)| package.name == boot.as_str())?;
    if package.forcereboot == Some(YesNo::Yes) {
        return None;
    }
    let mzone = context.manifest.mzone.as_ref()?;
    let mut nodes = context.surroundings.recorded.nodes(mzone, &component.name);
    let (node, _) = nodes.find(|(_, node)| {
        let is_ready = node.stage.as_ref() == Some(&definition.ready);
        is_ready && lacks(node, &package.name, tag)
    })?;
    Some(
        Finding::new(format!(
            "{node} is ready; an upgrade does not install `{boot}`"
        ))
        .at(Place::Value(package.key("tag")), "not installed")
        .help("write `forcereboot: yes` to start a new boot cycle"),
    )
}

/// Whether a node has no record of the package, or one of an older release.
fn lacks(node: &NodeReleases, package: &str, wanted: &ReleaseTag) -> bool {
    let installed = node.packages.get(package);
    installed.is_none_or(|installed| Comparison::of(wanted, installed) == Comparison::Newer)
}
