//! DDT407 unguarded-reboot: a protected zone may reboot as a whole.

use crate::document::{Severity, YesNo};
use crate::hjson::KeyPath;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::{ComponentView, PackageView};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::name::Name;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT407",
    name: "unguarded-reboot",
    severity: Severity::Warning,
    fixable: Fixable::No,
    default: Activation::On,
    summary: "`forcereboot: yes` for a protected zone that nobody has cleared for it",
    docs: RuleDocs {
        why: "With `forcereboot: yes` a newer boot release reboots every node of the zone. \
            A zone is protected because somebody must be asked first: `protected: yes` in \
            its inventory, or `protected_mzones` in `ddt.hjson`.",
        fix: "Delete it, or add the zone to `acknowledged_reboots` in `ddt.hjson`: a reviewed \
            change that says the reboot is meant.",
        bad: include_str!("../../../fixtures/lint/DDT407/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT407/good.hjson"),
        given: Given::Project(include_str!("../../../fixtures/lint/DDT407/ddt.hjson")),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let manifest = context.manifest;
    let unguarded = manifest
        .mzone
        .as_ref()
        .filter(|mzone| is_protected(context, mzone) && !is_acknowledged(context, mzone));
    let components = manifest.components.iter();
    unguarded
        .into_iter()
        .flat_map(|mzone| {
            let rebooting = components.clone().flat_map(rebooting);
            rebooting.map(move |package| finding(mzone, package))
        })
        .collect()
}

fn is_protected(context: &ManifestContext<'_>, mzone: &Name) -> bool {
    let mut inventories = context.surroundings.inventories.iter();
    let by_inventory =
        inventories.any(|inventory| inventory.mzone == *mzone && inventory.protected.is_yes());
    let settings = &context.surroundings.project.lint;
    by_inventory || settings.protected_mzones.contains(mzone)
}

fn is_acknowledged(context: &ManifestContext<'_>, mzone: &Name) -> bool {
    let settings = &context.surroundings.project.lint;
    settings.acknowledged_reboots.contains(mzone)
}

/// The packages that reboot nodes, and are asked to.
fn rebooting<'a>(component: &'a ComponentView<'a>) -> impl Iterator<Item = &'a PackageView<'a>> {
    let may = component
        .defined()
        .filter(|(_, definition)| definition.may_reboot.is_yes());
    may.map(|(package, _)| package)
        .filter(|package| package.forcereboot == Some(YesNo::Yes))
}

fn finding(mzone: &Name, package: &PackageView<'_>) -> Finding {
    Finding::new(format!(
        "`{}` may reboot every node of `{mzone}`, which is protected",
        package.name
    ))
    .at(Place::Key(package.key("forcereboot")), "")
    .at(Place::Value(KeyPath::from(["mzone"])), "the zone")
    .help(format!(
        "delete it, or add `{mzone}` to `lint.acknowledged_reboots` in ddt.hjson"
    ))
}
