//! DDT401 written-order: packages are not written in the order in which they run.

use crate::document::{Fix, Severity};
use crate::hjson::Edit;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::fixes::reorder;
use crate::lint::manifest_view::{ComponentView, PackageView};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT401",
    name: "written-order",
    severity: Severity::Info,
    default: Activation::On,
    fixable: Fixable::Safely,
    summary: "packages are not written in the order in which they run",
    docs: RuleDocs {
        why: "The written order means nothing: objects in HJSON have none, and ddt runs \
            packages in the order of the component definition. A manifest that is \
            written in that order is easier to read.",
        fix: "Reorder the packages, if you like; comments directly above a package move with it.",
        bad: include_str!("../../../fixtures/lint/DDT401/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT401/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    components.filter_map(finding).collect()
}

/// One finding per component, at the first package that is written too early.
fn finding(component: &ComponentView<'_>) -> Option<Finding> {
    let written = in_written_order(component)?;
    let inverted = written.windows(2).find(|pair| pair[0].0 > pair[1].0)?;
    let (early, late) = (inverted[0].1, inverted[1].1);
    let mut running = written.clone();
    running.sort_by_key(|(rank, _)| *rank);
    let names: Vec<&str> = running
        .iter()
        .map(|(_, package)| package.name.as_str())
        .collect();
    let finding = Finding::new("written order differs from stage order; ddt runs stage order")
        .at(
            Place::Key(early.path.clone()),
            format!("runs after `{}`", late.name),
        )
        .at(Place::Key(late.path.clone()), "written below it")
        .note(format!("ddt runs {}", names.join(", ")))
        .help("write the packages in this order");
    let edit = reordered(component, &written);
    Some(match edit {
        Some(edit) => finding.fix(Fix::safe("write the packages in this order", vec![edit])),
        None => finding,
    })
}

/// The packages with their place in the deployment order.
fn in_written_order<'a, 'b>(
    component: &'b ComponentView<'a>,
) -> Option<Vec<(usize, &'b PackageView<'a>)>> {
    let definition = component.definition?;
    let order = definition.package_order().ok()?;
    let rank = |package: &PackageView<'_>| {
        order
            .iter()
            .position(|index| definition.packages[*index].package.as_str() == package.name)
    };
    let packages = component.packages.iter();
    Some(
        packages
            .filter_map(|package| Some((rank(package)?, package)))
            .collect(),
    )
}

/// The packages in the order in which they run; those that nothing defines keep their place.
fn reordered(component: &ComponentView<'_>, written: &[(usize, &PackageView<'_>)]) -> Option<Edit> {
    let packages = component.value.get("packages")?;
    let rank = |name: &str| {
        let known = written.iter().find(|(_, package)| package.name == name);
        known.map(|(rank, _)| *rank)
    };
    let ranks: Vec<Option<usize>> = packages
        .members()
        .map(|member| rank(&member.key.text()))
        .collect();
    reorder(packages, &ranks)
}
