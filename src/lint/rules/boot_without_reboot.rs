//! DDT405 boot-without-reboot: a fresh deployment installs a boot release without a reboot.

use crate::document::Severity;
use crate::document::YesNo;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::ComponentView;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT405",
    name: "boot-without-reboot",
    severity: Severity::Warning,
    default: Activation::On,
    summary: "a fresh deployment installs a boot release without a reboot",
    docs: RuleDocs {
        why: "The nodes go on running the kernel they have; the packages that follow are \
            deployed on it. The rule speaks only when the nodes are known to be new \
            (`--fresh`).",
        fix: "Write `forcereboot: yes`.",
        bad: include_str!("../../../fixtures/lint/DDT405/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT405/good.hjson"),
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
    let boot = component.definition?.boot_cycle.as_ref()?;
    let mut packages = component.packages.iter();
    let package = packages.find(|package| package.name == boot.as_str())?;
    let is_said = package.value.get("forcereboot").is_some();
    let refuses = package.forcereboot == Some(YesNo::No) || !is_said;
    refuses.then(|| {
        Finding::new(format!("the nodes will not boot into `{}`", package.name))
            .at(Place::Key(package.key("forcereboot")), "")
            .help("write `forcereboot: yes`")
    })
}
