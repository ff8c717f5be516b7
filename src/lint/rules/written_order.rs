//! DDT401 written-order: packages are not written in the order in which they run.

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::{ComponentView, PackageView};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT401",
    name: "written-order",
    severity: Severity::Info,
    default: Activation::On,
    summary: "packages are not written in the order in which they run",
    docs: RuleDocs {
        why: "The written order means nothing: objects in HJSON have none, and ddt runs \
            packages in the order of the component definition. A manifest that is \
            written in that order is easier to read.",
        fix: "Reorder the packages, if you like.",
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
    Some(finding)
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
