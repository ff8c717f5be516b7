//! DDT303 future-timestamp: the build time of a tag is in the future.

use jiff::{SignedDuration, Timestamp};

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::tag::ReleaseTag;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT303",
    name: "future-timestamp",
    severity: Severity::Warning,
    default: Activation::On,
    summary: "the build time of a tag is in the future",
    docs: RuleDocs {
        why: "A release that was built tomorrow is a slip of the hand, or the clock of the \
            machine that built it is wrong. Every correct build of the same version \
            would count as older.",
        fix: "Check the tag, and the clock of the build machine. A difference of five \
            minutes is accepted.",
        bad: include_str!("../../../fixtures/lint/DDT303/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT303/good.hjson"),
        given: Given::Time("2026-01-01T00:00:00Z"),
    },
    checks: &[Check::Manifest(check)],
};

/// How far the clocks of two machines may differ.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let Some(now) = context.surroundings.now else {
        return Vec::new();
    };
    let components = context.manifest.components.iter();
    let tagged = components.flat_map(|component| component.tagged());
    tagged
        .filter_map(|(package, tag)| Some((package, future(tag, now)?)))
        .map(|(package, built)| {
            Finding::new(format!("`tag`: it was built in the future, at {built}"))
                .at(Place::Value(package.key("tag")), "")
                .help("correct the build time, or the clock of the build machine")
        })
        .collect()
}

fn future(tag: &ReleaseTag, now: Timestamp) -> Option<Timestamp> {
    let built = tag.built_at()?;
    (built.duration_since(now) > SKEW).then_some(built)
}
