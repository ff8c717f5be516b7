//! The project's defaults of flags, put beneath what is typed and what variables say.

use clap::Command;
use serde_json::Value;

use super::context;
use crate::project::{Project, typed_words};

/// The command line with the defaults of the project around the working directory. A project
/// that cannot be read, or whose defaults [`crate::lint`] finds wrong, has none: the verbs that need
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
    let Some(words) = typed_words(value) else {
        return verb;
    };
    verb.mut_args(
        |argument| match argument.get_long() == Some(flag.as_str()) {
            true => argument.default_values(words.clone()),
            false => argument,
        },
    )
}
