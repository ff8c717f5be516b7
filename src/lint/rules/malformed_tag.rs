//! DDT301 malformed-tag: a tag is not MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha.

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::ComponentView;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::tag::TagErrorKind;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT301",
    name: "malformed-tag",
    severity: Severity::Error,
    default: Activation::On,
    fixable: Fixable::No,
    summary: "a tag is not MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha",
    docs: RuleDocs {
        why: "A tag says which release to deploy, when it was built and from what. ddt \
            compares these parts; other texts cannot be compared.",
        fix: "Copy the tag from where the bundle was built. A component whose definition says \
            `plain_tags: yes` also takes a plain MAJOR.MINOR.PATCH, such as the 0.1.0 that `ddt bundle new` \
            begins with.",
        bad: include_str!("../../../fixtures/lint/DDT301/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT301/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Reading, Check::Manifest(check)],
};

/// A plain MAJOR.MINOR.PATCH, where the component does not take it.
fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    components
        .filter(|component| is_strict(component))
        .flat_map(plain_tags)
        .collect()
}

fn is_strict(component: &ComponentView<'_>) -> bool {
    let definition = component.definition;
    definition.is_some_and(|definition| !definition.plain_tags.is_yes())
}

fn plain_tags(component: &ComponentView<'_>) -> impl Iterator<Item = Finding> {
    let plain = component.tagged().filter(|(_, tag)| tag.sha().is_none());
    let help = format!(
        "write MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha; `{}` takes plain tags only if its definition says \
         `plain_tags: yes`",
        component.name
    );
    plain.map(move |(package, _)| {
        Finding::new(format!("`tag`: {}", TagErrorKind::Malformed("PATCH")))
            .at(Place::Value(package.key("tag")), "")
            .help(help.clone())
    })
}
