//! A project's defaults of flags, held against the command line.

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};
use serde_json::Value;

use super::finding::{Finding, Place};
use crate::document::closest;
use crate::hjson::KeyPath;
use crate::project::{Project, typed_words};

/// Makes the command line: its verbs, their flags, and what these take. Only the verbs know it.
pub type CommandLine = fn() -> Command;

/// What must be typed each time: it lets something happen that is otherwise refused.
const NEVER: [&str; 5] = ["allow-downgrade", "assume", "force", "reinstall", "yes"];

/// A flag of a verb.
struct Flag<'a> {
    /// The verb, as the project writes it: `bundle prune`.
    verb_name: &'a str,
    verb: &'a Command,
    name: &'a str,
    /// Where its default stands.
    path: KeyPath,
}

/// Everything that is wrong with the defaults.
pub(super) fn findings(project: &Project, command_line: CommandLine) -> Vec<Finding> {
    // It is made for those only who have defaults: every verb comes by here.
    if project.defaults.is_empty() {
        return Vec::new();
    }
    let command = command_line();
    let mut findings = Vec::new();
    for (verb_name, flags) in &project.defaults {
        let path = KeyPath::from(["defaults", verb_name]);
        let Some(verb) = find_verb(&command, verb_name) else {
            findings.push(unknown_verb(&command, verb_name, path));
            continue;
        };
        findings.extend(flags.iter().filter_map(|(name, value)| {
            let path = path.clone().key(name);
            let flag = Flag {
                verb_name,
                verb,
                name,
                path,
            };
            flag.fault(value)
        }));
    }
    findings
}

fn find_verb<'command>(command: &'command Command, names: &str) -> Option<&'command Command> {
    names
        .split(' ')
        .try_fold(command, |command, name| command.find_subcommand(name))
}

fn unknown_verb(command: &Command, name: &str, path: KeyPath) -> Finding {
    let names = command.get_subcommands().map(Command::get_name);
    let finding = Finding::new(format!("ddt has no verb `{name}`")).at(Place::Key(path), "");
    meant(finding, closest(name, names), "`ddt help` lists the verbs")
}

/// Says which word was meant, or where it can be found.
fn meant(finding: Finding, closest: Option<&str>, otherwise: &str) -> Finding {
    let help = match closest {
        Some(word) => format!("did you mean `{word}`?"),
        None => otherwise.to_owned(),
    };
    finding.meant(closest).help(help)
}

impl Flag<'_> {
    /// What is wrong with its default.
    fn fault(self, value: &Value) -> Option<Finding> {
        let mut arguments = self.verb.get_arguments();
        let Some(argument) = arguments.find(|argument| argument.get_long() == Some(self.name))
        else {
            return Some(self.unknown());
        };
        if NEVER.contains(&self.name) {
            return Some(self.never());
        }
        let why = match typed_words(value) {
            None => "it is not a text, a number, `true` or `false`, or a list of these".to_owned(),
            Some(words) => self.refused(argument, &words)?,
        };
        Some(self.unfit(&why))
    }

    fn unknown(self) -> Finding {
        let flags = self.verb.get_arguments().filter_map(Arg::get_long);
        let Self {
            verb_name, name, ..
        } = self;
        let message = format!("`{verb_name}` has no flag `--{name}` that could have a default");
        let otherwise = format!("`ddt {verb_name} --help` lists its flags");
        let finding = Finding::new(message).at(Place::Key(self.path), "");
        meant(finding, closest(name, flags), &otherwise)
    }

    fn never(self) -> Finding {
        Finding::new(format!("`--{}` cannot have a default", self.name))
            .at(Place::Key(self.path), "")
            .help("it must be meant each time: type it")
    }

    fn unfit(self, why: &str) -> Finding {
        let message = format!("this cannot be the default of `--{}`: {why}", self.name);
        Finding::new(message)
            .at(Place::Value(self.path), "")
            .help(format!(
                "`ddt {} --help` says what it takes",
                self.verb_name
            ))
    }

    /// Why the command line would not take these words.
    fn refused(&self, argument: &Arg, words: &[String]) -> Option<String> {
        if matches!(argument.get_action(), ArgAction::SetTrue) {
            let is_one = matches!(words, [word] if word == "true" || word == "false");
            return (!is_one).then(|| "it is a switch; it takes `true` or `false`".to_owned());
        }
        let typed = words.iter().map(|word| format!("--{}={word}", self.name));
        let typed = std::iter::once(self.verb_name.to_owned()).chain(typed);
        let error = self.verb.clone().try_get_matches_from(typed).err()?;
        let is_about_value = matches!(
            error.kind(),
            ErrorKind::InvalidValue | ErrorKind::ValueValidation
        );
        is_about_value.then(|| first_line(&error))
    }
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}
