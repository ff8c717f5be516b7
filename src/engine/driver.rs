//! Acts for the machine: one worker for each node, one loop for the run.
//!
//! Guarantees: the events of a step are durable before its commands begin; when the
//! journal cannot be written, nothing more begins; a worker that dies leaves its task in
//! doubt and not the run waiting.

use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::errands::Errands;
use super::event::{Ending, RunState, StopAfter, TaskFailure, TaskId};
use super::health::{Health, HealthRequest};
use super::journal::{Journal, JournalError};
use super::machine::{Command, Input, Machine, RunIdentity, Step};
use super::observer::{Observer, Progress};
use super::request::check_query;
use super::worker::{Order, Shared, Worker};
use crate::crash::crash_point;
use crate::failure::FailureClass;
use crate::name::Name;
use crate::node::{EndSender, Node, Payload, PayloadOrigin, SentSink, end_channel};
use crate::plan::Plan;

/// What to run.
pub struct RunRequest {
    /// The plan.
    pub plan: Arc<Plan>,
    /// What tells this run from others.
    pub identity: RunIdentity,
    /// The plan's nodes, in its order.
    pub nodes: Vec<Box<dyn Node>>,
    /// The payloads of the plan's bundles.
    pub payloads: Vec<Payload>,
    /// Where nodes read payloads themselves; what they cannot is sent, or all is without one.
    pub origin: Option<Arc<dyn PayloadOrigin>>,
    /// How long a node may take to come back from a reboot, in seconds.
    pub reboot_timeout_seconds: u64,
}

/// What a run is connected to.
pub struct Surroundings {
    /// Where events become durable.
    pub journal: Box<dyn Journal>,
    /// Who watches.
    pub observer: Arc<dyn Observer>,
    /// Who knows whether the zone is well.
    pub health: Arc<dyn Health>,
    /// What the operator wants meanwhile.
    pub signals: UnboundedReceiver<Signal>,
}

/// What an operator can want while a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Finish so much, wait for what is running.
    Stop(StopAfter),
    /// Start nothing more, and end what is running on the nodes.
    Kill,
    /// Leave at once; what is running goes on on the nodes.
    Abandon,
}

/// Why a run has no end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Nothing more was started after this.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The operator did not wait; these tasks still run on their nodes.
    #[error("abandoned while tasks were running")]
    Abandoned(Vec<TaskId>),
}

/// Runs a plan to its end.
pub async fn run(request: RunRequest, surroundings: Surroundings) -> Result<RunState, RunError> {
    let machine = Machine::new(Arc::clone(&request.plan), request.identity.clone());
    Driver::new(request, surroundings, machine).run().await
}

struct Driver {
    machine: Machine,
    surroundings: Surroundings,
    errands: Errands,
    shared: Arc<Shared>,
    /// Boxed, because a channel keeps room for many.
    orders: Vec<UnboundedSender<Box<Order>>>,
    workers: JoinSet<()>,
    worker_of: Vec<tokio::task::Id>,
    inputs: UnboundedReceiver<Input>,
    /// The act that each node is busy with, for the case that its worker dies.
    busy: Vec<Option<Command>>,
    end: EndSender,
}

/// Tells an observer how much has been sent to a node.
fn sent_to(observer: &Arc<dyn Observer>, node: &Name) -> SentSink {
    let (observer, node) = (Arc::clone(observer), node.clone());
    Arc::new(move |sent| {
        let node = node.clone();
        observer.progress(&Progress::Sending { node, sent });
    })
}

impl Driver {
    fn new(request: RunRequest, surroundings: Surroundings, machine: Machine) -> Self {
        let (sender, inputs) = unbounded_channel();
        let shared = Arc::new(Shared {
            last_look: check_query(&request.plan),
            plan: request.plan,
            identity: request.identity,
            payloads: request.payloads,
            origin: request.origin,
            reboot_timeout_seconds: request.reboot_timeout_seconds,
            observer: Arc::clone(&surroundings.observer),
        });
        let mut workers = JoinSet::new();
        let (mut orders, mut worker_of) = (Vec::new(), Vec::new());
        let busy = vec![None; request.nodes.len()];
        let (end, end_wanted) = end_channel();
        for (index, mut node) in request.nodes.into_iter().enumerate() {
            let (order, received) = unbounded_channel();
            node.end_when(end_wanted.clone());
            node.tell_sent(sent_to(&surroundings.observer, node.name()));
            let worker = Worker {
                index,
                node,
                shared: Arc::clone(&shared),
                inputs: sender.clone(),
            };
            worker_of.push(workers.spawn(worker.serve(received)).id());
            orders.push(order);
        }
        Self {
            machine,
            errands: Errands::new(&sender, Arc::clone(&surroundings.health)),
            shared,
            surroundings,
            orders,
            workers,
            worker_of,
            inputs,
            busy,
            end,
        }
    }

    async fn run(mut self) -> Result<RunState, RunError> {
        let mut step = self.machine.begin();
        loop {
            self.carry_out(step)?;
            if let Some(state) = self.machine.outcome() {
                crash_point!("driver.run-over");
                self.close().await;
                return Ok(state);
            }
            step = self.next_step().await?;
        }
    }

    /// Journal first, then the observers, then the nodes.
    fn carry_out(&mut self, step: Step) -> Result<(), RunError> {
        let head = match step.events.is_empty() {
            true => String::new(),
            false => self.surroundings.journal.append(&step.events)?,
        };
        crash_point!("driver.events-durable");
        for event in &step.events {
            self.surroundings.observer.event(event);
        }
        crash_point!("driver.events-shown");
        for command in step.commands {
            self.dispatch(command, head.clone());
            crash_point!("driver.command-begun");
        }
        Ok(())
    }

    fn dispatch(&mut self, command: Command, journal_head: String) {
        let (node, package) = match &command {
            Command::Prepare { node } | Command::Check { node } => (*node, None),
            Command::Kill => return self.end.end(),
            Command::Act { task, .. } => {
                let (node, package) = self.machine.place(*task);
                (node, Some(package))
            }
            Command::Wait { wait, seconds } => return self.errands.wait(*wait, *seconds),
            Command::Health { batch, nodes } => {
                let request = self.health_request(*batch, nodes.clone());
                return self.errands.look(request);
            }
        };
        self.busy[node] = Some(command.clone());
        // A worker that is gone is reported by its end; see `worker_died`.
        let _ = self.orders[node].send(Box::new(Order {
            command,
            package,
            journal_head,
        }));
    }

    fn health_request(&self, batch: u32, nodes: Vec<Name>) -> HealthRequest {
        HealthRequest {
            command: self.shared.plan.rollout.health.clone(),
            run: self.shared.identity.run.clone(),
            mzone: self.shared.plan.mzone.clone(),
            batch,
            nodes,
        }
    }

    /// Waits for something to happen and takes all that has happened by then, so that
    /// one write makes it durable.
    async fn next_step(&mut self) -> Result<Step, RunError> {
        let mut step = Step::default();
        tokio::select! {
            biased;
            Some(signal) = self.surroundings.signals.recv() => match signal {
                Signal::Stop(after) => step = self.machine.handle(Input::StopRequested { after }),
                Signal::Kill => step = self.machine.handle(Input::KillRequested),
                Signal::Abandon => {
                    return Err(RunError::Abandoned(self.machine.running().cloned().collect()));
                }
            },
            Some(input) = self.inputs.recv() => self.take(input, &mut step),
            Some(Err(died)) = self.workers.join_next() => {
                let inputs = self.worker_died(died.id());
                inputs.into_iter().for_each(|input| self.take(input, &mut step));
            }
            else => return Err(RunError::Abandoned(self.machine.running().cloned().collect())),
        }
        while let Ok(input) = self.inputs.try_recv() {
            self.take(input, &mut step);
        }
        Ok(step)
    }

    fn take(&mut self, input: Input, step: &mut Step) {
        crash_point!("driver.input-taken");
        let next = self.machine.handle(input);
        step.events.extend(next.events);
        step.commands.extend(next.commands);
    }

    /// What the machine must hear of a worker that ended before its time.
    fn worker_died(&mut self, id: tokio::task::Id) -> Option<Input> {
        let node = self.worker_of.iter().position(|worker| *worker == id)?;
        let failure = TaskFailure {
            class: FailureClass::Internal,
            message: "the part of ddt that speaks to the node ended".to_owned(),
            step: None,
        };
        Some(match self.busy[node].take()? {
            Command::Prepare { node } => Input::Prepared {
                node,
                result: Err(failure),
            },
            Command::Act { task, .. } => Input::Ended {
                task,
                ending: Ending::InDoubt(failure),
            },
            Command::Check { node } => Input::Checked {
                node,
                facts: Box::new(Err(failure.message)),
            },
            // No worker does these.
            Command::Wait { .. } | Command::Health { .. } | Command::Kill => return None,
        })
    }

    /// Lets the workers end their connections.
    async fn close(mut self) {
        self.orders.clear();
        while self.workers.join_next().await.is_some() {}
    }
}
