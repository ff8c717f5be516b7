//! What a run has done, for those who go on with its plan or undo it.

use std::collections::BTreeSet;

use super::view::{RunView, TaskState, TaskView};
use crate::engine::event::TaskId;
use crate::plan::{Change, Changes, TaskKey};

impl RunView {
    /// The tasks that have succeeded.
    pub fn done(&self) -> BTreeSet<TaskKey> {
        let tasks = self.tasks.iter();
        let done = tasks.filter(|task| task.state == TaskState::Succeeded);
        done.map(|task| key(&task.id)).collect()
    }

    /// What it has done for its tasks.
    pub fn changes(&self) -> Changes {
        let tasks = self.tasks.iter();
        let changed = tasks.filter_map(|task| Some((key(&task.id), change(task)?)));
        changed.collect()
    }
}

fn key(id: &TaskId) -> TaskKey {
    (id.node.clone(), id.component.clone(), id.package.clone())
}

/// What a run has done for a task; nothing where it did not begin, or only checked.
fn change(task: &TaskView) -> Option<Change> {
    let failed_early = |task: &TaskView| {
        let failure = task.failure.as_ref();
        failure.is_some_and(|failure| !failure.may_have_changed())
    };
    match task.state {
        TaskState::Succeeded => Some(Change::Done),
        TaskState::Undone => Some(Change::Undone),
        _ if task.attempts == 0 => None,
        TaskState::Failed if failed_early(task) => None,
        _ => Some(Change::Begun),
    }
}
