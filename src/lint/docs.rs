//! The pages of the rules: `ddt lint --explain CODE` and `docs/rules/` show the same text.

use std::fmt::Write;

use super::baseline::Baseline;
use super::context::{Earlier, Surroundings};
use super::linter::Linter;
use super::output::detailed;
use super::recorded::{Recorded, RecordedZone};
use super::registry::RULES;
use super::rule::{Check, Given, Rule};
use super::selection::{Layer, RuleSelector, Selection};
use super::subject::{Origin, Subject};
use crate::bundle::{LOCK_FILE_NAME, LockFile};
use crate::document::{Diagnostic, Document, Severity, Source};
use crate::hjson;
use crate::inventory::Inventory;
use crate::project::{self, Project};

/// What the example of a rule is called.
const EXAMPLE: &str = "example.hjson";

/// What stands above the index of the rules.
const INTRODUCTION: &str = "# The rules of `ddt lint`

`ddt lint --explain CODE` shows these pages. A finding is suppressed by a comment on a line of its own above the member:
`# ddt: ignore[CODE] reason`.

ddt's documents are HJSON, which is JSON for people: keys and texts need no quotes, every member has a line of its own
instead of a comma, and `#`, `//` and `/* */` begin comments.

```hjson
{
  # a comment
  mzone: mzone7204
  components: {}
}
```

The price is that a text without quotes runs to the end of its line, whatever stands there. What surprises people about
that has rules of its own, DDT101 to DDT110.
";

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
        severity = level(rule),
        summary = rule.summary,
        fixable = fixable(rule),
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
    let mut text = INTRODUCTION.to_owned();
    for family in RULES.chunk_by(|left, right| left.family() == right.family()) {
        let title = family.first().map_or("", |rule| rule.family().title());
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n## {title}\n\n| code | name | severity | fix | finds |\n| --- | --- | --- | --- | --- |\n"
        );
        for rule in family {
            let (code, name) = (rule.code, rule.name);
            let (severity, fixable) = (level(rule), rule.fixable.word());
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
pub(super) fn example_findings(rule: &Rule, example: &str) -> Vec<Diagnostic> {
    let surroundings = example_surroundings(rule);
    let selection = selection(rule);
    let linter = Linter {
        surroundings: &surroundings,
        selection: &selection,
    };
    let lint = |name: &str, text: &str| {
        linter.lint(&Subject::recognise(name, text.as_bytes(), Origin::Named))
    };
    match rule.docs.given {
        Given::Manifest(text) => against(example, lint(EXAMPLE, text)),
        Given::Another(text) => beside(text, example, &linter),
        _ => linter.lint(&example_subject(rule, example)),
    }
}

/// An example of a rule. Some documents are known by their names.
pub(super) fn example_subject(rule: &Rule, example: &str) -> Subject {
    let name = match rule.checks {
        [Check::CommandLine(_)] => project::FILE_NAME,
        [Check::Lock(_)] => LOCK_FILE_NAME,
        _ => EXAMPLE,
    };
    Subject::recognise(name, example.as_bytes(), Origin::Named)
}

/// What is found in an example that is linted together with another manifest.
fn beside(another: &str, example: &str, linter: &Linter<'_>) -> Vec<Diagnostic> {
    let named = [("another.hjson", another), (EXAMPLE, example)];
    let subjects =
        named.map(|(name, text)| Subject::recognise(name, text.as_bytes(), Origin::Named));
    linter.lint_all(&subjects)
}

/// A rule that is off by default is selected for its example, and only there.
fn selection(rule: &Rule) -> Selection {
    let selected = (!rule.is_on_by_default()).then_some(RuleSelector::One(rule.code));
    Selection {
        call: Layer {
            select: selected.into_iter().collect(),
            ..Layer::default()
        },
        ..Selection::default()
    }
}

/// What is left of findings, once the baseline that is the example has been heard.
fn against(baseline: &str, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    match Baseline::read(Source::new("lint-baseline.json", baseline)) {
        Ok(baseline) => {
            let selection = Selection::default();
            baseline.apply(found, &selection, |_| true)
        }
        Err(errors) => errors,
    }
}

/// What the examples of a rule need: the built-in definitions, and what the rule says.
pub(super) fn example_surroundings(rule: &Rule) -> Surroundings {
    let given = rule.docs.given;
    let inventory = match given {
        Given::Inventory(text) => Document::<Inventory>::read(Source::new("inventory.hjson", text)),
        _ => Err(Vec::new()),
    };
    let project = match given {
        Given::Project(text) => Document::<Project>::read(Source::new("ddt.hjson", text)),
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
    let lock = match given {
        Given::Lock(text) => LockFile::read(LOCK_FILE_NAME, text.as_bytes()).ok(),
        _ => None,
    };
    let command_line = match given {
        Given::CommandLine(command_line) => Some(command_line),
        _ => None,
    };
    Surroundings {
        recorded: Recorded::new(recorded),
        earlier,
        locks: lock.map(|lock| ("".into(), lock)).into_iter().collect(),
        inventories: inventory
            .into_iter()
            .map(|document| document.value)
            .collect(),
        project: project.map_or_else(|_| Project::default(), |document| document.value),
        deployment: given.deployment(),
        command_line,
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
        Given::Nothing | Given::CommandLine(_) => format!("`ddt lint{select}`"),
        Given::FreshNodes => format!("`ddt lint{select} --fresh`"),
        Given::Inventory(text) => {
            format!("With this inventory\n\n```hjson\n{text}```\n\n`ddt lint{select} --inventory`")
        }
        Given::Time(time) => format!("`ddt lint{select} --now {time}`"),
        Given::Project(text) => {
            format!("With this `ddt.hjson`\n\n```hjson\n{text}```\n\n`ddt lint{select}`")
        }
        Given::Manifest(text) => format!(
            "This is the baseline of\n\n```hjson\n{text}```\n\nand `ddt lint{select} --baseline`"
        ),
        Given::Another(text) => {
            format!("With this `another.hjson`\n\n```hjson\n{text}```\n\n`ddt lint{select}`")
        }
        Given::State(text) => format!(
            "With this `status.json`, from `ddt status --json --releases`\n\n\
             ```json\n{text}```\n\n`ddt lint{select} --state status.json`"
        ),
        Given::Lock(text) => {
            format!("With this `ddt.lock` beside it\n\n```hjson\n{text}```\n\n`ddt lint{select}`")
        }
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
