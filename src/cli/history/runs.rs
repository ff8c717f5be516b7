//! The runs, newest first.

use serde::Serialize;

use super::{HistoryArgs, SCHEMA, unknown_state};
use crate::cli::table::table_within;
use crate::cli::words::{NOTHING, json, typed};
use crate::engine::event::RunState;
use crate::failure::{Failure, FailureKind};
use crate::report::{duration, seconds_between};
use crate::store::fold::TaskView;
use crate::store::{RunRecord, RunSummary, Store, StoreError, from_word};

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    schema: u32,
    runs: Vec<RunSummary>,
}

/// The runs that are asked for, as a table or one JSON document.
pub(super) fn text(
    arguments: &HistoryArgs,
    store: &Store,
    records: Vec<RunRecord>,
) -> Result<String, Failure> {
    let is_empty = records.is_empty();
    let runs = matching(arguments, store, records)?;
    if runs.is_empty() && !is_empty {
        let failure = Failure::new(FailureKind::NoInput, "no run matches");
        return Err(failure.help("`ddt history` lists them all"));
    }
    match arguments.json {
        true => json(&Document {
            schema: SCHEMA,
            runs,
        }),
        false => Ok(rows(arguments, &runs)),
    }
}

fn matching(
    arguments: &HistoryArgs,
    store: &Store,
    records: Vec<RunRecord>,
) -> Result<Vec<RunSummary>, Failure> {
    let wanted = wanted_state(arguments)?;
    let mut runs = Vec::new();
    for record in records {
        if runs.len() == arguments.last {
            break;
        }
        let run = store.summary(record)?;
        let is_wanted = wanted.is_none_or(|wanted| run.state == Some(wanted));
        if is_wanted && concerns(arguments, store, &run.record)? {
            runs.push(run);
        }
    }
    Ok(runs)
}

fn wanted_state(arguments: &HistoryArgs) -> Result<Option<RunState>, Failure> {
    let Some(text) = &arguments.status else {
        return Ok(None);
    };
    let state = from_word(text);
    state
        .map(Some)
        .ok_or_else(|| unknown_state(text, "run", &RunState::ALL.map(RunState::word)))
}

/// Whether a run has a task on the node and of the package that are asked for. One that
/// cannot be read might: it is not left out.
fn concerns(
    arguments: &HistoryArgs,
    store: &Store,
    record: &RunRecord,
) -> Result<bool, StoreError> {
    if arguments.node.is_none() && arguments.package.is_none() {
        return Ok(true);
    }
    match store.load(record) {
        Ok(view) => Ok(view.tasks.iter().any(|task| arguments.selects(task))),
        Err(error) if error.is_damage() => Ok(true),
        Err(error) => Err(error),
    }
}

impl HistoryArgs {
    /// Whether a task is on the node and of the package that are asked for.
    pub(super) fn selects(&self, task: &TaskView) -> bool {
        let id = &task.id;
        self.node.as_ref().is_none_or(|node| *node == id.node)
            && self
                .package
                .as_ref()
                .is_none_or(|package| *package == id.package)
    }
}

fn rows(arguments: &HistoryArgs, runs: &[RunSummary]) -> String {
    if runs.is_empty() {
        return match &arguments.zone {
            Some(zone) => format!("zone {zone} has no run\n"),
            None => "there is no run yet; `ddt deploy MANIFEST` starts one\n".to_owned(),
        };
    }
    let headings = ["RUN", "ZONE", "KIND", "STATE", "TOOK", "MANIFEST"];
    table_within(arguments.columns, headings, runs.iter().map(row))
}

fn row(run: &RunSummary) -> [String; 6] {
    let RunSummary {
        record,
        state,
        ended,
    } = run;
    let took = ended.map(|ended| duration(seconds_between(record.begun, ended)));
    [
        record.run.to_string(),
        record.mzone.to_string(),
        record.kind.word().to_owned(),
        state.map_or("broken", RunState::word).to_owned(),
        took.unwrap_or_else(|| NOTHING.to_owned()),
        typed(record.manifest.as_str()),
    ]
}
