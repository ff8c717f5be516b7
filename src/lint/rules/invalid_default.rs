//! DDT209 invalid-default: the project gives a flag a default that it cannot have.

use clap::{Arg, ArgAction, Command, value_parser};

use crate::document::{Diagnostic, Document, Severity};
use crate::lint::defaults::{CommandLine, findings};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::project::Project;
use crate::share::Share;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT209",
    name: "invalid-default",
    severity: Severity::Error,
    default: Activation::On,
    fixable: Fixable::Guessed,
    summary: "`ddt.hjson` gives a flag a default that it cannot have",
    docs: RuleDocs {
        why: "`defaults` names verbs, their flags, and values that could be typed there. Whatever else \
            stands there is refused by every verb that needs the project, also where this rule is \
            suppressed. `--yes`, `--force`, `--assume`, `--reinstall` and `--allow-downgrade` let something \
            happen that is otherwise refused: they must be meant each time.",
        fix: "Correct the name or the value; `ddt VERB --help` lists the flags, and what they take.",
        bad: include_str!("../../../fixtures/lint/DDT209/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT209/good.hjson"),
        given: Given::CommandLine(example),
    },
    checks: &[Check::CommandLine(findings)],
};

/// Whether the command line takes all defaults of a project.
pub fn takes_defaults(project: &Project, command_line: CommandLine) -> bool {
    findings(project, command_line).is_empty()
}

/// Everything that is wrong with the defaults of a project, whatever suppresses it.
pub fn wrong_defaults(project: &Document<Project>, command_line: CommandLine) -> Vec<Diagnostic> {
    let found = findings(&project.value, command_line).into_iter();
    found
        .map(|finding| finding.locate(&RULE, &project.source, &project.tree))
        .collect()
}

/// The part of the command line that the examples are about. A test of the verb holds them against all of it.
fn example() -> Command {
    let max_failures = Arg::new("max-failures")
        .long("max-failures")
        .value_name("N|P%")
        .value_parser(value_parser!(Share));
    let switch = |name| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let deploy =
        Command::default()
            .name("deploy")
            .args([max_failures, switch("dry-run"), switch("yes")]);
    Command::default().name("ddt").subcommand(deploy)
}
