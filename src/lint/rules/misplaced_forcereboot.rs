//! DDT404 misplaced-forcereboot: `forcereboot: yes` on a package that never reboots nodes.

use crate::document::Severity;
use crate::document::YesNo;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::{ComponentView, PackageView};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT404",
    name: "misplaced-forcereboot",
    severity: Severity::Error,
    default: Activation::On,
    summary: "`forcereboot: yes` on a package that never reboots nodes",
    docs: RuleDocs {
        why: "Only a package whose definition says `may_reboot: yes` heeds it. Elsewhere \
            the author expects a reboot that will not happen.",
        fix: "Delete it, or write it at the package that reboots.",
        bad: include_str!("../../../fixtures/lint/DDT404/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT404/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    components.flat_map(misplaced).collect()
}

fn misplaced(component: &ComponentView<'_>) -> Vec<Finding> {
    let packages = component.defined();
    let never = packages.filter(|(_, definition)| !definition.may_reboot.is_yes());
    let asked = never.filter(|(package, _)| package.forcereboot == Some(YesNo::Yes));
    asked
        .map(|(package, _)| finding(component, package))
        .collect()
}

fn finding(component: &ComponentView<'_>, package: &PackageView<'_>) -> Finding {
    let defined = component
        .definition
        .iter()
        .flat_map(|definition| &definition.packages);
    let rebooting = defined.filter(|other| other.may_reboot.is_yes());
    let names: Vec<&str> = rebooting.map(|other| other.package.as_str()).collect();
    let note = match names.as_slice() {
        [] => format!("no package of `{}` does", component.name),
        names => format!("only {} does", names.join(", ")),
    };
    Finding::new(format!("`{}` never reboots nodes", package.name))
        .at(Place::Key(package.key("forcereboot")), "")
        .note(note)
        .help("delete it")
}
