//! DDT902 unknown-rule: a suppression or the project names a rule that does not exist.

use crate::document::Severity;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::lint::selection::{NamedRule, unknown_rules};
use crate::project::Project;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT902",
    name: "unknown-rule",
    severity: Severity::Warning,
    default: Activation::On,
    fixable: Fixable::Guessed,
    summary: "a suppression or the project names a rule that does not exist",
    docs: RuleDocs {
        why: "It suppresses nothing. In `ddt.hjson` it is an error: what was meant to be \
            changed is not.",
        fix: "Correct the code.",
        bad: include_str!("../../../fixtures/lint/DDT902/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT902/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Suppressions, Check::Project(check)],
};

fn check(project: &Project) -> Vec<Finding> {
    let unknown = unknown_rules(&project.lint).into_iter();
    let found = unknown.map(|(named, error)| {
        let place = match named {
            NamedRule::Key(path) => Place::Key(path),
            NamedRule::Item(path) => Place::Value(path),
        };
        Finding::new(error.to_string())
            .severity(Severity::Error)
            .at(place, "")
            .help("correct the name; `ddt explain` lists the rules")
    });
    found.collect()
}
