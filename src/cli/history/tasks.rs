//! The tasks of one run: exactly one row for each.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{HistoryArgs, SCHEMA, unknown_state};
use crate::cli::table::table_within;
use crate::cli::words::{NOTHING, json, moment, shown, typed};
use crate::document::closest;
use crate::failure::{Failure, FailureKind};
use crate::name::Name;
use crate::report::{duration, seconds_between};
use crate::store::fold::{RunView, TaskState, TaskView};
use crate::store::from_word;

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    schema: u32,
    run: RunView,
}

/// The tasks that are asked for, as a table or one JSON document.
pub(super) fn text(arguments: &HistoryArgs, mut run: RunView) -> Result<String, Failure> {
    let wanted = wanted_state(arguments)?;
    check_names(arguments, &run)?;
    let had_tasks = !run.tasks.is_empty();
    run.tasks
        .retain(|task| arguments.selects(task) && wanted.is_none_or(|wanted| task.state == wanted));
    if run.tasks.is_empty() && had_tasks {
        return Err(nothing_matches(arguments, &run));
    }
    match arguments.json {
        true => json(&Document {
            schema: SCHEMA,
            run,
        }),
        false => Ok(rows(arguments, &run)),
    }
}

fn wanted_state(arguments: &HistoryArgs) -> Result<Option<TaskState>, Failure> {
    let Some(text) = &arguments.status else {
        return Ok(None);
    };
    let state = from_word(text);
    state
        .map(Some)
        .ok_or_else(|| unknown_state(text, "task", &TaskState::ALL.map(TaskState::word)))
}

/// A name that the run does not know is a slip, not an empty result.
fn check_names(arguments: &HistoryArgs, run: &RunView) -> Result<(), Failure> {
    let nodes = run.nodes.keys().collect();
    let packages = run.tasks.iter().map(|task| &task.id.package).collect();
    check_name(run, "node", arguments.node.as_ref(), &nodes)?;
    check_name(run, "package", arguments.package.as_ref(), &packages)
}

fn check_name(
    run: &RunView,
    what: &str,
    name: Option<&Name>,
    known: &BTreeSet<&Name>,
) -> Result<(), Failure> {
    let Some(name) = name.filter(|name| !known.contains(name)) else {
        return Ok(());
    };
    let failure = Failure::refused(format!("run {} has no {what} {name}", run.run));
    Err(
        match closest(name.as_str(), known.iter().map(|name| name.as_str())) {
            Some(meant) => failure.help(format!("did you mean `{meant}`?")),
            None => failure.help(format!("`ddt history {}` shows all that it has", run.run)),
        },
    )
}

fn nothing_matches(arguments: &HistoryArgs, run: &RunView) -> Failure {
    let failure = Failure::new(
        FailureKind::NoInput,
        format!("no task of run {} matches", run.run),
    );
    let node = arguments
        .node
        .as_ref()
        .and_then(|node| Some((node, run.nodes.get(node)?)));
    match node {
        Some((name, node)) => {
            let reason = shown(node.reason.as_deref());
            failure.help(format!("node {name} is {}: {reason}", node.state.word()))
        }
        None => failure.help(format!("`ddt history {}` shows them all", run.run)),
    }
}

fn rows(arguments: &HistoryArgs, run: &RunView) -> String {
    let began = moment(run.started);
    let took = match run.ended {
        Some(ended) => format!(", took {}", duration(seconds_between(run.started, ended))),
        None => String::new(),
    };
    let what = format!(
        "{} of {} to {},",
        run.kind.word(),
        typed(run.manifest.as_str()),
        run.mzone,
    );
    let times = format!("began {began}{took}");
    let length = what.chars().count() + times.chars().count() + 1;
    let fits = arguments
        .columns
        .is_none_or(|columns| length <= usize::from(columns));
    let between = if fits { " " } else { "\n" };
    let heading = format!(
        "{}: {}\n{what}{between}{times}\n",
        run.run,
        run.state.word()
    );
    if run.tasks.is_empty() {
        return heading + "\nit has no tasks\n";
    }
    let components: BTreeSet<&Name> = run.tasks.iter().map(|task| &task.id.component).collect();
    let package = |task: &TaskView| match components.len() {
        1 => task.id.package.to_string(),
        _ => format!("{}/{}", task.id.component, task.id.package),
    };
    let headings = [
        "NODE", "PACKAGE", "STATE", "ATTEMPTS", "BEGAN", "TOOK", "REASON",
    ];
    heading
        + "
" + &table_within(
        arguments.columns,
        headings,
        run.tasks.iter().map(|task| row(task, package(task))),
    )
}

fn row(task: &TaskView, package: String) -> [String; 7] {
    let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
    [
        task.id.node.to_string(),
        package,
        task.state.word().to_owned(),
        task.attempts.to_string(),
        or_nothing(task.started.map(moment)),
        or_nothing(took(task).map(duration)),
        shown(task.reason.as_deref()),
    ]
}

/// As the node says, else as it looked from here.
fn took(task: &TaskView) -> Option<u64> {
    let from_here = || Some(seconds_between(task.started?, task.ended?));
    task.seconds.or_else(from_here)
}
