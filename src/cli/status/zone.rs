//! How one zone stands, as its records say.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use jiff::Timestamp;
use serde::Serialize;

use super::state::ZoneState;
use crate::cli::words::typed;
use crate::engine::event::{Act, RunKind, RunState, TaskId};
use crate::failure::Failure;
use crate::lint::ZoneReleases;
use crate::name::Name;
use crate::store::fold::{NodeView, RunView, TaskState, TaskView};
use crate::store::{Holder, RunRecord, Store};

/// A zone and its last run.
#[derive(Serialize)]
pub(super) struct ZoneStatus {
    pub(super) mzone: Name,
    /// How it stands; `None` where its last deployment cannot be believed.
    pub(super) state: Option<ZoneState>,
    /// The last run; `None` before the first, and where it cannot be believed.
    pub(super) run: Option<RunStatus>,
    /// Who holds the zone and has not begun a run yet.
    pub(super) preparing: Option<Holder>,
    /// Why the last run cannot be believed.
    pub(super) problem: Option<String>,
    /// The releases on its nodes, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) releases: Option<ZoneReleases>,
}

/// The last run of a zone.
#[derive(Serialize)]
pub(super) struct RunStatus {
    pub(super) run: Name,
    pub(super) kind: RunKind,
    pub(super) manifest: Utf8PathBuf,
    pub(super) state: RunState,
    pub(super) stop_requested: bool,
    pub(super) started: Timestamp,
    pub(super) ended: Option<Timestamp>,
    /// How many tasks are in which state.
    pub(super) tasks: BTreeMap<&'static str, usize>,
    pub(super) nodes: BTreeMap<Name, NodeView>,
    pub(super) running: Vec<Running>,
    /// The commands to type next.
    pub(super) next: Vec<String>,
}

/// A task that goes on.
#[derive(Serialize)]
pub(super) struct Running {
    #[serde(flatten)]
    pub(super) task: TaskId,
    pub(super) attempts: u32,
    pub(super) started: Option<Timestamp>,
    pub(super) doing: Option<Act>,
}

impl ZoneStatus {
    pub(super) fn read(store: &Store, mzone: Name) -> Result<Self, Failure> {
        let holder = store.holder(&mzone)?;
        let Some(record) = store.last(&mzone)? else {
            return Ok(Self {
                mzone,
                state: Some(ZoneState::New),
                run: None,
                preparing: holder,
                problem: None,
                releases: None,
            });
        };
        let preparing = holder.filter(|holder| holder.run != record.run);
        let (view, problem) = match store.load(&record) {
            Ok(view) => (Some(view), None),
            Err(error) if error.is_damage() => (None, Some(error.described())),
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            state: state(store, view.as_ref(), &record)?,
            mzone,
            run: view.map(RunStatus::of),
            preparing,
            problem,
            releases: None,
        })
    }
}

/// How the zone stands, by its last run; a dry run changes nothing, so the one before it
/// says.
fn state(
    store: &Store,
    last: Option<&RunView>,
    record: &RunRecord,
) -> Result<Option<ZoneState>, Failure> {
    if record.kind != RunKind::DryRun {
        return Ok(last.map(|view| ZoneState::after(Some(view))));
    }
    let records = store.records(Some(&record.mzone))?;
    let mut records = records.iter();
    let Some(record) = records.find(|record| record.kind != RunKind::DryRun) else {
        return Ok(Some(ZoneState::New));
    };
    match store.load(record) {
        Ok(view) => Ok(Some(ZoneState::after(Some(&view)))),
        Err(error) if error.is_damage() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl RunStatus {
    pub(super) fn of(view: RunView) -> Self {
        let next = next(&view);
        let mut tasks = BTreeMap::new();
        for task in &view.tasks {
            *tasks.entry(task.state.word()).or_default() += 1;
        }
        let running = view
            .tasks
            .into_iter()
            .filter(|task| task.state == TaskState::Running);
        Self {
            run: view.run,
            kind: view.kind,
            manifest: view.manifest,
            state: view.state,
            stop_requested: view.stop_requested,
            started: view.started,
            ended: view.ended,
            tasks,
            nodes: view.nodes,
            running: running.map(Running::of).collect(),
            next,
        }
    }
}

impl Running {
    fn of(task: TaskView) -> Self {
        let TaskView {
            id,
            attempts,
            started,
            doing,
            ..
        } = task;
        Self {
            task: id,
            attempts,
            started,
            doing,
        }
    }
}

/// What an operator types next, most urgent first.
fn next(view: &RunView) -> Vec<String> {
    let deploy = match view.kind {
        RunKind::Rollback => format!("ddt rollback {}", view.mzone),
        RunKind::Deploy | RunKind::DryRun => deploy_again(view),
    };
    match view.state {
        RunState::Running | RunState::Succeeded => Vec::new(),
        RunState::Partial => vec![format!("ddt history {}", view.run)],
        RunState::Stopped | RunState::Interrupted => resume(view, deploy),
        RunState::Failed | RunState::RolledBack => vec![look_at_failure(view), deploy],
        RunState::RollbackFailed => vec![
            look_at_failure(view),
            format!("ddt rollback {}", view.mzone),
        ],
        RunState::InDoubt => vec![
            format!("ddt history {} --status in-doubt", view.run),
            deploy,
        ],
    }
}

/// A stored plan goes on; the checks of a dry run are run anew.
fn resume(view: &RunView, deploy: String) -> Vec<String> {
    match view.kind {
        RunKind::DryRun => vec![deploy],
        RunKind::Rollback => vec![deploy],
        RunKind::Deploy => vec![format!("ddt resume {}", view.run), deploy],
    }
}

fn look_at_failure(view: &RunView) -> String {
    let run = &view.run;
    let failed = view
        .tasks
        .iter()
        .find(|task| matches!(task.state, TaskState::UndoFailed | TaskState::Failed));
    match failed.map(|task| &task.id) {
        Some(TaskId { node, package, .. }) => {
            format!("ddt logs {run} --node {node} --package {package}")
        }
        None => format!("ddt history {run}"),
    }
}

fn deploy_again(view: &RunView) -> String {
    let dry_run = match view.kind {
        RunKind::Deploy | RunKind::Rollback => "",
        RunKind::DryRun => " --dry-run",
    };
    format!("ddt deploy {}{dry_run}", typed(view.manifest.as_str()))
}
