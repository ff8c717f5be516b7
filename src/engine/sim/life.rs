//! One controller from its start to its end: it probes, plans and drives, as `ddt deploy`
//! does, with the real parts of each.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;

use super::Rehearsal;
use super::connection::Connection;
use super::errand::Errand;
use super::fault::Fault;
use super::inheritance;
use super::invariants::{Moment, Promise};
use super::ledger::{Happening, Ledger, Mishap, Reins, SuddenEnd};
use super::sabotage::Sabotage;
use super::world::{Shared, World};
use crate::engine::driver::{self, RunError, RunRequest, Surroundings};
use crate::engine::event::{Event, RunState, TaskId};
use crate::engine::health::{Health, HealthRequest};
use crate::engine::journal::{Journal, JournalError};
use crate::engine::machine::{OnFailure, RunIdentity};
use crate::engine::observer::Observer;
use crate::engine::probe::{Probed, probe};
use crate::name::Name;
use crate::node::{FactsQuery, Node, Payload};
use crate::plan::{Assume, Observation, Plan, Rollout};

/// After so long, a run that has not ended never will.
const LONGEST_RUN: Duration = Duration::from_secs(30 * 24 * 3_600);

/// How a controller ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LifeEnd {
    /// Its run came to this end.
    Ended(RunState),
    /// It died, or its operator left, while its run went on.
    Died,
    /// It was taken for dead, and goes on beside the next one.
    Forsaken,
    /// The facts of the nodes forbid a plan.
    Refused {
        /// The first problem.
        problem: String,
        /// Nothing but the outcome of attempts is unknown.
        is_in_doubt: bool,
    },
    /// There was nothing to do.
    UpToDate,
}

/// What a driver comes to.
pub(super) type Driven = Result<RunState, RunError>;

type Running = JoinHandle<Driven>;

/// A controller.
pub(super) struct Life<'a> {
    pub(super) shared: &'a Shared,
    pub(super) rehearsal: &'a Rehearsal,
    pub(super) errand: Errand,
    /// What the operator says of attempts in doubt.
    pub(super) assume: Option<Assume>,
    /// Controllers that were taken for dead.
    pub(super) forsaken: &'a mut Vec<Running>,
}

impl Life<'_> {
    pub(super) async fn live(self) -> LifeEnd {
        let watcher: Arc<dyn Observer> = Arc::new(Watcher);
        let Probed {
            nodes,
            observations,
        } = probe(self.connect(), FactsQuery::default(), watcher).await;
        let past = self.errand.past(&self.shared.lock().ledgers);
        let source = (self.rehearsal, past.as_ref());
        let plan = match self.errand.plan(source, &observations, self.assume) {
            Ok(plan) => plan,
            Err(refused) => return refused,
        };
        if plan.work() == 0 {
            return LifeEnd::UpToDate;
        }
        let identity = self.identity(&observations);
        drop(observations);
        self.run(Arc::new(plan), nodes, identity).await
    }

    fn connect(&self) -> Vec<Box<dyn Node>> {
        let world = self.shared.lock();
        let nodes = world.nodes.iter().enumerate();
        nodes
            .map(|(at, node)| -> Box<dyn Node> {
                Box::new(Connection::new(node.name.clone(), at, self.shared.clone()))
            })
            .collect()
    }

    async fn run(
        self,
        plan: Arc<Plan>,
        mut nodes: BTreeMap<Name, Box<dyn Node>>,
        identity: RunIdentity,
    ) -> LifeEnd {
        let (signals, received) = unbounded_channel();
        let (ends, ended) = unbounded_channel();
        let run = self.begin(&plan, &identity, Reins { signals, ends });
        let request = RunRequest {
            nodes: plan
                .nodes
                .iter()
                .filter_map(|node| nodes.remove(&node.node))
                .collect(),
            payloads: payloads(&plan),
            origin: None,
            plan: self.sabotaged_plan(plan),
            identity: self.sabotaged(identity),
            reboot_timeout_seconds: self.rehearsal.reboot_timeout_seconds,
        };
        let record = Record {
            shared: self.shared.clone(),
            run,
        };
        let surroundings = Surroundings {
            journal: Box::new(record),
            observer: Arc::new(Watcher),
            signals: received,
            health: Arc::new(Wellness(self.shared.clone())),
        };
        let running = tokio::spawn(driver::run(request, surroundings));
        self.watch(running, ended).await
    }

    /// The run's identity, with an epoch that no node and no run before has seen.
    fn identity(&self, observations: &BTreeMap<Name, Observation>) -> RunIdentity {
        let world = self.shared.lock();
        let facts = observations.values().filter_map(|seen| seen.as_ref().ok());
        let seen = facts.map(|facts| facts.epoch).max().unwrap_or_default();
        let before = world.ledgers.last().map(|ledger| ledger.identity.epoch);
        let number = world.ledgers.len() + 1;
        let template = self.rehearsal.identity.clone();
        let run = format!("rehearsed-{number}")
            .parse()
            .unwrap_or(template.run);
        RunIdentity {
            run,
            kind: self.errand.kind(),
            epoch: seen.max(before.unwrap_or_default()) + 1,
            ..self.rehearsal.identity.clone()
        }
    }

    fn sabotaged(&self, identity: RunIdentity) -> RunIdentity {
        match self.shared.lock().sabotage {
            Some(Sabotage::GoesOn) => RunIdentity {
                on_failure: OnFailure::GoOnWithNode,
                ..identity
            },
            _ => identity,
        }
    }

    fn sabotaged_plan(&self, plan: Arc<Plan>) -> Arc<Plan> {
        match self.shared.lock().sabotage {
            Some(Sabotage::Hurries) => Arc::new(Plan {
                rollout: Rollout::default(),
                ..Plan::clone(&plan)
            }),
            _ => plan,
        }
    }

    fn begin(&self, plan: &Arc<Plan>, identity: &RunIdentity, reins: Reins) -> usize {
        let mut world = self.shared.lock();
        if world.ledgers.is_empty() {
            inheritance::take_over(&mut world, plan, identity);
        }
        let mut ledger = Ledger::new(Arc::clone(plan), identity.clone(), reins);
        ledger.mishaps = world.mishaps(plan);
        world.ledgers.push(ledger);
        let run = world.ledgers.len() - 1;
        world.happen(&Moment::Begun { run });
        run
    }

    async fn watch(self, mut running: Running, mut ends: UnboundedReceiver<SuddenEnd>) -> LifeEnd {
        tokio::select! {
            biased;
            Some(end) = ends.recv() => match end {
                SuddenEnd::Dead => {
                    running.abort();
                    LifeEnd::Died
                }
                SuddenEnd::Forsaken => {
                    self.forsaken.push(running);
                    LifeEnd::Forsaken
                }
            },
            ended = &mut running => match ended {
                Ok(Ok(state)) => LifeEnd::Ended(state),
                Ok(Err(_)) => LifeEnd::Died,
                Err(error) => self.broken(format!("the driver ended: {error}")),
            },
            () = tokio::time::sleep(LONGEST_RUN) => {
                running.abort();
                self.broken("a run does not come to an end".to_owned())
            }
        }
    }

    fn broken(&self, how: String) -> LifeEnd {
        self.shared.lock().break_promise(Promise::Ends, how);
        LifeEnd::Died
    }
}

/// What a node needs is told from its digest alone.
fn payloads(plan: &Plan) -> Vec<Payload> {
    let bundles = plan.packages.iter().map(|package| &package.bundle);
    bundles
        .map(|bundle| Payload {
            digest: bundle.payload.clone(),
            path: "rehearsal".into(),
            size: bundle.payload_bytes,
            archive: bundle.payload.clone(),
        })
        .collect()
}

impl World {
    /// What will happen to a run of this plan.
    fn mishaps(&mut self, plan: &Plan) -> Vec<Mishap> {
        let mut mishaps = Vec::new();
        // A run has about so many events.
        let events = u32::try_from(plan.work() * 3 + plan.nodes.len()).unwrap_or(u32::MAX);
        let kinds = [
            (Fault::Crash, 2),
            (Fault::Takeover, 6),
            (Fault::Stop, 6),
            (Fault::Kill, 8),
        ];
        for (fault, often) in kinds {
            if self.chance.strikes(fault, often) {
                let at = u64::from(self.chance.below(events));
                let what = self.happening(fault);
                self.write(&format!("{fault}: {what:?} at event {at} of the run"));
                mishaps.push(Mishap { at, what });
            }
        }
        mishaps
    }

    fn happening(&mut self, fault: Fault) -> Happening {
        match fault {
            Fault::Takeover => Happening::Forsaken,
            Fault::Stop => Happening::Stop(self.chance.stop_after()),
            Fault::Kill => Happening::Kill,
            _ => match self.chance.below(4) {
                0 => Happening::DeathBefore,
                1 => Happening::DeathAfter,
                2 => Happening::DeathLater(self.chance.milliseconds(1..60_000)),
                _ => Happening::Abandoned,
            },
        }
    }
}

/// The journal of a run, as its driver sees it.
struct Record {
    shared: Shared,
    run: usize,
}

impl Journal for Record {
    fn append(&mut self, events: &[Event]) -> Result<String, JournalError> {
        self.shared.append(self.run, events)
    }
}

/// The zone's health command, which is not run.
struct Wellness(Shared);

#[async_trait]
impl Health for Wellness {
    async fn check(&self, _: &HealthRequest) -> Result<(), String> {
        let mut world = self.0.lock();
        match world.chance.strikes(Fault::Health, 8) {
            true => Err("the zone is not well".to_owned()),
            false => Ok(()),
        }
    }
}

/// Sees everything, and does nothing.
struct Watcher;

impl Observer for Watcher {
    fn event(&self, _: &Event) {}

    fn log(&self, _: &TaskId, _: &[u8]) {}
}

impl fmt::Display for LifeEnd {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(state) => out.write_str(state.word()),
            Self::Died => out.write_str("died"),
            Self::Forsaken => out.write_str("taken over"),
            Self::Refused { .. } => out.write_str("refused"),
            Self::UpToDate => out.write_str("nothing to do"),
        }
    }
}
