//! What a run is, and the event it begins with.

use super::tasks::Tasks;
use crate::engine::event::{Event, RunKind, RunStart, TaskStart};
use crate::name::Name;
use crate::plan::{Plan, Verdict};

/// What tells this run from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunIdentity {
    /// The run.
    pub run: Name,
    /// What kind of run.
    pub kind: RunKind,
    /// The fencing epoch that nodes enforce.
    pub epoch: u64,
    /// What a failure means for the rest.
    pub on_failure: OnFailure,
}

/// What a failure means for the rest of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// Nothing more starts anywhere (rule 7, the default).
    EndRun,
    /// Everything else is still done, also on the same node: a dry run's checks do not
    /// depend on each other.
    GoOnWithNode,
}

pub(super) fn run_started(plan: &Plan, identity: &RunIdentity, tasks: &Tasks) -> Event {
    let skipped = plan.nodes.iter().filter_map(|node| match &node.verdict {
        Verdict::Skipped(reason) => Some((node.node.clone(), reason.to_string())),
        _ => None,
    });
    // A dry run has tasks on nodes that are up to date.
    let idle = |index: usize| tasks.of_node(index).next().is_none();
    let nodes = plan.nodes.iter().enumerate();
    let up_to_date =
        nodes.filter(|(index, node)| node.verdict == Verdict::UpToDate && idle(*index));
    Event::RunStarted(RunStart {
        run: identity.run.clone(),
        kind: identity.kind,
        mzone: plan.mzone.clone(),
        epoch: identity.epoch,
        tasks: tasks.iter().map(|task| task_start(plan, task)).collect(),
        skipped: skipped.collect(),
        unreachable: plan.unreachable.clone(),
        up_to_date: up_to_date.map(|(_, node)| node.node.clone()).collect(),
    })
}

fn task_start(plan: &Plan, task: &super::tasks::Task) -> TaskStart {
    let package = &plan.packages[task.package];
    let planned = &plan.nodes[task.node].tasks[task.package];
    TaskStart {
        id: task.id.clone(),
        bundle: package.bundle_name.clone(),
        tag: package.tag.clone(),
        from_tag: planned.from_tag.clone(),
        reason: planned.reason.to_string(),
    }
}

impl RunIdentity {
    /// An attempt of this run: every task has one.
    pub(super) fn attempt(&self) -> (Name, u32) {
        (self.run.clone(), 1)
    }
}
