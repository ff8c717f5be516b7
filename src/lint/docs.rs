//! The pages of the rules: `ddt lint --explain CODE` and `docs/rules/` show the same text.

use std::fmt::Write;

use super::context::Surroundings;
use super::linter::{Linter, Origin, Subject};
use super::output::detailed;
use super::registry::RULES;
use super::rule::{Given, Rule};
use super::selection::Selection;
use crate::document::{Document, Severity, Source};
use crate::inventory::Inventory;

/// The page of a rule, as Markdown. What ddt says about the example is not written by hand.
pub fn page(rule: &Rule) -> String {
    format!(
        "# {code} {name}\n\n\
         {severity}: {summary}.\n\n{fixable}\
         ## Why it matters\n\n{why}\n\n\
         ## Example\n\n```hjson\n{bad}```\n\n\
         {command} says:\n\n```text\n{findings}```\n\n\
         ## What to do\n\n{fix}\n\n\
         ```hjson\n{good}```\n",
        code = rule.code,
        name = rule.name,
        severity = severity(rule.severity),
        summary = rule.summary,
        fixable = fixable(rule),
        why = rule.docs.why,
        bad = rule.docs.bad,
        command = command(rule.docs.given),
        findings = detailed(&example_findings(rule, rule.docs.bad)),
        fix = rule.docs.fix,
        good = rule.docs.good,
    )
}

/// The list of all rules, as Markdown.
pub fn index() -> String {
    let mut text = "# The rules of `ddt lint`\n\n\
        `ddt lint --explain CODE` shows these pages. A finding is suppressed by a comment on \
        a line of its own above the member: `# ddt: ignore[CODE] reason`.\n"
        .to_owned();
    for family in RULES.chunk_by(|left, right| left.family() == right.family()) {
        let title = family.first().map_or("", |rule| rule.family().title());
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n## {title}\n\n| code | name | severity | fix | finds |\n| --- | --- | --- | --- | --- |\n"
        );
        for rule in family {
            let (code, name) = (rule.code, rule.name);
            let (severity, fixable) = (severity(rule.severity), rule.fixable.word());
            let _ = writeln!(
                text,
                "| [{code}]({code}.md) | {name} | {severity} | {fixable} | {} |",
                rule.summary
            );
        }
    }
    text
}

/// What the linter says about an example of a rule.
pub(super) fn example_findings(rule: &Rule, example: &str) -> Vec<crate::document::Diagnostic> {
    let surroundings = example_surroundings(rule);
    let selection = Selection::default();
    let linter = Linter {
        surroundings: &surroundings,
        selection: &selection,
    };
    linter.lint(&Subject::recognise(
        "example.hjson",
        example.as_bytes(),
        Origin::Named,
    ))
}

/// What the examples of a rule need: the built-in definitions, and what the rule says.
pub(super) fn example_surroundings(rule: &Rule) -> Surroundings {
    let given = rule.docs.given;
    let inventory = match given {
        Given::Inventory(text) => Document::<Inventory>::read(Source::new("inventory.hjson", text)),
        _ => Err(Vec::new()),
    };
    let now = match given {
        Given::Time(text) => text.parse().ok(),
        _ => None,
    };
    Surroundings {
        inventories: inventory
            .into_iter()
            .map(|document| document.value)
            .collect(),
        deployment: given.deployment(),
        now,
        ..Surroundings::built_in()
    }
}

fn command(given: Given) -> String {
    match given {
        Given::Nothing => "`ddt lint`".to_owned(),
        Given::FreshNodes => "`ddt lint --fresh`".to_owned(),
        Given::Inventory(text) => {
            format!("With this inventory\n\n```hjson\n{text}```\n\n`ddt lint --inventory`")
        }
        Given::Time(time) => format!("`ddt lint --now {time}`"),
    }
}

/// How it can be fixed, as a paragraph.
fn fixable(rule: &Rule) -> String {
    let sentence = rule.fixable.sentence();
    sentence.map_or_else(String::new, |sentence| format!("{sentence}\n\n"))
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
