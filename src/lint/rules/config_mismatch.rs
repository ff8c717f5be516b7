//! DDT406 config-mismatch: two packages of one bundle have different tags.

use std::collections::BTreeMap;

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::manifest_view::{ComponentView, PackageView};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::tag::ReleaseTag;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT406",
    name: "config-mismatch",
    severity: Severity::Error,
    default: Activation::On,
    summary: "two packages of one bundle have different tags",
    docs: RuleDocs {
        why: "The configuration release is deployed twice, before and after the software. \
            Two releases of it would configure one node in two ways.",
        fix: "Write the same tag in both.",
        bad: include_str!("../../../fixtures/lint/DDT406/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT406/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let components = context.manifest.components.iter();
    components.flat_map(mismatches).collect()
}

fn mismatches(component: &ComponentView<'_>) -> Vec<Finding> {
    let mut first_of = BTreeMap::new();
    let mut findings = Vec::new();
    for (package, tag) in component.tagged() {
        let Some(definition) = package.definition else {
            continue;
        };
        let tagged = (package, tag);
        let first = *first_of.entry(definition.bundle()).or_insert(tagged);
        if first.1 != tag {
            findings.push(finding(definition.bundle().as_str(), first, tagged));
        }
    }
    findings
}

type Tagged<'a, 'b> = (&'b PackageView<'a>, &'b ReleaseTag);

fn finding(bundle: &str, first: Tagged<'_, '_>, second: Tagged<'_, '_>) -> Finding {
    let (first, wanted) = first;
    let message = format!(
        "`{}` and `{}` must have the same tag",
        first.name, second.0.name
    );
    Finding::new(message)
        .at(Place::Value(second.0.key("tag")), "this tag differs")
        .at(Place::Value(first.key("tag")), "from this one")
        .note(format!("both deploy the bundle `{bundle}`"))
        .help(format!(
            "write `tag: {wanted}`, or `tag: {}`, in both",
            second.1
        ))
}
