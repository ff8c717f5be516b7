//! DDT205 unknown-package: a component, package, stage, node or group that nothing defines.

use std::collections::{BTreeMap, BTreeSet};

use crate::component::ComponentDefinition;
use crate::document::Severity;
use crate::document::closest;
use crate::hjson::KeyPath;
use crate::inventory::{Inventory, SelectError, select};
use crate::lint::context::{ManifestContext, Surroundings};
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::ComponentView;
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::lint::text::shorten;
use crate::name::Name;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT205",
    name: "unknown-package",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a component, package, stage, node or group that nothing defines",
    docs: RuleDocs {
        why: "ddt deploys what the component definition knows, in the order it says. A \
            name it does not know is a slip, or its definition is missing.",
        fix: "Correct the name. For a component of your own, put its definition beside \
            `ddt.hjson`.",
        bad: include_str!("../../../fixtures/lint/DDT205/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT205/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[
        Check::Manifest(manifest),
        Check::Component(component),
        Check::Inventory(inventory),
    ],
};

/// A name that nothing defines, and the names that are defined.
struct Unknown<'a> {
    what: &'static str,
    name: &'a str,
    known: Vec<&'a str>,
}

impl Unknown<'_> {
    fn finding(&self, place: Place) -> Finding {
        let message = format!("unknown {} `{}`", self.what, shorten(self.name));
        let help = match closest(self.name, self.known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if self.known.is_empty() => "none is defined".to_owned(),
            None => format!("known here: {}", self.known.join(", ")),
        };
        Finding::new(message).at(place, "").help(help)
    }
}

fn manifest(context: &ManifestContext<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for component in &context.manifest.components {
        match component.definition {
            Some(definition) => findings.extend(packages(component, definition)),
            None => findings.push(unknown_component(component, context.surroundings)),
        }
        findings.extend(required(component, context));
    }
    findings
}

fn unknown_component(component: &ComponentView<'_>, surroundings: &Surroundings) -> Finding {
    let known = surroundings.definitions.keys().map(Name::as_str).collect();
    let name = &component.name;
    let unknown = Unknown {
        what: "component",
        name,
        known,
    };
    unknown
        .finding(Place::Key(component.path.clone()))
        .note("a component of your own needs a definition beside ddt.hjson")
}

fn packages(component: &ComponentView<'_>, definition: &ComponentDefinition) -> Vec<Finding> {
    let unknown = component
        .packages
        .iter()
        .filter(|package| package.definition.is_none());
    unknown
        .map(|package| {
            let unknown = Unknown {
                what: "package",
                name: &package.name,
                known: package_names(definition),
            };
            unknown.finding(Place::Key(package.path.clone()))
        })
        .collect()
}

/// What a component requires is in the manifest, or at least defined.
fn required(component: &ComponentView<'_>, context: &ManifestContext<'_>) -> Vec<Finding> {
    let written = context.manifest.components.iter();
    let defined = context.surroundings.definitions.keys().map(Name::as_str);
    let known: BTreeSet<&str> = written
        .map(|other| other.name.as_str())
        .chain(defined)
        .collect();
    let place = |index| Place::Value(component.path.clone().key("requires").index(index));
    let required = component.requires.iter().enumerate();
    required
        .filter(|(_, name)| !known.contains(name.as_str()))
        .map(|(index, name)| {
            let known = known.iter().copied().collect();
            Unknown {
                what: "component",
                name,
                known,
            }
            .finding(place(index))
        })
        .collect()
}

fn package_names(definition: &ComponentDefinition) -> Vec<&str> {
    let packages = definition.packages.iter();
    packages.map(|package| package.package.as_str()).collect()
}

fn component(definition: &ComponentDefinition) -> Vec<Finding> {
    let references = stage_references(definition)
        .map(|reference| ("stage", reference, names(&definition.stages)))
        .chain(
            package_references(definition)
                .map(|reference| ("package", reference, package_names(definition))),
        );
    references
        .filter(|(_, (name, _), known)| !known.contains(&name.as_str()))
        .map(|(what, (name, path), known)| {
            let name = name.as_str();
            Unknown { what, name, known }.finding(Place::Value(path))
        })
        .collect()
}

type Reference<'a> = (&'a Name, KeyPath);

fn stage_references(definition: &ComponentDefinition) -> impl Iterator<Item = Reference<'_>> {
    let ready = std::iter::once((&definition.ready, KeyPath::from(["ready"])));
    let packages = definition.packages.iter().enumerate();
    let of_packages = packages.flat_map(|(index, package)| {
        let path = KeyPath::from(["packages"]).index(index);
        let needs = package.needs.iter().map(|name| (name, "needs"));
        let sets = package.sets.iter().map(|name| (name, "sets"));
        needs
            .chain(sets)
            .map(move |(name, key)| (name, path.clone().key(key)))
    });
    ready.chain(of_packages)
}

fn package_references(definition: &ComponentDefinition) -> impl Iterator<Item = Reference<'_>> {
    let boot = definition.boot_cycle.iter();
    let boot = boot.map(|name| (name, KeyPath::from(["boot_cycle"])));
    let packages = definition.packages.iter().enumerate();
    let after = packages.flat_map(|(index, package)| {
        let path = KeyPath::from(["packages"]).index(index).key("after");
        indexed(&package.after, path)
    });
    let known_errors = definition.known_errors.iter().enumerate();
    let of_errors = known_errors.flat_map(|(index, known)| {
        let path = KeyPath::from(["known_errors"]).index(index).key("packages");
        indexed(&known.packages, path)
    });
    boot.chain(after).chain(of_errors)
}

fn indexed(names: &[Name], path: KeyPath) -> impl Iterator<Item = Reference<'_>> {
    let named = names.iter().enumerate();
    named.map(move |(index, name)| (name, path.clone().index(index)))
}

fn names(names: &[Name]) -> Vec<&str> {
    names.iter().map(Name::as_str).collect()
}

/// The groups whose selector cannot be resolved. One that selects no node yet may stay.
fn inventory(inventory: &Inventory) -> Vec<Finding> {
    let groups = inventory.groups.iter();
    let faulty = groups.filter_map(|(name, group)| {
        let error = select(inventory, &group.selector, &sets_of_runs()).err()?;
        (!matches!(error, SelectError::Nothing(_))).then_some((name, error))
    });
    faulty
        .map(|(name, error)| {
            let path = KeyPath::from(["groups", name.as_str(), "selector"]);
            Finding::new(error.to_string())
                .at(Place::Value(path), "")
                .help("name groups of this inventory, as `--limit` does")
        })
        .collect()
}

/// The sets of nodes that a run defines, not an inventory.
fn sets_of_runs() -> BTreeMap<String, BTreeSet<Name>> {
    ["failed", "not-reached"]
        .map(|set| (set.to_owned(), BTreeSet::new()))
        .into()
}
