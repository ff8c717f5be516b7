//! DDT307 version-sha-conflict: one version of a bundle has two commits in two manifests.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::document::Severity;
use crate::lint::across::{DocumentFinding, ManifestDocument, WantedRelease, wanted};
use crate::lint::finding::Finding;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT307",
    name: "version-sha-conflict",
    severity: Severity::Error,
    default: Activation::On,
    fixable: Fixable::No,
    summary: "one version of a bundle has two commits in two manifests",
    docs: RuleDocs {
        why: "A version means one state of the sources. If two zones want it from \
            different commits, they get different software under one name. The rule \
            compares all manifests of one call.",
        fix: "Verify both tags against the builds, and raise PATCH where the sources \
            changed.",
        bad: include_str!("../../../fixtures/lint/DDT307/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT307/good.hjson"),
        given: Given::Another(include_str!("../../../fixtures/lint/DDT307/another.hjson")),
    },
    checks: &[Check::Across(check)],
};

/// The first manifest that wants a version of a bundle, and every commit it was seen with.
struct First<'a> {
    release: WantedRelease<'a>,
    commits: BTreeSet<&'a str>,
}

/// One finding for each further commit of a version, where it is seen first.
fn check(documents: &[ManifestDocument<'_>]) -> Vec<DocumentFinding> {
    let mut first_of = BTreeMap::new();
    let mut findings = Vec::new();
    for release in wanted(documents) {
        let Some(sha) = release.tag.sha() else {
            continue;
        };
        let bundle = (&release.component.name, release.package.bundle());
        match first_of.entry((bundle, release.tag.version())) {
            Entry::Vacant(entry) => {
                let commits = BTreeSet::from([sha]);
                entry.insert(First { release, commits });
            }
            Entry::Occupied(mut entry) => {
                let first = entry.get_mut();
                let is_elsewhere = !first.release.document.is(release.document);
                if is_elsewhere && first.commits.insert(sha) {
                    findings.push(finding(first.release, release));
                }
            }
        }
    }
    findings
}

fn finding(first: WantedRelease<'_>, release: WantedRelease<'_>) -> DocumentFinding {
    let [here, there] = [release, first].map(|one| one.tag.sha().unwrap_or_default());
    let (bundle, version) = (release.package.bundle(), release.tag.version());
    let message = format!("`{bundle}` {version} is of commit {here} and of commit {there}");
    let finding = Finding::new(message)
        .at(release.place(), format!("{here} here"))
        .elsewhere(first.label(format!("{there} here")))
        .help("verify both tags against the builds; a version has one commit");
    release.document.found(finding)
}
