//! The rest of a stored plan: what of it is done stays done, what is left is what it was,
//! and where the nodes are no longer as the plan left them, there is no rest.

use std::collections::{BTreeMap, BTreeSet};

use super::input::{Assume, Observation};
use super::model::{Action, NodePlan, Plan, PlannedPackage, PlannedTask, Verdict};
use super::problem::{NodeProblem, Problem, Refusal};
use super::reason::Reason;
use super::rules;
use crate::digest::Digest;
use crate::name::Name;
use crate::node::attempt::AttemptState;
use crate::node::facts::Facts;

/// A task of a plan: its node, its component and its package.
pub type TaskKey = (Name, Name, Name);

/// A plan that was run in part, and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Continuation<'a> {
    /// The plan as it was stored.
    pub plan: &'a Plan,
    /// The run that ran it.
    pub run: &'a Name,
    /// The tasks that succeeded in it.
    pub done: &'a BTreeSet<TaskKey>,
    /// What was seen of the nodes that have more to do.
    pub observations: &'a BTreeMap<Name, Observation>,
    /// What the operator says of attempts that left no receipt.
    pub assumptions: &'a BTreeMap<TaskKey, Assume>,
    /// The payloads that could be sent to the nodes.
    pub at_hand: &'a BTreeSet<Digest>,
}

impl Continuation<'_> {
    /// The nodes on which something is left to do: those that are to be observed.
    pub fn unfinished(&self) -> BTreeSet<Name> {
        let nodes = self.plan.nodes.iter();
        let unfinished =
            nodes.filter(|node| (0..node.tasks.len()).any(|at| self.is_left(node, at)));
        unfinished.map(|node| node.node.clone()).collect()
    }

    /// Plans what is left, or says everything that stands in its way. Nothing is decided
    /// anew: a task is left, taken up where it is, or not needed any more.
    pub fn plan(&self) -> Result<Plan, Refusal> {
        let mut problems = Vec::new();
        let nodes = self.plan.nodes.iter();
        let nodes = nodes.map(|node| match self.observations.get(&node.node) {
            None => self.finished(node),
            Some(Ok(facts)) => {
                let rest = Rest {
                    of: self,
                    node,
                    facts,
                };
                rest.plan(&mut problems)
            }
            Some(Err(error)) => {
                problems.push(NodeProblem {
                    node: node.node.clone(),
                    problem: Problem::NoFacts(error.clone()),
                });
                node.clone()
            }
        });
        let nodes = nodes.collect();
        match problems.is_empty() {
            true => Ok(Plan {
                nodes,
                ..self.plan.clone()
            }),
            false => Err(Refusal { problems }),
        }
    }

    fn key(&self, node: &NodePlan, package: usize) -> TaskKey {
        let package = &self.plan.packages[package];
        let (component, package) = (package.component.clone(), package.package.clone());
        (node.node.clone(), component, package)
    }

    fn is_left(&self, node: &NodePlan, package: usize) -> bool {
        let action = &node.tasks[package].action;
        action.is_something() && !self.done.contains(&self.key(node, package))
    }

    /// A node on which nothing is left to do.
    fn finished(&self, node: &NodePlan) -> NodePlan {
        let packages = self.plan.packages.iter().zip(&node.tasks);
        let tasks = packages.map(|(package, task)| self.done_task(package, task));
        NodePlan {
            verdict: match &node.verdict {
                Verdict::Deploy => Verdict::UpToDate,
                verdict => verdict.clone(),
            },
            tasks: tasks.collect(),
            ..node.clone()
        }
    }

    /// A task that is not needed any more, or never was.
    fn done_task(&self, package: &PlannedPackage, task: &PlannedTask) -> PlannedTask {
        match task.action {
            Action::Nothing => task.clone(),
            _ => PlannedTask {
                action: Action::Nothing,
                reason: Reason::DoneBefore(self.run.clone()),
                from_tag: Some(package.tag.clone()),
                stage: task.stage.clone(),
                sets: None,
                undo: None,
            },
        }
    }
}

/// One node on which something is left to do.
struct Rest<'a> {
    of: &'a Continuation<'a>,
    node: &'a NodePlan,
    facts: &'a Facts,
}

impl Rest<'_> {
    fn plan(&self, problems: &mut Vec<NodeProblem>) -> NodePlan {
        let mut found = rules::access(self.facts);
        let left: Vec<bool> = (0..self.node.tasks.len())
            .map(|at| self.is_left(at))
            .collect();
        found.extend(self.other_release(&left));
        found.extend(self.other_stage(&left));
        let mut tasks = Vec::with_capacity(left.len());
        for (at, is_left) in left.iter().enumerate() {
            let (package, task) = (&self.of.plan.packages[at], &self.node.tasks[at]);
            let task = match is_left {
                true => self
                    .task(at)
                    .and_then(|task| self.with_payload(package, task)),
                false => Ok(self.of.done_task(package, task)),
            };
            tasks.push(task.map_err(|problem| found.push(problem)).ok());
        }
        found.extend(rules::busy(self.facts, &tasks));
        problems.extend(found.into_iter().map(|problem| NodeProblem {
            node: self.node.node.clone(),
            problem,
        }));
        let tasks: Vec<PlannedTask> = tasks.into_iter().flatten().collect();
        let has_work = tasks.iter().any(|task| task.action.is_something());
        NodePlan {
            node: self.node.node.clone(),
            verdict: if has_work {
                Verdict::Deploy
            } else {
                Verdict::UpToDate
            },
            boot_id: self.facts.boot_id.clone(),
            modes: self.node.modes.clone(),
            tasks,
        }
    }

    /// Whether a task is left: neither the run nor the node's own record says it is done.
    fn is_left(&self, at: usize) -> bool {
        self.of.is_left(self.node, at) && !self.is_recorded(at)
    }

    /// Whether the node has recorded a success that the run has not heard of.
    fn is_recorded(&self, at: usize) -> bool {
        let (package, task) = (&self.of.plan.packages[at], &self.node.tasks[at]);
        let of_earlier = match &task.action {
            Action::TakeUp { run, .. } | Action::Finish { run, .. } => Some(run),
            _ => None,
        };
        let recorded = self.facts.components.get(&package.component);
        let line = recorded.and_then(|recorded| recorded.installed(&package.package));
        line.is_some_and(|line| {
            let is_ours = line.run == *self.of.run || Some(&line.run) == of_earlier;
            is_ours && line.tag == package.tag && line.digest == package.bundle.digest
        })
    }

    /// The first package that is not at the release at which the plan left it.
    fn other_release(&self, left: &[bool]) -> Option<Problem> {
        let mut packages = self.of.plan.packages.iter().enumerate();
        packages.find_map(|(at, package)| {
            let task = &self.node.tasks[at];
            let planned = match (task.action.is_something(), left[at]) {
                (true, false) => Some(&package.tag),
                _ => task.from_tag.as_ref(),
            };
            let recorded = self.facts.components.get(&package.component);
            let line = recorded.and_then(|recorded| recorded.installed(&package.package));
            let found = line.map(|line| &line.tag);
            let said = |tag: Option<&crate::tag::ReleaseTag>| {
                tag.map_or_else(|| "not installed".to_owned(), ToString::to_string)
            };
            (planned != found).then(|| Problem::NotAsPlanned {
                what: package.package.to_string(),
                planned: said(planned),
                found: said(found),
            })
        })
    }

    /// The first component that is not at the stage at which the plan left it.
    fn other_stage(&self, left: &[bool]) -> Option<Problem> {
        let mut seen = BTreeSet::new();
        let next = (0..left.len()).filter(|at| left[*at]);
        let mut next = next.filter(|at| seen.insert(&self.of.plan.packages[*at].component));
        next.find_map(|at| {
            let component = &self.of.plan.packages[at].component;
            let planned = self.node.tasks[at].stage.as_ref().map(Name::as_str);
            let recorded = self.facts.components.get(component);
            let found = recorded.and_then(|recorded| recorded.stage.as_deref());
            let said = |stage: Option<&str>| stage.unwrap_or("none").to_owned();
            (planned != found).then(|| Problem::NotAsPlanned {
                what: format!("the stage of {component}"),
                planned: said(planned),
                found: said(found),
            })
        })
    }

    /// What is left to do for a package.
    fn task(&self, at: usize) -> Result<PlannedTask, Problem> {
        let package = &self.of.plan.packages[at];
        let assume = self
            .of
            .assumptions
            .get(&self.of.key(self.node, at))
            .copied();
        let task = PlannedTask {
            action: from_its_start(&self.node.tasks[at].action),
            ..self.node.tasks[at].clone()
        };
        let last = self.facts.last_attempt.as_ref();
        let vanished = last.filter(|last| {
            last.state == AttemptState::Vanished
                && (&last.id.component, &last.id.package) == (&package.component, &package.package)
        });
        match (vanished, assume) {
            (Some(last), Some(Assume::Succeeded)) => Ok(PlannedTask {
                action: Action::Record,
                reason: Reason::AssumedSucceeded(last.id.run.clone()),
                ..task
            }),
            (Some(last), Some(Assume::Failed)) => Ok(PlannedTask {
                reason: Reason::AssumedFailed(last.id.run.clone()),
                ..task
            }),
            _ => rules::left_of(task, package, self.facts),
        }
    }

    fn with_payload(
        &self,
        package: &PlannedPackage,
        task: PlannedTask,
    ) -> Result<PlannedTask, Problem> {
        let payload = &package.bundle.payload;
        let is_there = self.facts.payloads.contains(payload) || self.of.at_hand.contains(payload);
        match task.action.needs_payload() && !is_there {
            true => Err(Problem::NoPayload(package.package.clone())),
            false => Ok(task),
        }
    }
}

/// What a task does when nothing of it is left on the node to be taken up.
fn from_its_start(action: &Action) -> Action {
    match action {
        Action::TakeUp { reboots: false, .. } => Action::Run,
        Action::TakeUp { reboots: true, .. } | Action::Finish { .. } => Action::RunAndReboot,
        action => action.clone(),
    }
}
