//! DDT605 upgrade-gap: an upgrade skips releases.

use crate::document::Severity;
use crate::lint::compared::{Compared, Whence};
use crate::lint::context::ManifestContext;
use crate::lint::finding::Finding;
use crate::lint::recorded::Recorded;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::plan::Comparison;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT605",
    name: "upgrade-gap",
    severity: Severity::Info,
    default: Activation::Off,
    fixable: Fixable::No,
    summary: "an upgrade skips releases",
    docs: RuleDocs {
        why: "A release may count on the one before it, for example to convert data. The \
            releases between the two are those that were ever seen in one of the zones \
            that `--state` names.",
        fix: "Read what the skipped releases ask for, or deploy them one after the other.",
        bad: include_str!("../../../fixtures/lint/DDT605/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT605/good.hjson"),
        given: Given::State(include_str!("../../../fixtures/lint/DDT605/state.json")),
    },
    checks: &[Check::Manifest(check)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let comparisons = context.comparisons.iter();
    let upgrades = comparisons.filter(|compared| {
        let is_on_nodes = matches!(compared.whence, Whence::Nodes(_));
        is_on_nodes && compared.comparison == Comparison::Newer
    });
    upgrades
        .filter_map(|compared| finding(compared, &context.surroundings.recorded))
        .collect()
}

fn finding(compared: &Compared<'_>, recorded: &Recorded) -> Option<Finding> {
    let ends = (compared.before.version(), compared.wanted.version());
    let (component, package) = (&compared.component.name, &compared.package.name);
    let between = recorded.versions_between(component, package, ends);
    let skipped: Vec<String> = between.map(ToString::to_string).collect();
    let message = match skipped.len() {
        0 => return None,
        1 => "skips 1 release".to_owned(),
        count => format!("skips {count} releases"),
    };
    let finding = compared.finding(&message, "");
    Some(
        finding
            .note(format!("between the two: {}", skipped.join(", ")))
            .help("read what the skipped releases ask for"),
    )
}
