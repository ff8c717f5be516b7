//! The tasks of a run, and how each stands.

use std::ops::Index;

use super::start::RunIdentity;
use crate::engine::event::{Act, RunKind, TaskId};
use crate::name::Name;
use crate::plan::{Action, NodePlan, Plan, Verdict};

/// One task.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) id: TaskId,
    pub(super) node: usize,
    pub(super) package: usize,
    /// What is done now, or will be done first.
    pub(super) act: Act,
    /// The run and the number of the attempt that the task is about.
    pub(super) attempt: (Name, u32),
    /// How many attempts this run has started.
    pub(super) started: u32,
    pub(super) state: TaskState,
    pub(super) direction: Direction,
    /// Whether it may have changed something on its node.
    pub(super) has_changed: bool,
}

impl Task {
    /// Whether its node has undone it, and not the run.
    pub(super) fn went_back_by_itself(&self) -> bool {
        self.state == TaskState::Undone && self.direction == Direction::Forward
    }
}

/// Where a task's acts lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// To the release wanted.
    Forward,
    /// To the release before.
    Back,
}

impl Direction {
    /// How a task stands that did what it was to do.
    pub(super) fn success(self) -> TaskState {
        match self {
            Self::Forward => TaskState::Succeeded,
            Self::Back => TaskState::Undone,
        }
    }

    /// How a task stands that did not.
    pub(super) fn failure(self) -> TaskState {
        match self {
            Self::Forward => TaskState::Failed,
            Self::Back => TaskState::UndoFailed,
        }
    }
}

/// How a task stands; a later one is worse for its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TaskState {
    Succeeded,
    Pending,
    Running,
    Stopped,
    Unfinished,
    Skipped,
    Undone,
    Killed,
    Failed,
    UndoFailed,
    InDoubt,
}

impl TaskState {
    pub(super) fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::UndoFailed | Self::InDoubt)
    }

    /// Whether something was done for it.
    pub(super) fn has_begun(self) -> bool {
        !matches!(self, Self::Pending | Self::Stopped | Self::Skipped)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Pending => "did not start",
            Self::Running => "is running",
            Self::Stopped => "was stopped before it began",
            Self::Unfinished => "was stopped before its reboot and its record",
            Self::Skipped => "was skipped",
            Self::Undone => "was undone",
            Self::Killed => "was ended by the operator",
            Self::Failed => "failed",
            Self::UndoFailed => "could not be undone",
            Self::InDoubt => "is in doubt",
        }
    }
}

/// All tasks, ordered by package, then node. Counts are kept, so that no question about
/// them walks the list.
#[derive(Debug)]
pub(super) struct Tasks {
    all: Vec<Task>,
    by_node: Vec<Vec<usize>>,
    running: usize,
    pending: usize,
    /// Whether one that was to go back did not.
    is_stuck: bool,
}

impl Tasks {
    pub(super) fn of(plan: &Plan, identity: &RunIdentity) -> Self {
        let mut tasks = Self {
            all: Vec::with_capacity(plan.work()),
            by_node: vec![Vec::new(); plan.nodes.len()],
            running: 0,
            pending: 0,
            is_stuck: false,
        };
        for package in 0..plan.packages.len() {
            for (node, node_plan) in plan.nodes.iter().enumerate() {
                if let Some(task) = task(plan, identity, (node, node_plan), package) {
                    tasks.by_node[node].push(tasks.all.len());
                    tasks.all.push(task);
                }
            }
        }
        tasks.pending = tasks.all.len();
        tasks
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Task> {
        self.all.iter()
    }

    pub(super) fn of_node(&self, node: usize) -> impl Iterator<Item = &Task> {
        self.by_node[node].iter().map(|task| &self.all[*task])
    }

    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// Whether a task that was to go back did not.
    pub(super) fn is_stuck(&self) -> bool {
        self.is_stuck
    }

    pub(super) fn any_pending(&self) -> bool {
        self.pending > 0
    }

    /// The tasks of a node, in the order of packages.
    pub(super) fn indices_of(&self, node: usize) -> &[usize] {
        &self.by_node[node]
    }

    /// The tasks that have not begun, in order of packages, then nodes.
    pub(super) fn pending(&self) -> Vec<usize> {
        if self.pending == 0 {
            return Vec::new();
        }
        let all = self.all.iter().enumerate();
        let pending = all.filter(|(_, task)| task.state == TaskState::Pending);
        pending.map(|(index, _)| index).collect()
    }

    /// Begins an act of a task that is pending or running.
    pub(super) fn begin(&mut self, task: usize, act: Act, identity: &RunIdentity) {
        if let Act::Start { number } | Act::Undo { number } = act {
            self.all[task].started = number;
            self.all[task].attempt = (identity.run.clone(), number);
        }
        self.all[task].act = act;
        if self.all[task].state == TaskState::Pending {
            self.all[task].state = TaskState::Running;
            self.pending -= 1;
            self.running += 1;
        }
    }

    /// Notes that a task may have changed something.
    pub(super) fn note_change(&mut self, task: usize) {
        self.all[task].has_changed = true;
    }

    /// Notes that nothing of what a task has changed is left.
    pub(super) fn note_way_back(&mut self, task: usize) {
        self.all[task].has_changed = false;
    }

    /// Makes a task that is over run again, back to the release before, as an attempt.
    pub(super) fn turn_back(&mut self, task: usize, attempt: (Name, u32)) {
        let task = &mut self.all[task];
        (task.direction, task.attempt, task.state) = (Direction::Back, attempt, TaskState::Running);
        self.running += 1;
    }

    /// Ends a task that is pending or running.
    pub(super) fn settle(&mut self, task: usize, state: TaskState) {
        match self.all[task].state {
            TaskState::Pending => self.pending -= 1,
            TaskState::Running => self.running -= 1,
            _ => return,
        }
        self.all[task].state = state;
        self.is_stuck |= match self.all[task].direction {
            Direction::Back => state != TaskState::Undone,
            Direction::Forward => state == TaskState::UndoFailed,
        };
    }
}

impl Index<usize> for Tasks {
    type Output = Task;

    fn index(&self, task: usize) -> &Task {
        &self.all[task]
    }
}

fn task(
    plan: &Plan,
    identity: &RunIdentity,
    (node, node_plan): (usize, &NodePlan),
    package: usize,
) -> Option<Task> {
    let action = &node_plan.tasks.get(package)?.action;
    let (act, attempt) = first_act(identity, node_plan, action)?;
    let planned = &plan.packages[package];
    let id = TaskId {
        node: node_plan.node.clone(),
        component: planned.component.clone(),
        package: planned.package.clone(),
    };
    Some(Task {
        id,
        node,
        package,
        act,
        attempt,
        started: 0,
        state: TaskState::Pending,
        direction: match action {
            Action::Undo => Direction::Back,
            _ => Direction::Forward,
        },
        has_changed: false,
    })
}

/// A dry run checks every package of every node that takes part; other runs do what the
/// plan says.
fn first_act(
    identity: &RunIdentity,
    node: &NodePlan,
    action: &Action,
) -> Option<(Act, (Name, u32))> {
    let start = || (Act::Start { number: 1 }, identity.attempt());
    match action {
        _ if identity.kind == RunKind::DryRun => {
            (!matches!(node.verdict, Verdict::Skipped(_))).then(start)
        }
        Action::Nothing => None,
        Action::Undo => Some((Act::Undo { number: 1 }, identity.attempt())),
        Action::Run | Action::RunAndReboot | Action::Record => Some(start()),
        Action::TakeUp { run, number, .. } => Some((
            Act::TakeUp {
                run: run.clone(),
                number: *number,
            },
            (run.clone(), *number),
        )),
        Action::Finish {
            run,
            number,
            reboot,
        } => {
            let attempt = (run.clone(), *number);
            let act = match reboot {
                true => Act::Reboot {
                    since: node.boot_id.clone(),
                },
                false => Act::Finish {
                    run: run.clone(),
                    number: *number,
                },
            };
            Some((act, attempt))
        }
    }
}
