//! DDT702 lock-mismatch: the manifest and `ddt.lock` beside it do not say the same.

use crate::bundle::LockedRelease;
use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::{ComponentView, PackageView};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// What to do about every finding.
const HELP: &str = "review the change, then run `ddt lock` on the manifest";

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT702",
    name: "lock-mismatch",
    severity: Severity::Error,
    fixable: Fixable::No,
    default: Activation::On,
    summary: "a package is not what `ddt.lock` says",
    docs: RuleDocs {
        why: "`ddt.lock` beside a manifest says which content every release had when somebody looked. \
            A package that it does not know, or knows at another tag, in another repo, or with \
            another digest, was changed without that look.",
        fix: "Review the change. Then run `ddt lock` on the manifest, and commit both files together.",
        bad: include_str!("../../../fixtures/lint/DDT702/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT702/good.hjson"),
        given: Given::Lock(include_str!("../../../fixtures/lint/DDT702/ddt.lock")),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let (Some(lock), Some(mzone)) = (context.lock, &context.manifest.mzone) else {
        return Vec::new();
    };
    if !lock.zones.contains_key(mzone) {
        let place = Place::Value(KeyPath::from(["mzone"]));
        return vec![finding(format!("`{mzone}` is not in ddt.lock"), place)];
    }
    let components = context.manifest.components.iter();
    let packages = components.flat_map(|component| {
        component
            .packages
            .iter()
            .map(move |package| (component, package))
    });
    packages
        .filter_map(|(component, package)| mismatch(context, component, package))
        .collect()
}

fn mismatch(
    context: &ManifestContext<'_>,
    component: &ComponentView<'_>,
    package: &PackageView<'_>,
) -> Option<Finding> {
    let Some(locked) = context.locked(component, package) else {
        let message = format!("`{}` is not in ddt.lock", package.name);
        return Some(finding(message, Place::Key(package.path.clone())));
    };
    let (key, is, was) = difference(package, locked)?;
    let message = format!(
        "the {key} of `{}` is {is}, in ddt.lock it is {was}",
        package.name
    );
    let place = Place::Value(package.path.clone().key(key));
    Some(finding(message, place))
}

/// The first key that says something else, with what it says and what is locked. A value
/// that cannot be read is for other rules.
fn difference(
    package: &PackageView<'_>,
    locked: &LockedRelease,
) -> Option<(&'static str, String, String)> {
    let digest = package
        .value
        .get("digest")
        .map(|value| value.text().into_owned());
    let bundle = package
        .definition
        .map(|definition| definition.bundle().to_string());
    let tag = package.tag.as_ref().map(ToString::to_string);
    let repo = package.repo.as_ref().map(ToString::to_string);
    let said = [
        ("tag", tag, locked.tag.to_string()),
        ("artifrepo", repo, locked.repo.to_string()),
        ("bundle", bundle, locked.bundle.to_string()),
        ("digest", digest, locked.digest.to_string()),
    ];
    let mut different = said
        .into_iter()
        .filter_map(|(key, is, was)| is.filter(|is| *is != was).map(|is| (key, is, was)));
    different.next()
}

fn finding(message: String, place: Place) -> Finding {
    Finding::new(message).at(place, "").help(HELP)
}
