//! DDT309 stale-tag: the release of a tag was built long ago.

use jiff::{SignedDuration, Timestamp};

use crate::document::Severity;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::tag::ReleaseTag;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT309",
    name: "stale-tag",
    severity: Severity::Info,
    default: Activation::Off,
    fixable: Fixable::No,
    summary: "the release of a tag was built long ago",
    docs: RuleDocs {
        why: "A release that is older than a year has missed a year of corrections. It may \
            be meant so, which is why nobody hears of it unasked.",
        fix: "Look for a newer release, or leave the rule off.",
        bad: include_str!("../../../fixtures/lint/DDT309/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT309/good.hjson"),
        given: Given::Time("2024-01-01T00:00:00Z"),
    },
    checks: &[Check::Manifest(check)],
};

/// The age from which a release is stale, in days.
const STALE: i64 = 365;

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let Some(now) = context.surroundings.now else {
        return Vec::new();
    };
    let components = context.manifest.components.iter();
    let tagged = components.flat_map(|component| component.tagged());
    tagged
        .filter_map(|(package, tag)| Some((package, age(tag, now)?)))
        .filter(|(_, days)| *days > STALE)
        .map(|(package, days)| {
            Finding::new(format!("`{}` was built {days} days ago", package.name))
                .at(Place::Value(package.key("tag")), "")
                .help("look for a newer release")
        })
        .collect()
}

/// How many whole days ago a release was built.
fn age(tag: &ReleaseTag, now: Timestamp) -> Option<i64> {
    const DAY: i64 = SignedDuration::from_hours(24).as_secs();
    let age = now.duration_since(tag.built_at()?);
    Some(age.as_secs() / DAY)
}
