//! The events of a run, checked as they come: what must hold at every moment, and what
//! must hold at the end. The fold of the store reads along.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::model::Model;
use crate::engine::event::{Act, Ending, Event, NodeState, RunState, Skip, StopAfter, TaskId};
use crate::engine::machine::{Command, Machine, OnFailure, RunIdentity, Step};
use crate::failure::FailureClass;
use crate::name::Name;
use crate::plan::Plan;
use crate::store::RunRecord;
use crate::store::fold::{Entry, Fold, NodeStatus, RunView, TaskState};

/// Everything that happened.
pub(super) struct History {
    pub(super) events: Vec<Event>,
    plan: Arc<Plan>,
    on_failure: OnFailure,
    fold: Fold,
    begun: BTreeSet<TaskId>,
    over: BTreeMap<TaskId, TaskState>,
    /// Prepared, or not to be.
    settled: BTreeSet<Name>,
    ended: BTreeMap<Name, NodeState>,
    nothing_starts: bool,
    /// Nodes on which the operator ended something.
    killed: BTreeSet<Name>,
    /// Nodes whose facts were kept before anything was undone.
    evidence: BTreeSet<Name>,
    /// Tasks that a failed run turned back, in order.
    turned_back: Vec<TaskId>,
    /// Every attempt that was started.
    attempts: BTreeSet<(TaskId, u32)>,
    /// What is to be tried again.
    waiting: BTreeSet<TaskId>,
    rollout: Model,
    /// Whether more has failed than the rollout tolerates.
    pub(super) is_too_much: bool,
}

impl History {
    pub(super) fn new(plan: Arc<Plan>, identity: &RunIdentity) -> Self {
        let record = RunRecord {
            run: identity.run.clone(),
            mzone: plan.mzone.clone(),
            kind: identity.kind,
            epoch: identity.epoch,
            manifest: "zone.hjson".into(),
            begun: Timestamp::UNIX_EPOCH,
        };
        Self {
            events: Vec::new(),
            rollout: Model::of(&plan, identity),
            is_too_much: false,
            attempts: BTreeSet::new(),
            waiting: BTreeSet::new(),
            plan,
            on_failure: identity.on_failure,
            fold: Fold::new(&record),
            begun: BTreeSet::new(),
            over: BTreeMap::new(),
            settled: BTreeSet::new(),
            ended: BTreeMap::new(),
            nothing_starts: false,
            killed: BTreeSet::new(),
            evidence: BTreeSet::new(),
            turned_back: Vec::new(),
        }
    }

    /// Takes one step of the machine.
    pub(super) fn take(&mut self, step: &Step, machine: &Machine) {
        for event in &step.events {
            self.follow(event);
            self.events.push(event.clone());
            self.fold_on(event);
        }
        intents_match_commands(step, machine, &self.plan);
    }

    fn fold_on(&mut self, event: &Event) {
        let seq = self.events.len() as u64;
        let entry = Entry {
            seq,
            time: Timestamp::UNIX_EPOCH,
            event: event.clone(),
        };
        self.fold
            .apply(&entry)
            .expect("the fold takes what the machine says");
    }

    fn follow(&mut self, event: &Event) {
        match event {
            Event::RunStarted(_) => assert!(self.events.is_empty(), "it starts once"),
            Event::NodePrepared { node } => assert!(self.settled.insert(node.clone())),
            Event::NodeFailed { node, .. } => {
                assert!(self.settled.insert(node.clone()));
                self.fail(node);
            }
            Event::Retrying { node, task, .. } => match task {
                Some(task) => assert!(self.waiting.insert(task.clone()), "{task:?} waits twice"),
                None => assert!(!self.settled.contains(node), "{node} was settled before"),
            },
            Event::BatchStarted { .. } => {}
            Event::HealthChecked { failure, .. } => {
                self.nothing_starts |= failure.is_some();
                self.is_too_much |= failure.is_some();
            }
            Event::Halted { .. } => assert!(self.nothing_starts, "it is halted for nothing"),
            Event::Intended { task, act } => self.intend(task, act),
            Event::Ended { task, ending } => self.end(task, ending),
            Event::TaskSkipped { task, reason } => self.skip(task, reason),
            Event::EvidenceGathered { node, .. } => {
                assert!(
                    self.evidence.insert(node.clone()),
                    "one look at {node} is enough"
                );
                self.ended.remove(node);
            }
            Event::StopRequested { after } => {
                assert!(!self.events.contains(event), "one stop is enough");
                self.nothing_starts |= *after == StopAfter::Task;
            }
            Event::KillRequested => {
                assert!(!self.events.contains(event), "one is enough");
                assert!(self.nothing_starts, "what runs is ended before the stop");
            }
            Event::NodeEnded { node, state, .. } => {
                assert_eq!(
                    self.ended.insert(node.clone(), *state),
                    None,
                    "{node} ends twice"
                );
                let is_killed = *state == NodeState::Error && self.killed.contains(node);
                if !matches!(state, NodeState::Ready | NodeState::Stopped) && !is_killed {
                    self.fail(node);
                }
            }
            Event::RunEnded { .. } => {}
        }
    }

    fn intend(&mut self, task: &TaskId, act: &Act) {
        if matches!(act, Act::Undo { .. }) && self.plan.undoes.is_none() {
            return self.turn_back(task);
        }
        assert!(
            !self.over.contains_key(task),
            "{task:?} goes on after its end"
        );
        if let Act::Start { number } = act {
            assert!(!self.nothing_starts, "{task:?} starts though nothing may");
            let is_new = self.attempts.insert((task.clone(), *number));
            assert!(is_new, "{task:?} starts attempt {number} twice");
        }
        let is_again = self.waiting.remove(task);
        if !self.begun.insert(task.clone()) {
            let goes_on = matches!(act, Act::Reboot { .. } | Act::Finish { .. });
            assert!(
                !(goes_on && !is_again && self.events.contains(&Event::KillRequested)),
                "{task:?} goes on though it was to be ended"
            );
            assert!(is_again || goes_on, "{task:?} starts again");
            return;
        }
        assert!(!self.nothing_starts, "{task:?} starts though nothing may");
        let nodes: BTreeSet<_> = self.tasks().into_iter().map(|task| task.node).collect();
        assert_eq!(
            nodes, self.settled,
            "{task:?} starts before all nodes are prepared"
        );
        self.rollout.starts(task, &self.ended);
        let mut before = self.rollout.before(&self.plan, task, self.tasks());
        assert!(
            before.all(|other| self.over.contains_key(&other)),
            "{task:?} is ahead"
        );
    }

    /// A task is undone once all are over and the evidence is kept, after those behind it.
    fn turn_back(&mut self, task: &TaskId) {
        let state = self.over.remove(task).expect("only what is over is undone");
        let is_left = !matches!(
            state,
            TaskState::Skipped | TaskState::Stopped | TaskState::Undone
        );
        assert!(is_left, "{task:?} is undone, and was {state:?}");
        let others = self.over.keys().chain(&self.turned_back).chain([task]);
        let others: BTreeSet<&TaskId> = others.collect();
        assert_eq!(
            others.len(),
            self.tasks().len(),
            "{task:?} is undone too early"
        );
        for (id, state) in &self.over {
            let has_failed = matches!(state, TaskState::Failed | TaskState::InDoubt);
            assert!(
                !has_failed || self.evidence.contains(&id.node),
                "no evidence of {id:?}"
            );
            assert_ne!(
                *state,
                TaskState::UndoFailed,
                "{task:?} is undone after {id:?}"
            );
        }
        let wave = |task: &TaskId| {
            let mut packages = self.plan.packages.iter();
            packages.position(|planned| planned.package == task.package)
        };
        let last = self.turned_back.last();
        assert!(
            last.is_none_or(|last| wave(last) >= wave(task)),
            "{task:?} is behind"
        );
        assert!(!self.turned_back.contains(task), "{task:?} is undone twice");
        self.turned_back.push(task.clone());
        self.ended.remove(&task.node);
    }

    fn end(&mut self, task: &TaskId, ending: &Ending) {
        let is_undo = self.plan.undoes.is_some() || self.turned_back.contains(task);
        let state = match ending {
            Ending::Succeeded { .. } if is_undo => TaskState::Undone,
            Ending::Failed(_) if is_undo => TaskState::UndoFailed,
            Ending::Succeeded { .. } => TaskState::Succeeded,
            Ending::Failed(failure) if failure.is_of_undo() => TaskState::UndoFailed,
            Ending::Failed(_) => TaskState::Failed,
            Ending::Undone(_) => TaskState::Undone,
            Ending::InDoubt(_) => TaskState::InDoubt,
            Ending::AwaitingReboot { .. } | Ending::Rebooted { .. } => return,
        };
        assert_eq!(
            self.over.insert(task.clone(), state),
            None,
            "{task:?} ends twice"
        );
        self.waiting.remove(task);
        self.rollout.ends(task);
        let class = ending.failure().map(|failure| failure.class);
        let is_killed = class == Some(FailureClass::Stopped)
            && state == TaskState::Failed
            && self.events.contains(&Event::KillRequested);
        if is_killed {
            self.killed.insert(task.node.clone());
        } else if ending.failure().is_some() {
            self.fail(&task.node);
        }
    }

    fn skip(&mut self, task: &TaskId, reason: &Skip) {
        assert!(
            !self.begun.contains(task) || self.events.contains(&Event::KillRequested),
            "{task:?} is skipped though it began"
        );
        let state = match reason {
            Skip::Stopped => TaskState::Stopped,
            _ => TaskState::Skipped,
        };
        assert_eq!(
            self.over.insert(task.clone(), state),
            None,
            "{task:?} ends twice"
        );
    }

    fn fail(&mut self, node: &Name) {
        let ends_run = self.on_failure == OnFailure::EndRun;
        let is_too_much = self.rollout.fails(node);
        self.nothing_starts |= is_too_much && ends_run;
        self.is_too_much |= is_too_much || !ends_run;
    }

    /// The tasks that the run began with.
    fn tasks(&self) -> Vec<TaskId> {
        match self.events.first() {
            Some(Event::RunStarted(start)) => {
                start.tasks.iter().map(|task| task.id.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Checks the end of the run, and gives what the fold makes of it.
    pub(super) fn close(self, outcome: RunState) -> RunView {
        let ends = |event: &&Event| matches!(event, Event::RunEnded { .. });
        assert_eq!(self.events.iter().filter(ends).count(), 1);
        assert_eq!(
            self.events.last(),
            Some(&Event::RunEnded { state: outcome })
        );
        let tasks: BTreeSet<TaskId> = self.tasks().into_iter().collect();
        assert_eq!(self.over.keys().cloned().collect::<BTreeSet<_>>(), tasks);
        let nodes: BTreeSet<Name> = tasks.iter().map(|task| task.node.clone()).collect();
        assert_eq!(self.ended.keys().cloned().collect::<BTreeSet<_>>(), nodes);
        let view = self.fold.finish();
        assert_eq!(view.state, outcome);
        for task in &view.tasks {
            assert_eq!(task.state, self.over[&task.id], "{:?}", task.id);
        }
        for (node, state) in &self.ended {
            assert_eq!(view.nodes[node].state, NodeStatus::from(*state));
        }
        view
    }

    /// Whether the operator ended something.
    pub(super) fn any_killed(&self) -> bool {
        !self.killed.is_empty()
    }

    /// How each node with work ended.
    pub(super) fn ended(&self) -> &BTreeMap<Name, NodeState> {
        &self.ended
    }

    /// How each task ended.
    pub(super) fn over(&self) -> &BTreeMap<TaskId, TaskState> {
        &self.over
    }
}

/// Whatever is done was intended in the same step, and the other way round.
fn intents_match_commands(step: &Step, machine: &Machine, plan: &Plan) {
    let intended = step.events.iter().filter_map(|event| match event {
        Event::Intended { task, act } => {
            Some((task.node.clone(), task.package.clone(), act.clone()))
        }
        _ => None,
    });
    let commanded = step.commands.iter().filter_map(|command| match command {
        Command::Act { task, act } => {
            let (node, package) = machine.place(*task);
            let (node, package) = (&plan.nodes[node].node, &plan.packages[package].package);
            Some((node.clone(), package.clone(), act.clone()))
        }
        _ => None,
    });
    assert!(intended.eq(commanded), "{step:?}");
}
