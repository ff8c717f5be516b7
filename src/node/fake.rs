//! A node without a machine: it keeps the contract of [`Node`] in memory, does what a
//! script says, and counts what was done to it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::attempt::{
    AttemptId, AttemptOutcome, AttemptRecord, AttemptRequest, AttemptState, Commit, Receipt,
};
use super::facts::{BootId, ComponentFacts, Facts, ReleaseLine, ReleaseOutcome};
use super::{FactsQuery, Follow, LogSink, Node, NodeError, Payload, RebootRequest, TakeUp};
use crate::digest::Digest;
use crate::name::Name;

/// What happens when a package's attempt is started.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// The attempt runs and ends like this.
    Ends(AttemptOutcome),
    /// The attempt runs and ends like this, but the connection breaks before it is told.
    Loses(AttemptOutcome),
    /// The attempt does not run.
    Refuses(NodeError),
}

/// The machine: it outlives the nodes that speak to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeMachine(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    boots: u32,
    epoch: u64,
    components: BTreeMap<Name, ComponentFacts>,
    payloads: BTreeSet<Digest>,
    started: BTreeMap<AttemptId, (AttemptRequest, Receipt)>,
    last: Option<AttemptId>,
    scripts: BTreeMap<Name, VecDeque<Script>>,
}

/// A connection to a machine.
pub(crate) struct FakeNode {
    name: Name,
    machine: FakeMachine,
}

impl FakeMachine {
    /// A node that speaks to this machine.
    pub(crate) fn node(&self, name: Name) -> FakeNode {
        FakeNode {
            name,
            machine: self.clone(),
        }
    }

    /// Says what happens at the next start of a package that has no script yet.
    pub(crate) fn script(&self, package: Name, script: Script) {
        let mut memory = self.memory();
        memory.scripts.entry(package).or_default().push_back(script);
    }

    /// The attempts whose steps ran, each as often as they did.
    pub(crate) fn effects(&self) -> Vec<AttemptId> {
        self.memory().started.keys().cloned().collect()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn boot_id(&self) -> BootId {
        BootId(format!("boot-{}", self.boots))
    }

    fn facts(&self, query: &FactsQuery) -> Facts {
        let component = |name: &Name| self.components.get(name).cloned().unwrap_or_default();
        let last_attempt = self.last.as_ref().and_then(|id| self.started.get(id));
        Facts {
            boot_id: self.boot_id(),
            arch: "x86_64".into(),
            privileged: true,
            free_kib: 1 << 20,
            epoch: self.epoch,
            components: query
                .components
                .iter()
                .map(|files| (files.component.clone(), component(&files.component)))
                .collect(),
            payloads: query
                .payloads
                .iter()
                .filter(|digest| self.payloads.contains(digest))
                .cloned()
                .collect(),
            last_attempt: last_attempt.map(attempt_record),
        }
    }

    fn refuse_older(&self, epoch: u64) -> Result<(), NodeError> {
        match epoch < self.epoch {
            true => Err(NodeError::StaleEpoch {
                seen: self.epoch,
                ours: epoch,
            }),
            false => Ok(()),
        }
    }

    fn start(&mut self, request: &AttemptRequest) -> Result<Receipt, NodeError> {
        self.refuse_older(request.epoch)?;
        if self.started.contains_key(&request.id) {
            return Err(NodeError::AlreadyStarted);
        }
        if !self.payloads.contains(&request.payload) {
            return Err(NodeError::State("the payload is not on the node".into()));
        }
        let scripts = self.scripts.get_mut(&request.id.package);
        let script = scripts.and_then(VecDeque::pop_front);
        match script.unwrap_or(Script::Ends(AttemptOutcome::Succeeded)) {
            Script::Refuses(error) => Err(error),
            Script::Ends(outcome) => Ok(self.run(request, outcome)),
            Script::Loses(outcome) => {
                self.run(request, outcome);
                Err(NodeError::Transport("the script says so".into()))
            }
        }
    }

    fn run(&mut self, request: &AttemptRequest, outcome: AttemptOutcome) -> Receipt {
        self.epoch = request.epoch;
        self.last = Some(request.id.clone());
        let outcome = match (&request.commit, outcome) {
            (Commit::AfterReboot { .. }, AttemptOutcome::Succeeded) => {
                AttemptOutcome::AwaitingReboot
            }
            (_, outcome) => outcome,
        };
        let receipt = Receipt {
            id: request.id.clone(),
            epoch: request.epoch,
            digest: request.digest.clone(),
            boot_id: self.boot_id(),
            journal_head: request.journal_head.clone(),
            started: 0,
            ended: 0,
            outcome,
            log_bytes: 0,
        };
        if receipt.outcome == AttemptOutcome::Succeeded {
            self.record(request);
        }
        let ended = (request.clone(), receipt.clone());
        self.started.insert(request.id.clone(), ended);
        receipt
    }

    fn record(&mut self, request: &AttemptRequest) {
        let (Commit::AfterSteps(records) | Commit::AfterReboot { records, .. }) = &request.commit
        else {
            return;
        };
        let component = self
            .components
            .entry(request.id.component.clone())
            .or_default();
        if let Some((_, stage)) = &records.stage {
            component.stage = Some(stage.clone());
        }
        component.releases.push(ReleaseLine {
            time: "1970-01-01T00:00:00Z".into(),
            package: request.id.package.clone(),
            bundle: request.bundle.clone(),
            tag: request.tag.clone(),
            digest: request.digest.clone(),
            run: request.id.run.clone(),
            outcome: ReleaseOutcome::Deployed,
        });
    }

    fn take_up(&mut self, attempt: &TakeUp) -> Result<(AttemptRequest, Receipt), NodeError> {
        let started = self.started.get(&attempt.id).cloned();
        let started = started.ok_or(NodeError::UnknownAttempt)?;
        self.refuse_older(attempt.epoch)?;
        self.epoch = attempt.epoch;
        Ok(started)
    }

    fn finish(&mut self, attempt: &TakeUp) -> Result<Receipt, NodeError> {
        let (request, mut receipt) = self.take_up(attempt)?;
        if receipt.outcome != AttemptOutcome::AwaitingReboot {
            return Ok(receipt);
        }
        if receipt.boot_id == self.boot_id() {
            return Err(NodeError::SameBoot(receipt.boot_id));
        }
        self.record(&request);
        receipt.outcome = AttemptOutcome::Succeeded;
        receipt.boot_id = self.boot_id();
        let ended = (request, receipt.clone());
        self.started.insert(attempt.id.clone(), ended);
        Ok(receipt)
    }
}

fn attempt_record((request, receipt): &(AttemptRequest, Receipt)) -> AttemptRecord {
    AttemptRecord {
        id: receipt.id.clone(),
        tag: request.tag.clone(),
        digest: receipt.digest.clone(),
        state: match receipt.outcome {
            AttemptOutcome::AwaitingReboot => AttemptState::AwaitingReboot(receipt.boot_id.clone()),
            _ => AttemptState::Ended(receipt.clone()),
        },
    }
}

#[async_trait]
impl Node for FakeNode {
    fn name(&self) -> &Name {
        &self.name
    }

    async fn facts(&mut self, query: &FactsQuery) -> Result<Facts, NodeError> {
        Ok(self.machine.memory().facts(query))
    }

    async fn upload(&mut self, payloads: &[Payload]) -> Result<(), NodeError> {
        let digests = payloads.iter().map(|payload| payload.digest.clone());
        self.machine.memory().payloads.extend(digests);
        Ok(())
    }

    async fn start(
        &mut self,
        request: &AttemptRequest,
        _: LogSink<'_>,
    ) -> Result<Receipt, NodeError> {
        self.machine.memory().start(request)
    }

    async fn follow(&mut self, follow: &Follow, _: LogSink<'_>) -> Result<Receipt, NodeError> {
        self.machine
            .memory()
            .take_up(&follow.attempt)
            .map(|(_, receipt)| receipt)
    }

    async fn finish(&mut self, attempt: &TakeUp, _: LogSink<'_>) -> Result<Receipt, NodeError> {
        self.machine.memory().finish(attempt)
    }

    async fn attempts(&mut self, run: &Name) -> Result<Vec<AttemptRecord>, NodeError> {
        let memory = self.machine.memory();
        let started = memory.started.values();
        let of_run = started.filter(|(request, _)| request.id.run == *run);
        Ok(of_run.map(attempt_record).collect())
    }

    async fn reboot(&mut self, _: &RebootRequest) -> Result<BootId, NodeError> {
        let mut memory = self.machine.memory();
        memory.boots += 1;
        Ok(memory.boot_id())
    }

    async fn close(&mut self) {}
}
