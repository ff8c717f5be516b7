//! The life of one task: which acts may follow which, and how each may end.

use jiff::Timestamp;

use super::impossible::{Impossible, Task};
use super::view::{TaskState, TaskView};
use crate::engine::event::{Act, Ending, Skip, TaskFailure};

/// What of a task is done for good; a retry begins from there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reached {
    /// Nothing.
    #[default]
    Nothing,
    /// The steps; a reboot is to come.
    Steps,
    /// The reboot; the record is to come.
    Reboot,
}

/// What the fold remembers of a task besides its view.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    reached: Reached,
    /// How many attempts this run itself has started.
    started: u32,
    /// Whether it goes back to the release before.
    is_undo: bool,
    /// Whether what it was doing did not work, and will be tried again.
    waits: bool,
}

impl Track {
    /// An act begins.
    pub(super) fn begin(
        &mut self,
        task: &mut TaskView,
        act: &Act,
        time: Timestamp,
    ) -> Result<(), Impossible> {
        if task.doing.is_some() && !self.waits {
            return Err(Impossible::StillDoing(Task::from(&task.id)));
        }
        let is_undo = matches!(act, Act::Undo { .. });
        if !may_go_on(task.state, is_undo) {
            return Err(Impossible::TaskOver(Task::from(&task.id)));
        }
        if !self.allows(act) {
            return Err(Impossible::WrongAct(Task::from(&task.id)));
        }
        self.count(task, act);
        self.waits = false;
        task.state = TaskState::Running;
        task.doing = Some(act.clone());
        task.started.get_or_insert(time);
        task.ended = None;
        if is_undo {
            (self.is_undo, self.reached) = (true, Reached::Nothing);
        } else if !self.is_undo {
            // What led to an undo is not forgotten.
            (task.reason, task.failure) = (None, None);
        }
        Ok(())
    }

    fn allows(&self, act: &Act) -> bool {
        match (act, self.reached) {
            (Act::Start { number }, Reached::Nothing) => {
                *number == self.started + 1 && !self.is_undo
            }
            (Act::Undo { number }, _) => *number == self.started + 1 && !self.is_undo,
            (Act::TakeUp { .. }, Reached::Nothing) => true,
            (Act::Reboot { .. }, Reached::Nothing | Reached::Steps) => true,
            (Act::Finish { .. }, Reached::Nothing | Reached::Reboot) => true,
            _ => false,
        }
    }

    fn count(&mut self, task: &mut TaskView, act: &Act) {
        match act {
            Act::Start { .. } | Act::Undo { .. } => {
                self.started += 1;
                task.attempts += 1;
            }
            Act::TakeUp { .. } if !self.waits => task.attempts += 1,
            Act::TakeUp { .. } | Act::Reboot { .. } | Act::Finish { .. } => {}
        }
    }

    /// What it is doing did not work, and will be tried again. Until then nobody knows more.
    pub(super) fn retry(
        &mut self,
        task: &mut TaskView,
        failure: &TaskFailure,
    ) -> Result<(), Impossible> {
        if task.doing.is_none() || self.waits {
            return Err(Impossible::NotIntended(Task::from(&task.id)));
        }
        self.waits = true;
        task.reason = Some(failure.message.clone());
        Ok(())
    }

    /// Whether something is to be tried again.
    pub(super) fn waits(&self) -> bool {
        self.waits
    }

    /// The act that was begun is over.
    pub(super) fn end(
        &mut self,
        task: &mut TaskView,
        ending: &Ending,
        time: Timestamp,
    ) -> Result<(), Impossible> {
        let Some(act) = task.doing.take() else {
            return Err(Impossible::NotIntended(Task::from(&task.id)));
        };
        let waited = std::mem::take(&mut self.waits);
        let is_bad = ending.failure().is_some();
        if waited && !is_bad {
            return Err(Impossible::WrongEnding(Task::from(&task.id)));
        }
        let attempt = matches!(
            act,
            Act::Start { .. } | Act::TakeUp { .. } | Act::Undo { .. }
        );
        match ending {
            Ending::Succeeded { seconds } if !matches!(act, Act::Reboot { .. }) => {
                task.seconds = Some(*seconds);
                match self.is_undo {
                    false => close(task, TaskState::Succeeded, None, time),
                    true => close(task, TaskState::Undone, Some(undone(task)), time),
                }
            }
            Ending::AwaitingReboot { .. } if attempt => self.reached = Reached::Steps,
            Ending::Rebooted { .. } if matches!(act, Act::Reboot { .. }) => {
                self.reached = Reached::Reboot
            }
            Ending::Undone(failure) if !self.is_undo && !matches!(act, Act::Reboot { .. }) => {
                task.failure = Some(failure.clone());
                close(task, TaskState::Undone, Some(undone(task)), time);
            }
            Ending::Failed(failure) if self.is_undo || failure.is_of_undo() => {
                fail(task, TaskState::UndoFailed, failure, time);
            }
            Ending::Failed(failure) => fail(task, TaskState::Failed, failure, time),
            Ending::InDoubt(failure) => fail(task, TaskState::InDoubt, failure, time),
            _ => return Err(Impossible::WrongEnding(Task::from(&task.id))),
        }
        Ok(())
    }

    /// The task will not be run, or not be brought to its end.
    pub(super) fn skip(
        &self,
        task: &mut TaskView,
        reason: &Skip,
        time: Timestamp,
    ) -> Result<(), Impossible> {
        if task.doing.is_some() {
            return Err(Impossible::StillDoing(Task::from(&task.id)));
        }
        if task.state.is_over() {
            return Err(Impossible::TaskOver(Task::from(&task.id)));
        }
        let never_began = task.state == TaskState::Pending;
        let state = match reason {
            Skip::Stopped => TaskState::Stopped,
            _ if never_began => TaskState::Skipped,
            _ => TaskState::Stopped,
        };
        close(task, state, Some(sentence(reason)), time);
        Ok(())
    }
}

/// A task that has not begun or failed goes on; one that is over may be undone.
fn may_go_on(state: TaskState, is_undo: bool) -> bool {
    match state {
        TaskState::Succeeded | TaskState::InDoubt => is_undo,
        state => !state.is_over() || state == TaskState::Failed,
    }
}

/// Why a task was undone, where that was its own failure, and what is there now.
fn undone(task: &TaskView) -> String {
    let back = match &task.from_tag {
        Some(tag) => format!("back at {tag}"),
        None => "back".to_owned(),
    };
    match &task.failure {
        Some(failure) => format!("{}; {back}", failure.message),
        None => back,
    }
}

fn close(task: &mut TaskView, state: TaskState, reason: Option<String>, time: Timestamp) {
    task.state = state;
    task.reason = reason;
    task.ended = Some(time);
}

fn fail(task: &mut TaskView, state: TaskState, failure: &TaskFailure, time: Timestamp) {
    close(task, state, Some(failure.message.clone()), time);
    task.failure = Some(failure.clone());
}

fn sentence(reason: &Skip) -> String {
    match reason {
        Skip::NodeFailed {
            package: Some(package),
        } => format!("{package} failed on this node"),
        Skip::NodeFailed { package: None } => "the node could not be made ready".to_owned(),
        Skip::RunFailed { node } => format!("the run ended because of {node}"),
        Skip::BeyondLimit {
            node,
            group: Some(group),
            ..
        } => format!("the run ended because of {node}: too many nodes of group {group} failed"),
        Skip::BeyondLimit { node, .. } => {
            format!("the run ended because of {node}: too many nodes failed")
        }
        Skip::CanaryFailed { node } => {
            format!("the run ended because the canary {node} is not ready")
        }
        Skip::Unhealthy { batch } => {
            format!("the run ended because the zone is not well after batch {batch}")
        }
        Skip::Stopped => "the operator stopped the run".to_owned(),
    }
}
