//! Speaks to one node for a run: one order at a time, one answer for each.

use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::event::{Act, Ending, TaskFailure, TaskId};
use super::machine::{Command, Input, RunIdentity};
use super::observer::{Observer, Progress};
use super::outcome;
use super::request::{self, AttemptContext};
use crate::crash::crash_point;
use crate::digest::Digest;
use crate::name::Name;
use crate::node::attempt::Receipt;
use crate::node::facts::Facts;
use crate::node::{FactsQuery, Follow, Node, NodeError, Payload, PayloadOrigin, RebootRequest};
use crate::plan::Plan;

/// What every worker of a run knows.
pub(super) struct Shared {
    pub(super) plan: Arc<Plan>,
    pub(super) identity: RunIdentity,
    pub(super) payloads: Vec<Payload>,
    /// Where nodes read payloads themselves.
    pub(super) origin: Option<Arc<dyn PayloadOrigin>>,
    /// What is read off a node at the end.
    pub(super) last_look: FactsQuery,
    pub(super) reboot_timeout_seconds: u64,
    pub(super) observer: Arc<dyn Observer>,
}

/// One thing to do.
pub(super) struct Order {
    pub(super) command: Command,
    /// The package of an act, as an index into the plan.
    pub(super) package: Option<usize>,
    /// The journal's head after the intent.
    pub(super) journal_head: String,
}

/// One node's worker.
pub(super) struct Worker {
    /// Index of the node in the plan.
    pub(super) index: usize,
    pub(super) node: Box<dyn Node>,
    pub(super) shared: Arc<Shared>,
    pub(super) inputs: UnboundedSender<Input>,
}

impl Worker {
    /// Works until there are no more orders, then ends the connection.
    pub(super) async fn serve(mut self, mut orders: UnboundedReceiver<Box<Order>>) {
        while let Some(order) = orders.recv().await {
            crash_point!("worker.order-taken");
            let input = self.obey(*order).await;
            crash_point!("worker.order-done");
            let Some(input) = input else {
                continue;
            };
            if self.inputs.send(input).is_err() {
                break;
            }
        }
        self.node.close().await;
    }

    async fn obey(&mut self, order: Order) -> Option<Input> {
        Some(match order.command {
            Command::Prepare { node } => Input::Prepared {
                node,
                result: self.prepare().await,
            },
            Command::Check { node } => Input::Checked {
                node,
                facts: Box::new(self.check().await),
            },
            Command::Act { task, act } => {
                let package = order.package.unwrap_or_default();
                Input::Ended {
                    task,
                    // On the heap, so that a worker that waits takes little room.
                    ending: Box::pin(self.act(act, package, order.journal_head)).await,
                }
            }
            // These are the driver's own errands.
            Command::Wait { .. } | Command::Health { .. } | Command::Kill => return None,
        })
    }

    async fn prepare(&mut self) -> Result<(), TaskFailure> {
        self.shared.observer.progress(&Progress::Preparing {
            node: self.node.name().clone(),
        });
        let Shared {
            plan,
            identity,
            payloads,
            ..
        } = &*self.shared;
        let needed = request::payloads(plan, self.index, identity.kind, payloads);
        let put = self.put(&needed).await;
        put.map_err(|error| outcome::of_error(&error))
    }

    /// Puts payloads on the node: it reads those that it can itself, and is sent the others.
    async fn put(&mut self, payloads: &[Payload]) -> Result<(), NodeError> {
        if let Some(origin) = &self.shared.origin {
            let not_fetched = self.node.fetch(payloads, &**origin).await?;
            if let Some(first) = not_fetched.first() {
                self.shared.observer.progress(&Progress::NotFetched {
                    node: self.node.name().clone(),
                    payloads: not_fetched.len(),
                    why: first.why.clone(),
                });
            }
        }
        self.node.upload(payloads).await
    }

    async fn check(&mut self) -> Result<Facts, String> {
        self.shared.observer.progress(&Progress::Checking {
            node: self.node.name().clone(),
        });
        self.node
            .facts(&self.shared.last_look)
            .await
            .map_err(|error| error.to_string())
    }

    async fn act(&mut self, act: Act, package: usize, journal_head: String) -> Ending {
        let shared = Arc::clone(&self.shared);
        let context = AttemptContext {
            plan: &shared.plan,
            identity: &shared.identity,
            node: self.index,
            package,
            journal_head,
        };
        let wanted = &shared.plan.packages[package];
        let task = self.task_id(package);
        let mut log = |bytes: &[u8]| shared.observer.log(&task, bytes);
        match act {
            Act::Start { number } => {
                let started = self.node.start(&context.request(number), &mut log).await;
                outcome::of_start(started)
            }
            Act::Undo { number } => match context.undo_request(number) {
                Some(request) => outcome::of_attempt(self.node.start(&request, &mut log).await),
                None => outcome::not_undoable(),
            },
            Act::TakeUp { run, number } => {
                let is_own = run == shared.identity.run;
                let follow = Follow {
                    attempt: context.take_up(run, number),
                    offset: 0,
                };
                let followed = self.node.follow(&follow, &mut log).await;
                ending_of(followed, is_own, &wanted.bundle.digest)
            }
            Act::Finish { run, number } => {
                let is_own = run == shared.identity.run;
                let attempt = context.take_up(run, number);
                let finished = self.node.finish(&attempt, &mut log).await;
                ending_of(finished, is_own, &wanted.bundle.digest)
            }
            Act::Reboot { since } => {
                let timeout_seconds = shared.reboot_timeout_seconds + context.watch_seconds();
                let request = RebootRequest {
                    epoch: shared.identity.epoch,
                    since,
                    timeout_seconds,
                };
                outcome::of_reboot(self.node.reboot(&request).await)
            }
        }
    }

    fn task_id(&self, package: usize) -> TaskId {
        let planned = &self.shared.plan.packages[package];
        let node: Name = self.node.name().clone();
        TaskId {
            node,
            component: planned.component.clone(),
            package: planned.package.clone(),
        }
    }
}

/// How an attempt that has begun ended. What this run began went where this run wanted.
fn ending_of(result: Result<Receipt, NodeError>, is_own: bool, wanted: &Digest) -> Ending {
    match is_own {
        true => outcome::of_begun(result),
        false => outcome::of_inherited(result, wanted),
    }
}
