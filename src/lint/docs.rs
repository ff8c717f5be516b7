//! The pages of the rules: `ddt lint --explain CODE` and `docs/rules/` show the same text.

use std::fmt::Write;

use super::context::{Earlier, Surroundings};
use super::linter::{Linter, Origin, Subject};
use super::output::detailed;
use super::recorded::{Recorded, RecordedZone};
use super::registry::RULES;
use super::rule::{Given, Rule};
use super::selection::{RuleSelector, Selection};
use crate::document::{Document, Severity, Source};
use crate::hjson;
use crate::inventory::Inventory;

/// What the example of a rule is called.
const EXAMPLE: &str = "example.hjson";

/// The page of a rule, as Markdown. What ddt says about the example is not written by hand.
pub fn page(rule: &Rule) -> String {
    format!(
        "# {code} {name}\n\n\
         {severity}: {summary}.\n\n\
         ## Why it matters\n\n{why}\n\n\
         ## Example\n\n```hjson\n{bad}```\n\n\
         {command} says:\n\n```text\n{findings}```\n\n\
         ## What to do\n\n{fix}\n\n\
         ```hjson\n{good}```\n",
        code = rule.code,
        name = rule.name,
        severity = level(rule),
        summary = rule.summary,
        why = rule.docs.why,
        bad = rule.docs.bad,
        command = command(rule),
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
            "\n## {title}\n\n| code | name | severity | finds |\n| --- | --- | --- | --- |\n"
        );
        for rule in family {
            let (code, name) = (rule.code, rule.name);
            let severity = level(rule);
            let _ = writeln!(
                text,
                "| [{code}]({code}.md) | {name} | {severity} | {} |",
                rule.summary
            );
        }
    }
    text
}

/// What the linter says about an example of a rule.
pub(super) fn example_findings(rule: &Rule, example: &str) -> Vec<crate::document::Diagnostic> {
    let surroundings = surroundings(rule.docs.given);
    let selection = selection(rule);
    let linter = Linter {
        surroundings: &surroundings,
        selection: &selection,
    };
    let subject = |name, text: &str| Subject::recognise(name, text.as_bytes(), Origin::Named);
    let another = match rule.docs.given {
        Given::Another(text) => Some(subject("another.hjson", text)),
        _ => None,
    };
    let mut subjects: Vec<Subject> = another.into_iter().collect();
    subjects.push(subject(EXAMPLE, example));
    linter.lint_all(&subjects)
}

/// A rule that is off by default is selected for its example, and only there.
fn selection(rule: &Rule) -> Selection {
    let selected = (!rule.is_on_by_default()).then_some(RuleSelector::One(rule.code));
    Selection {
        select: selected.into_iter().collect(),
        ..Selection::default()
    }
}

/// What an example needs: the built-in definitions, and what the rule says.
fn surroundings(given: Given) -> Surroundings {
    let inventory = match given {
        Given::Inventory(text) => Document::<Inventory>::read(Source::new("inventory.hjson", text)),
        _ => Err(Vec::new()),
    };
    let now = match given {
        Given::Time(text) => text.parse().ok(),
        _ => None,
    };
    let recorded = match given {
        Given::State(text) => RecordedZone::read(text).unwrap_or_default(),
        _ => Vec::new(),
    };
    let earlier = match given {
        Given::Earlier(text) => Some(Earlier {
            revision: "main".to_owned(),
            documents: [(EXAMPLE.into(), hjson::parse(text).tree)].into(),
        }),
        _ => None,
    };
    Surroundings {
        recorded: Recorded::new(recorded),
        earlier,
        inventories: inventory
            .into_iter()
            .map(|document| document.value)
            .collect(),
        deployment: given.deployment(),
        now,
        ..Surroundings::built_in()
    }
}

/// What is typed to see the finding of a rule's example.
fn command(rule: &Rule) -> String {
    let select = match rule.is_on_by_default() {
        true => String::new(),
        false => format!(" --select {}", rule.code),
    };
    match rule.docs.given {
        Given::Nothing => format!("`ddt lint{select}`"),
        Given::FreshNodes => format!("`ddt lint{select} --fresh`"),
        Given::Inventory(text) => {
            format!("With this inventory\n\n```hjson\n{text}```\n\n`ddt lint{select} --inventory`")
        }
        Given::Time(time) => format!("`ddt lint{select} --now {time}`"),
        Given::Another(text) => {
            format!("With this `another.hjson`\n\n```hjson\n{text}```\n\n`ddt lint{select}`")
        }
        Given::State(text) => format!(
            "With this `status.json`, from `ddt status --json --releases`\n\n\
             ```json\n{text}```\n\n`ddt lint{select} --state status.json`"
        ),
        Given::Earlier(text) => format!(
            "With this on the branch `main`\n\n```hjson\n{text}```\n\n\
             `ddt lint{select} --against main`"
        ),
    }
}

/// How bad a finding is, and whether it counts unasked.
fn level(rule: &Rule) -> String {
    let severity = severity(rule.severity);
    match rule.is_on_by_default() {
        true => severity.to_owned(),
        false => format!("{severity}, off by default"),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
