//! DDT701 unpinned-digest: nothing pins the content of a bundle.

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT701",
    name: "unpinned-digest",
    severity: Severity::Info,
    fixable: Fixable::No,
    default: Activation::Off,
    summary: "a package has no `digest`",
    docs: RuleDocs {
        why: "A tag can be pushed again. Without a digest another content under the same tag is \
            deployed as if it were the same release.",
        fix: "Run `ddt lock`, which pins every package of the manifest in `ddt.lock` beside it; or add \
            the `digest` that `ddt bundle inspect` prints.",
        bad: include_str!("../../../fixtures/lint/DDT701/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT701/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    let packages = components.flat_map(|component| {
        component
            .packages
            .iter()
            .map(move |package| (component, package))
    });
    let unpinned = packages.filter(|(component, package)| {
        let is_locked = context.locked(component, package).is_some();
        package.value.get("digest").is_none() && !is_locked
    });
    unpinned
        .map(|(_, package)| {
            Finding::new(format!(
                "`{}` has no `digest`: its tag may be pushed again",
                package.name
            ))
            .at(Place::Key(package.path.clone()), "")
            .help("run `ddt lock`, or add the `digest` that `ddt bundle inspect` prints")
        })
        .collect()
}
