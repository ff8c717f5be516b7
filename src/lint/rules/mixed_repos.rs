//! DDT502 mixed-repos: one package comes from another repo than the others.

use std::collections::BTreeMap;

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::{ComponentView, PackageView};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::reference::Repo;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT502",
    name: "mixed-repos",
    severity: Severity::Warning,
    default: Activation::On,
    summary: "one package comes from another repo than the others",
    docs: RuleDocs {
        why: "The packages of a component are built together and usually stand in one \
            repo. Another host is often a slip, or a copy that nobody keeps up to date.",
        fix: "Use one repo, or say with a suppression why this package is different.",
        bad: include_str!("../../../fixtures/lint/DDT502/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT502/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    components.flat_map(odd_ones).collect()
}

fn odd_ones(component: &ComponentView<'_>) -> Vec<Finding> {
    let packages = component.packages.iter();
    let placed: Vec<(&PackageView<'_>, String)> = packages
        .filter_map(|package| Some((package, home(package.repo.as_ref()?))))
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, home) in &placed {
        *counts.entry(home).or_default() += 1;
    }
    let usual = placed
        .iter()
        .rev()
        .max_by_key(|(_, home)| counts[home.as_str()]);
    let Some((_, usual)) = usual else {
        return Vec::new();
    };
    let odd = placed.iter().filter(|(_, home)| home != usual);
    odd.map(|(package, home)| {
        let message = format!("`{}` comes from {home}, others from {usual}", package.name);
        Finding::new(message)
            .at(Place::Value(package.key("artifrepo")), "")
            .help("use one repo, or suppress this with a reason")
    })
    .collect()
}

/// What a repo has in common with its like: the host, or that it is a directory.
fn home(repo: &Repo) -> String {
    match repo {
        Repo::Registry { host, .. } => format!("`{}`", host.as_str()),
        Repo::Directory(_) => "a directory".to_owned(),
    }
}
