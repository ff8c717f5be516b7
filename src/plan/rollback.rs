//! The plan that undoes a run: what it changed on each node, last first.

use std::collections::BTreeMap;

use super::input::Observation;
use super::model::{Action, NodePlan, Plan, PlannedPackage, PlannedTask, SCHEMA, Verdict};
use super::problem::{ChangedSince, NodeProblem, Problem, Refusal};
use super::reason::Reason;
use super::rollout::Rollout;
use super::rules;
use super::undo::{NoUndo, Undo};
use crate::name::Name;
use crate::node::facts::{Facts, ReleaseLine, ReleaseOutcome};

/// What a run has done for its tasks, by node, component and package. Tasks for which it
/// did nothing are left out.
pub type Changes = BTreeMap<(Name, Name, Name), Change>;

/// What a run has done for a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It did what was planned, and the node recorded that.
    Done,
    /// It began; what that changed is not recorded.
    Begun,
    /// It did it, or a part of it, and went back itself.
    Undone,
}

/// What a rollback is planned from. All is borrowed: planning changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct RollbackInput<'a> {
    /// The run to undo.
    pub run: &'a Name,
    /// Its plan.
    pub plan: &'a Plan,
    /// What it did.
    pub changes: &'a Changes,
    /// The nodes to plan for, all of them in the run's plan, and what was seen of each.
    pub observations: &'a BTreeMap<Name, Observation>,
    /// Whether to undo what can be undone where something cannot.
    pub partial: bool,
}

/// Plans to undo a run, or says everything that stands in the way.
///
/// A task that was run is undone towards the release before it; one that undid something
/// is run again. Packages come in the reverse of the run's order.
pub fn rollback(input: RollbackInput<'_>) -> Result<Plan, Refusal> {
    let mut nodes = Vec::new();
    let mut problems = Vec::new();
    for node in &input.plan.nodes {
        let Some(observation) = input.observations.get(&node.node) else {
            continue;
        };
        match observation {
            Ok(facts) => {
                let planner = NodeRollback { input, node, facts };
                nodes.push(planner.plan(&mut problems));
            }
            Err(error) => problems.push(problem(node, Problem::NoFacts(error.clone()))),
        }
    }
    match problems.is_empty() {
        true => Ok(Plan {
            schema: SCHEMA,
            mzone: input.plan.mzone.clone(),
            packages: input.plan.packages.iter().rev().cloned().collect(),
            nodes,
            unreachable: BTreeMap::new(),
            undoes: Some(input.run.clone()),
            // What may not be away together while it is deployed may not be while it goes back.
            rollout: Rollout {
                max_in_flight: input.plan.rollout.max_in_flight,
                ..Rollout::default()
            },
        }),
        false => Err(Refusal { problems }),
    }
}

fn problem(node: &NodePlan, problem: Problem) -> NodeProblem {
    NodeProblem {
        node: node.node.clone(),
        problem,
    }
}

/// Plans one node.
struct NodeRollback<'a> {
    input: RollbackInput<'a>,
    node: &'a NodePlan,
    facts: &'a Facts,
}

/// One package of the node, and the task that the run had for it.
struct Undone<'a> {
    package: &'a PlannedPackage,
    task: &'a PlannedTask,
    change: Option<Change>,
    lines: Vec<&'a ReleaseLine>,
}

impl NodeRollback<'_> {
    fn plan(&self, problems: &mut Vec<NodeProblem>) -> NodePlan {
        let mut found = Vec::new();
        found.extend((!self.facts.privileged).then_some(Problem::NotPrivileged));
        found.extend(rules::unknown_content(self.facts));
        let packages = self.input.plan.packages.iter().zip(&self.node.tasks).rev();
        let mut tasks = Vec::new();
        for (package, task) in packages {
            let decided = self.decide(&self.undone(package, task));
            tasks.push(decided.map_err(|problem| found.push(problem)).ok());
        }
        found.extend(rules::busy(self.facts, &tasks));
        problems.extend(found.into_iter().map(|found| problem(self.node, found)));
        let tasks: Vec<PlannedTask> = tasks.into_iter().flatten().collect();
        let has_work = tasks.iter().any(|task| task.action.is_something());
        NodePlan {
            node: self.node.node.clone(),
            verdict: match has_work {
                true => Verdict::Deploy,
                false => Verdict::UpToDate,
            },
            boot_id: self.facts.boot_id.clone(),
            modes: self.node.modes.clone(),
            tasks,
        }
    }

    fn undone<'a>(&'a self, package: &'a PlannedPackage, task: &'a PlannedTask) -> Undone<'a> {
        let key = (
            self.node.node.clone(),
            package.component.clone(),
            package.package.clone(),
        );
        let recorded = self.facts.components.get(&package.component);
        let lines = recorded.map_or(&[][..], |recorded| &recorded.releases);
        Undone {
            package,
            task,
            change: self.input.changes.get(&key).copied(),
            lines: lines
                .iter()
                .filter(|line| line.package == package.package)
                .collect(),
        }
    }

    fn decide(&self, undone: &Undone<'_>) -> Result<PlannedTask, Problem> {
        let run = || self.input.run.clone();
        match (undone.change, undone.task.action == Action::Undo) {
            (None, _) => Ok(undone.nothing(Reason::Untouched(run()))),
            (Some(Change::Undone), false) => Ok(undone.nothing(Reason::AlreadyUndone)),
            (Some(change), false) => self.undo(undone, change),
            (Some(change), true) => self.run_again(undone, change),
        }
    }

    fn undo(&self, undone: &Undone<'_>, change: Change) -> Result<PlannedTask, Problem> {
        let writer = undone.writer(self.input.run);
        let is_its_own = |line: &&ReleaseLine| {
            line.run == *writer
                && line.tag == undone.package.tag
                && line.outcome == ReleaseOutcome::Deployed
        };
        let installed = undone.lines.last().copied();
        let previous = undone.lines.iter().copied().rfind(|line| !is_its_own(line));
        // The record is in the order of time, and the names of runs sort by it, to the second.
        let was_recorded = undone.lines.iter().any(is_its_own);
        let is_later = |line: &ReleaseLine| was_recorded || line.run > *self.input.run;
        if installed.is_some_and(|line| undone.is_back_at(line) && is_later(line)) {
            return Ok(undone.nothing(Reason::AlreadyUndone));
        }
        let is_as_left = match (change, installed) {
            (_, Some(line)) if is_its_own(&line) => true,
            (Change::Done, _) => false,
            (_, line) => line.map(|line| &line.tag) == undone.task.from_tag.as_ref(),
        };
        let was_before = previous.map(|line| &line.tag) == undone.task.from_tag.as_ref();
        if !is_as_left || !was_before {
            return Err(undone.changed_since(self.input.run));
        }
        match self.undo_with(undone, previous) {
            Undo::Impossible(NoUndo::SameRelease) if change == Change::Done => {
                Ok(undone.nothing(Reason::SameRelease(self.input.run.clone())))
            }
            Undo::Impossible(why) => self.impossible(undone, why),
            possible => Ok(PlannedTask {
                action: Action::Undo,
                reason: Reason::Undoes(self.input.run.clone()),
                undo: Some(possible),
                ..undone.task.clone()
            }),
        }
    }

    fn undo_with(&self, undone: &Undone<'_>, previous: Option<&ReleaseLine>) -> Undo {
        match Undo::of(undone.package, undone.task, previous) {
            Undo::Possible(_) if !self.has_bundle(undone) => Undo::Impossible(NoUndo::NoBundle),
            undo => undo,
        }
    }

    /// What undid a release is undone by deploying that release again.
    fn run_again(&self, undone: &Undone<'_>, change: Change) -> Result<PlannedTask, Problem> {
        let Some(Undo::Possible(previous)) = &undone.task.undo else {
            return Ok(undone.nothing(Reason::Untouched(self.input.run.clone())));
        };
        let is_as_left = match undone.lines.last() {
            Some(line) if line.outcome == ReleaseOutcome::RolledBack => line.run == *self.input.run,
            _ => change == Change::Begun,
        };
        if !is_as_left {
            return Err(undone.changed_since(self.input.run));
        }
        if !self.has_bundle(undone) {
            return self.impossible(undone, NoUndo::NoBundle);
        }
        Ok(PlannedTask {
            action: match previous.reboots {
                true => Action::RunAndReboot,
                false => Action::Run,
            },
            reason: Reason::RunsAgain(self.input.run.clone()),
            undo: None,
            ..undone.task.clone()
        })
    }

    /// Nothing of a bundle is sent for a rollback: what was run on the node is there.
    fn has_bundle(&self, undone: &Undone<'_>) -> bool {
        self.facts.payloads.contains(&undone.package.bundle.payload)
    }

    fn impossible(&self, undone: &Undone<'_>, why: NoUndo) -> Result<PlannedTask, Problem> {
        match self.input.partial {
            true => Ok(undone.nothing(Reason::CannotUndo(why))),
            false => Err(Problem::CannotUndo {
                package: undone.package.package.clone(),
                tag: undone.package.tag.clone(),
                why,
            }),
        }
    }
}

impl Undone<'_> {
    fn nothing(&self, reason: Reason) -> PlannedTask {
        PlannedTask {
            action: Action::Nothing,
            reason,
            from_tag: self.lines.last().map(|line| line.tag.clone()),
            stage: self.task.stage.clone(),
            sets: None,
            undo: None,
        }
    }

    /// The run in whose name the node recorded the task: an attempt keeps its own.
    fn writer<'a>(&'a self, run: &'a Name) -> &'a Name {
        match &self.task.action {
            Action::TakeUp { run, .. } | Action::Finish { run, .. } => run,
            _ => run,
        }
    }

    /// Whether a line says that a run went back to what was there before.
    fn is_back_at(&self, line: &ReleaseLine) -> bool {
        line.outcome == ReleaseOutcome::RolledBack && Some(&line.tag) == self.task.from_tag.as_ref()
    }

    fn changed_since(&self, run: &Name) -> Problem {
        let installed = self.lines.last();
        Problem::ChangedSince(Box::new(ChangedSince {
            package: self.package.package.clone(),
            run: run.clone(),
            installed: installed.map(|line| (line.tag.clone(), line.run.clone())),
        }))
    }
}
