//! DDT408 cyclic-order: things come before each other in a circle.

use crate::component::{ComponentDefinition, Ring, deployment_order};
use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::name::Name;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT408",
    name: "cyclic-order",
    severity: Severity::Error,
    default: Activation::On,
    summary: "things come before each other in a circle",
    docs: RuleDocs {
        why: "There is no order in which they could run.",
        fix: "Remove one of the `after`, `needs` or `requires` in the circle.",
        bad: include_str!("../../../fixtures/lint/DDT408/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT408/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Component(component), Check::Manifest(manifest)],
};

/// The packages of a definition, by `after` and by the stages they need and set.
fn component(definition: &ComponentDefinition) -> Vec<Finding> {
    let place = |name: &Name| {
        let mut packages = definition.packages.iter();
        let index = packages.position(|package| package.package == *name);
        let path = KeyPath::from(["packages"]).index(index.unwrap_or_default());
        Place::Value(path.key("package"))
    };
    let ring = definition.package_order().err();
    ring.iter().map(|ring| finding(ring, place)).collect()
}

/// The components of a manifest, by `requires`.
fn manifest(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    let named = components.filter_map(|component| {
        let name = component.name.parse::<Name>().ok()?;
        Some((name, &component.requires))
    });
    let (names, requires): (Vec<Name>, Vec<&Vec<String>>) = named.unzip();
    let mut edges = Vec::new();
    for (index, required) in requires.into_iter().enumerate() {
        let place = |written: &String| names.iter().position(|name| name.as_str() == written);
        edges.extend(
            required
                .iter()
                .filter_map(place)
                .map(|before| (before, index)),
        );
    }
    let place = |name: &Name| Place::Key(KeyPath::from(["components", name.as_str()]));
    let ring = deployment_order(&names, &edges).err();
    ring.iter().map(|ring| finding(ring, place)).collect()
}

fn finding(ring: &Ring, place: impl Fn(&Name) -> Place) -> Finding {
    let following = ring.0.iter().cycle().skip(1);
    ring.0
        .iter()
        .zip(following)
        .fold(Finding::new(ring.to_string()), |finding, (name, next)| {
            finding.at(place(name), format!("comes before `{next}`"))
        })
        .help("remove one step of the circle")
}
