//! DDT306 sha-version-conflict: one commit has two versions.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::document::Severity;
use crate::lint::across::{DocumentFinding, ManifestDocument, WantedRelease, wanted};
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::ComponentView;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT306",
    name: "sha-version-conflict",
    severity: Severity::Warning,
    default: Activation::On,
    fixable: Fixable::No,
    summary: "one commit has two versions",
    docs: RuleDocs {
        why: "A commit is one state of the sources. If two packages name it with different \
            versions, one of the tags was probably edited by hand. So it is where two \
            manifests of one call name a commit of one bundle.",
        fix: "Verify both tags against the builds.",
        bad: include_str!("../../../fixtures/lint/DDT306/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT306/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Manifest(check), Check::Across(check_across)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    components.flat_map(conflicts).collect()
}

/// Packages of one bundle are left out: they must have one tag anyway.
fn conflicts(component: &ComponentView<'_>) -> Vec<Finding> {
    let mut first_of = BTreeMap::new();
    let mut findings = Vec::new();
    for (package, tag) in component.tagged() {
        let Some(sha) = tag.sha() else { continue };
        let (first, other) = *first_of.entry(sha).or_insert((package, tag));
        if other.version() != tag.version() && first.bundle() != package.bundle() {
            let message = format!("commit {sha} is {} and {}", other.version(), tag.version());
            findings.push(
                Finding::new(message)
                    .at(
                        Place::Value(package.key("tag")),
                        format!("{} here", tag.version()),
                    )
                    .at(
                        Place::Value(first.key("tag")),
                        format!("{} here", other.version()),
                    )
                    .help("verify both tags against the builds"),
            );
        }
    }
    findings
}

/// The first manifest that wants a commit of a bundle, and every version it was seen with.
struct First<'a> {
    release: WantedRelease<'a>,
    versions: BTreeSet<&'a semver::Version>,
}

/// One finding for each further version of a commit, where it is seen first. Bundles are
/// kept apart: among all the tags of a fleet two short commits may be alike by chance.
fn check_across(documents: &[ManifestDocument<'_>]) -> Vec<DocumentFinding> {
    let mut first_of = BTreeMap::new();
    let mut findings = Vec::new();
    for release in wanted(documents) {
        let Some(sha) = release.tag.sha() else {
            continue;
        };
        let version = release.tag.version();
        match first_of.entry((&release.component.name, release.package.bundle(), sha)) {
            Entry::Vacant(entry) => {
                let versions = BTreeSet::from([version]);
                entry.insert(First { release, versions });
            }
            Entry::Occupied(mut entry) => {
                let first = entry.get_mut();
                let is_elsewhere = !first.release.document.is(release.document);
                if is_elsewhere && first.versions.insert(version) {
                    findings.push(finding_across(sha, first.release, release));
                }
            }
        }
    }
    findings
}

fn finding_across(
    sha: &str,
    first: WantedRelease<'_>,
    release: WantedRelease<'_>,
) -> DocumentFinding {
    let [here, there] = [release, first].map(|one| one.tag.version());
    let finding = Finding::new(format!("commit {sha} is {there} and {here}"))
        .at(release.place(), format!("{here} here"))
        .elsewhere(first.label(format!("{there} here")))
        .help("verify both tags against the builds");
    release.document.found(finding)
}
