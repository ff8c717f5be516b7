//! The project's defaults of flags, put beneath what is typed and what variables say.

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};
use serde_json::Value;

use super::context;
use crate::document::{Diagnostic, Document, closest};
use crate::hjson::KeyPath;
use crate::project::Project;

/// What must be typed each time: it lets something happen that is otherwise refused.
const NEVER: [&str; 5] = ["allow-downgrade", "assume", "force", "reinstall", "yes"];

/// The command line with the defaults of the project around the working directory. A project
/// that cannot be read, or of which [`check`] finds something, has none: the verbs that need
/// it say why.
pub(super) fn applied(command: Command) -> Command {
    let project = context::working_directory().and_then(|from| context::find_project(&from));
    match project {
        Ok((project, _)) => with_defaults(command, &project),
        Err(_) => command,
    }
}

fn with_defaults(command: Command, project: &Project) -> Command {
    let verbs = project.defaults.iter();
    verbs.fold(command, |command, (verb, flags)| {
        in_verb(command, verb, &|verb| flags.iter().fold(verb, with_default))
    })
}

/// Changes the verb of one or more names.
fn in_verb(command: Command, names: &str, change: &dyn Fn(Command) -> Command) -> Command {
    let (name, inner) = names.split_once(' ').unwrap_or((names, ""));
    command.mut_subcommand(name, |verb| match inner {
        "" => change(verb),
        inner => in_verb(verb, inner, change),
    })
}

fn with_default(verb: Command, (flag, value): (&String, &Value)) -> Command {
    match (find_flag(&verb, flag), words(value)) {
        (Some(argument), Some(words)) => {
            let id = argument.get_id().clone();
            verb.mut_arg(id, |argument| argument.default_values(words))
        }
        _ => verb,
    }
}

fn find_flag<'verb>(verb: &'verb Command, flag: &str) -> Option<&'verb Arg> {
    verb.get_arguments()
        .find(|argument| argument.get_long() == Some(flag))
}

/// A default as it would be typed; `None` if it is nothing that can be.
fn words(value: &Value) -> Option<Vec<String>> {
    let word = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    };
    match value {
        Value::Array(values) => values.iter().map(word).collect(),
        value => Some(vec![word(value)?]),
    }
}

/// Everything that is wrong with the defaults of a project.
pub(super) fn check(project: &Document<Project>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    // The command line is made for those only who have defaults: every verb comes by here.
    if project.value.defaults.is_empty() {
        return diagnostics;
    }
    let command = super::command();
    for (name, flags) in &project.value.defaults {
        let path = KeyPath::root().key("defaults").key(name);
        let Some(verb) = find_verb(&command, name) else {
            diagnostics.push(unknown_verb(&command, name).diagnostic(project, path));
            continue;
        };
        diagnostics.extend(flags.iter().filter_map(|(flag, value)| {
            Some(fault(verb, flag, value)?.diagnostic(project, path.clone().key(flag)))
        }));
    }
    diagnostics
}

fn find_verb<'command>(command: &'command Command, names: &str) -> Option<&'command Command> {
    names
        .split(' ')
        .try_fold(command, |command, name| command.find_subcommand(name))
}

/// What is wrong with one default.
struct Fault {
    part: Part,
    message: String,
    help: String,
}

enum Part {
    Key,
    Value,
}

impl Fault {
    fn diagnostic(self, project: &Document<Project>, path: KeyPath) -> Diagnostic {
        let span = match self.part {
            Part::Key => project.key_span(&path),
            Part::Value => project.span(&path),
        };
        Diagnostic::error(self.message)
            .at(&project.source, span, "")
            .about(path)
            .help(self.help)
    }
}

fn unknown_verb(command: &Command, name: &str) -> Fault {
    let names = command.get_subcommands().map(Command::get_name);
    Fault {
        part: Part::Key,
        message: format!("ddt has no verb `{name}`"),
        help: meant(closest(name, names), "`ddt help` lists the verbs"),
    }
}

fn unknown_flag(verb: &Command, flag: &str) -> Fault {
    let flags = verb.get_arguments().filter_map(Arg::get_long);
    let name = verb.get_name();
    Fault {
        part: Part::Key,
        message: format!("`{name}` has no flag `--{flag}` that could have a default"),
        help: meant(
            closest(flag, flags),
            &format!("`ddt {name} --help` lists its flags"),
        ),
    }
}

fn meant(closest: Option<&str>, otherwise: &str) -> String {
    closest.map_or_else(
        || otherwise.to_owned(),
        |word| format!("did you mean `{word}`?"),
    )
}

fn fault(verb: &Command, flag: &str, value: &Value) -> Option<Fault> {
    let Some(argument) = find_flag(verb, flag) else {
        return Some(unknown_flag(verb, flag));
    };
    if NEVER.contains(&flag) {
        return Some(Fault {
            part: Part::Key,
            message: format!("`--{flag}` cannot have a default"),
            help: "it must be meant each time: type it".to_owned(),
        });
    }
    let wrong = match words(value) {
        None => "it is not a text, a number, `true` or `false`, or a list of these".to_owned(),
        Some(words) => refused(verb, argument, &words)?,
    };
    Some(Fault {
        part: Part::Value,
        message: format!("this cannot be the default of `--{flag}`: {wrong}"),
        help: format!("`ddt {} --help` says what it takes", verb.get_name()),
    })
}

/// Why the command line would not take a value.
fn refused(verb: &Command, argument: &Arg, words: &[String]) -> Option<String> {
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        let is_one = matches!(words, [word] if word == "true" || word == "false");
        return (!is_one).then(|| "it is a switch; it takes `true` or `false`".to_owned());
    }
    let flag = argument.get_long()?;
    let typed = words.iter().map(|word| format!("--{flag}={word}"));
    let typed = std::iter::once(verb.get_name().to_owned()).chain(typed);
    let error = verb.clone().try_get_matches_from(typed).err()?;
    let is_about_value = matches!(
        error.kind(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation
    );
    is_about_value.then(|| first_line(&error))
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}
