//! DDT506 conflicting-targets: two manifests want different tags of a package in one zone.

use std::collections::BTreeMap;

use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::lint::across::{DocumentFinding, ManifestDocument, WantedRelease, wanted};
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT506",
    name: "conflicting-targets",
    severity: Severity::Error,
    default: Activation::On,
    fixable: Fixable::No,
    summary: "two manifests want different tags of a package in one zone",
    docs: RuleDocs {
        why: "Whichever is deployed last counts, until the other one is. The rule compares \
            all manifests of one call. Manifests of one zone that name different \
            packages are no conflict.",
        fix: "Keep one of them, or write the same tags.",
        bad: include_str!("../../../fixtures/lint/DDT506/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT506/good.hjson"),
        given: Given::Another(include_str!("../../../fixtures/lint/DDT506/another.hjson")),
    },
    checks: &[Check::Across(check)],
};

/// What a manifest wants, and what an earlier one of the same zone wants instead.
struct Conflict<'a> {
    here: WantedRelease<'a>,
    there: WantedRelease<'a>,
}

/// One finding for each manifest that wants something else than an earlier one.
fn check(documents: &[ManifestDocument<'_>]) -> Vec<DocumentFinding> {
    let conflicts = conflicts(documents);
    conflicts
        .chunk_by(|one, other| one.here.document.is(other.here.document))
        .filter_map(finding)
        .collect()
}

fn conflicts<'a>(documents: &'a [ManifestDocument<'a>]) -> Vec<Conflict<'a>> {
    let mut first_of = BTreeMap::new();
    let mut conflicts = Vec::new();
    for here in wanted(documents) {
        let Some(mzone) = &here.document.manifest.mzone else {
            continue;
        };
        let package = (mzone, &here.component.name, &here.package.name);
        let there = *first_of.entry(package).or_insert(here);
        if there.tag != here.tag && !there.document.is(here.document) {
            conflicts.push(Conflict { here, there });
        }
    }
    conflicts
}

/// The finding of one manifest, which shows the first of its conflicts.
fn finding(conflicts: &[Conflict<'_>]) -> Option<DocumentFinding> {
    let Conflict { here, there } = conflicts.first()?;
    let document = here.document;
    let mzone = document.manifest.mzone.as_ref()?;
    let packages = conflicts.iter().map(|one| one.here.package.name.as_str());
    let packages: Vec<&str> = packages.collect();
    let finding = Finding::new(format!("another manifest wants other tags in `{mzone}`"))
        .at(Place::Value(KeyPath::from(["mzone"])), "the same zone")
        .at(here.place(), "this tag differs")
        .elsewhere(there.label("from this one".to_owned()))
        .note(format!("the tags differ for {}", packages.join(", ")))
        .help("keep one of the two, or write the same tags");
    Some(document.found(finding))
}
