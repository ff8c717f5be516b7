//! A controller's connection to a simulated node, over a network that loses, delays and
//! repeats. What is done about that is decided by the same code as over SSH.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use super::disk::Heard;
use super::fault::Fault;
use super::sabotage::Sabotage;
use super::world::{Outage, Shared, World};
use crate::name::Name;
use crate::node::attempt::{AttemptRecord, AttemptRequest, Receipt};
use crate::node::facts::{BootId, Facts};
use crate::node::persistence::{Next, POLL, Persistence, RETRY};
use crate::node::reboot::{self, Boots};
use crate::node::{
    ConnectOptions, EndReceiver, FactsQuery, Follow, LogSink, Node, NodeError, Payload,
    RebootRequest, TakeUp,
};

/// How long a connection is tried for.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an answer is waited for.
const ANSWER: Duration = Duration::from_secs(120);

/// A connection to one node.
pub(super) struct Connection {
    name: Name,
    node: usize,
    shared: Shared,
    /// Says that what runs is to be ended.
    end: Option<EndReceiver>,
}

/// What is asked of an attempt.
#[derive(Clone)]
enum Ask {
    Start(Arc<AttemptRequest>),
    Follow(Arc<TakeUp>),
    Finish(Arc<TakeUp>),
}

/// What becomes of one message and its answer.
struct Fate {
    there: Duration,
    is_late: bool,
    back: Duration,
    /// The message is lost, or its answer.
    loses: Option<Loss>,
    /// It arrives a second time, so much later.
    again: Option<Duration>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    Request,
    Answer,
}

impl Connection {
    pub(super) fn new(name: Name, node: usize, shared: Shared) -> Self {
        Self {
            name,
            node,
            shared,
            end: None,
        }
    }

    /// One request and its answer.
    async fn exchange<T, F>(&self, ask: F) -> Result<T, NodeError>
    where
        T: Send + 'static,
        F: Fn(&mut World) -> Result<T, NodeError> + Clone + Send + 'static,
    {
        let fate = self.shared.lock().fate(self.node);
        self.doom();
        self.reach(CONNECT).await?;
        if let Some(later) = fate.again {
            self.deliver(ask.clone(), later);
        }
        if fate.loses == Some(Loss::Request) {
            sleep(fate.there).await;
            return Err(lost());
        }
        let answer = self.deliver_once(ask, &fate).await?;
        sleep(fate.back).await;
        if fate.loses == Some(Loss::Answer) {
            return Err(lost());
        }
        self.reach(Duration::ZERO).await.map_err(|_| lost())?;
        answer
    }

    /// Fails, after some time, where the node cannot be reached now.
    async fn reach(&self, patience: Duration) -> Result<(), NodeError> {
        if self.shared.lock().is_reachable(self.node) {
            return Ok(());
        }
        sleep(patience).await;
        Err(NodeError::Unreachable("no answer".to_owned()))
    }

    /// A late message is on its way even when nobody waits for it any more.
    async fn deliver_once<T, F>(
        &self,
        ask: F,
        fate: &Fate,
    ) -> Result<Result<T, NodeError>, NodeError>
    where
        T: Send + 'static,
        F: Fn(&mut World) -> Result<T, NodeError> + Clone + Send + 'static,
    {
        if fate.is_late {
            let answer = self.deliver(ask, fate.there);
            return match timeout(ANSWER, answer).await {
                Ok(Ok(answer)) => Ok(answer),
                _ => Err(NodeError::Transport("the node does not answer".to_owned())),
            };
        }
        sleep(fate.there).await;
        let mut world = self.shared.lock();
        match world.is_reachable(self.node) {
            true => Ok(ask(&mut world)),
            false => Err(lost()),
        }
    }

    /// Sends a message that arrives by itself, if the node is there then.
    fn deliver<T, F>(&self, ask: F, later: Duration) -> oneshot::Receiver<Result<T, NodeError>>
    where
        T: Send + 'static,
        F: Fn(&mut World) -> Result<T, NodeError> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let (shared, node) = (self.shared.clone(), self.node);
        tokio::spawn(async move {
            sleep(later).await;
            let mut world = shared.lock();
            if world.is_reachable(node) {
                // Nobody may be waiting any more.
                let _ = sender.send(ask(&mut world));
            }
        });
        answer
    }

    /// The node may lose its power, soon.
    fn doom(&self) {
        let mut world = self.shared.lock();
        if !world.chance.strikes(Fault::Death, 80) {
            return;
        }
        let outage = Outage {
            after: world.chance.milliseconds(1..20_000),
            lasts: world.chance.milliseconds(1_000..200_000),
            is_new_boot: true,
        };
        drop(world);
        self.shared.begin_outage(self.node, outage);
    }

    async fn ask_to_end(&self, mut ask: Ask) -> Result<Receipt, NodeError> {
        let begun = Instant::now();
        let patience = ConnectOptions::default().reconnect_seconds;
        let mut persistence = Persistence::new(Duration::from_secs(patience));
        loop {
            if self.shared.lock().is_reachable(self.node) {
                persistence.reached();
            }
            let answer = self.ask(&ask).await;
            match persistence.next(answer, begun.elapsed()) {
                Next::Ended(receipt) => return Ok(receipt),
                Next::Look => sleep(POLL).await,
                Next::Follow => ask = Ask::Follow(ask.taken_up()),
                Next::Reconnect => sleep(RETRY).await,
                Next::GiveUp(error) => return Err(error),
            }
        }
    }

    /// One request about an attempt; waits while its steps run, if the connection holds.
    async fn ask(&self, ask: &Ask) -> Result<Option<Receipt>, NodeError> {
        let (node, asked) = (self.node, ask.clone());
        let heard = self.exchange(move |world| asked.put(world, node)).await?;
        match (heard, ask) {
            (Heard::Receipt(receipt), _) => Ok(Some(receipt)),
            (Heard::Runs(_), Ask::Follow(attempt)) => {
                if self.end.as_ref().is_some_and(EndReceiver::is_wanted) {
                    self.tell_end(attempt).await?;
                }
                Ok(None)
            }
            (Heard::Runs(until), _) => self.wait(until, &ask.taken_up()).await,
        }
    }

    /// The session that runs the steps says how they end, whoever has come meanwhile.
    async fn wait(
        &self,
        until: Duration,
        attempt: &Arc<TakeUp>,
    ) -> Result<Option<Receipt>, NodeError> {
        let (left, breaks) = self.shared.lock().wait(self.node, until);
        if breaks {
            self.pass(left / 2, attempt).await?;
            return Err(lost());
        }
        self.pass(left, attempt).await?;
        let mut world = self.shared.lock();
        if !world.is_reachable(self.node) {
            return Err(lost());
        }
        let now = world.now();
        match world.nodes[self.node].disk.hear(&attempt.id, now)? {
            Heard::Receipt(receipt) => Ok(Some(receipt)),
            Heard::Runs(_) => Ok(None),
        }
    }

    /// Lets time pass while steps run, but where these are to be ended: then the node is
    /// told.
    async fn pass(&self, time: Duration, attempt: &Arc<TakeUp>) -> Result<(), NodeError> {
        let Some(mut end) = self.end.clone() else {
            sleep(time).await;
            return Ok(());
        };
        tokio::select! {
            biased;
            () = end.wanted() => self.tell_end(attempt).await,
            () = sleep(time) => Ok(()),
        }
    }

    async fn tell_end(&self, attempt: &Arc<TakeUp>) -> Result<(), NodeError> {
        let (node, attempt) = (self.node, Arc::clone(attempt));
        self.exchange(move |world| world.stop(node, &attempt)).await
    }

    async fn read_facts(&self) -> Result<Facts, NodeError> {
        let node = self.node;
        self.exchange(move |world| {
            let now = world.now();
            Ok(world.nodes[node].disk.facts(now))
        })
        .await
    }
}

fn lost() -> NodeError {
    NodeError::Transport("the connection broke".to_owned())
}

impl Ask {
    fn taken_up(&self) -> Arc<TakeUp> {
        match self {
            Self::Start(request) => Arc::new(TakeUp {
                id: request.id.clone(),
                epoch: request.epoch,
            }),
            Self::Follow(attempt) | Self::Finish(attempt) => Arc::clone(attempt),
        }
    }

    /// What the node's runner does with it.
    fn put(&self, world: &mut World, node: usize) -> Result<Heard, NodeError> {
        match self {
            Self::Start(request) => world.start(node, request),
            Self::Follow(attempt) => world.follow(node, attempt),
            Self::Finish(attempt) => world.finish(node, attempt),
        }
    }
}

impl World {
    /// What becomes of a message to a node, and of its answer.
    fn fate(&mut self, node: usize) -> Fate {
        let mut fate = Fate {
            there: self.chance.latency(),
            is_late: false,
            back: self.chance.latency(),
            loses: None,
            again: None,
        };
        if self.chance.strikes(Fault::Delay, 40) {
            fate.is_late = true;
            fate.there = self.chance.milliseconds(1_000..300_000);
            self.fault(node, Fault::Delay, "a message is late");
        }
        if self.chance.strikes(Fault::Drop, 30) {
            fate.loses = Some(self.loss(node));
        }
        if self.chance.strikes(Fault::Duplicate, 20) {
            fate.again = Some(self.chance.milliseconds(1..60_000));
            self.fault(node, Fault::Duplicate, "a message arrives twice");
        }
        fate
    }

    /// How long steps still run, and whether the connection breaks before.
    fn wait(&mut self, node: usize, until: Duration) -> (Duration, bool) {
        let breaks = self.chance.strikes(Fault::Drop, 25);
        if breaks {
            self.fault(node, Fault::Drop, "the connection breaks while steps run");
        }
        (until.saturating_sub(self.now()), breaks)
    }

    fn loss(&mut self, node: usize) -> Loss {
        let loss = match self.chance.below(2) {
            0 => Loss::Request,
            _ => Loss::Answer,
        };
        if self.chance.below(4) == 0 {
            let lasts = self.chance.milliseconds(1_000..100_000);
            self.cut(node, lasts);
        }
        let what = match loss {
            Loss::Request => "a request is lost",
            Loss::Answer => "an answer is lost",
        };
        self.fault(node, Fault::Drop, what);
        loss
    }

    /// What a node does that is told to reboot.
    fn reboot(&mut self, node: usize, epoch: u64) -> Result<Vec<Outage>, NodeError> {
        let now = self.now();
        self.nodes[node].disk.may_reboot(epoch, now)?;
        self.serve(node, epoch);
        if self.sabotage == Some(Sabotage::NeverReboots) {
            return Ok(Vec::new());
        }
        let usual = Outage {
            after: Duration::from_secs(1),
            lasts: self.chance.milliseconds(10_000..120_000),
            is_new_boot: true,
        };
        if !self.chance.strikes(Fault::Boot, 4) {
            return Ok(vec![usual]);
        }
        let (what, outages) = self.bad_reboot(usual);
        self.fault(node, Fault::Boot, what);
        Ok(outages)
    }

    fn bad_reboot(&mut self, usual: Outage) -> (&'static str, Vec<Outage>) {
        match self.chance.below(4) {
            0 => ("it does not reboot", Vec::new()),
            1 => {
                let is_new_boot = false;
                let same = Outage {
                    is_new_boot,
                    ..usual
                };
                ("it comes back in the same boot", vec![same])
            }
            2 => {
                let lasts = Duration::from_secs(3_600);
                ("it stays away", vec![Outage { lasts, ..usual }])
            }
            _ => {
                let after = usual.after + usual.lasts + Duration::from_millis(100);
                let second = Outage {
                    after,
                    lasts: usual.lasts,
                    is_new_boot: true,
                };
                ("it reboots twice", vec![usual, second])
            }
        }
    }
}

#[async_trait]
impl Boots for Connection {
    async fn read_boot_anew(&mut self) -> Result<BootId, NodeError> {
        let node = self.node;
        self.exchange(move |world| Ok(world.nodes[node].disk.boot().clone()))
            .await
    }
}

#[async_trait]
impl Node for Connection {
    fn name(&self) -> &Name {
        &self.name
    }

    async fn facts(&mut self, _: &FactsQuery) -> Result<Facts, NodeError> {
        match self.read_facts().await {
            // Facts may be asked for twice.
            Err(NodeError::Transport(_)) => self.read_facts().await,
            answer => answer,
        }
    }

    async fn upload(&mut self, payloads: &[Payload]) -> Result<(), NodeError> {
        let digests: Vec<_> = payloads.iter().map(|sent| sent.digest.clone()).collect();
        let node = self.node;
        self.exchange(move |world| {
            world.nodes[node].disk.upload(digests.clone());
            Ok(())
        })
        .await
    }

    async fn start(
        &mut self,
        request: &AttemptRequest,
        _: LogSink<'_>,
    ) -> Result<Receipt, NodeError> {
        if self.shared.lock().sabotage == Some(Sabotage::StartsUnasked) {
            let mut unasked = request.clone();
            unasked.id.number += 1;
            self.ask_to_end(Ask::Start(Arc::new(unasked))).await?;
        }
        self.ask_to_end(Ask::Start(Arc::new(request.clone()))).await
    }

    async fn follow(&mut self, follow: &Follow, _: LogSink<'_>) -> Result<Receipt, NodeError> {
        let attempt = Arc::new(follow.attempt.clone());
        self.ask_to_end(Ask::Follow(attempt)).await
    }

    async fn finish(&mut self, attempt: &TakeUp, _: LogSink<'_>) -> Result<Receipt, NodeError> {
        let attempt = Arc::new(attempt.clone());
        // As over SSH: what was logged before the reboot is asked for first.
        self.ask(&Ask::Follow(Arc::clone(&attempt))).await?;
        self.ask_to_end(Ask::Finish(attempt)).await
    }

    async fn attempts(&mut self, _: &Name) -> Result<Vec<AttemptRecord>, NodeError> {
        Err(NodeError::Protocol(
            "nobody asks a rehearsed node for its attempts".into(),
        ))
    }

    fn end_when(&mut self, wanted: EndReceiver) {
        self.end = Some(wanted);
    }

    async fn reboot(&mut self, request: &RebootRequest) -> Result<BootId, NodeError> {
        let (node, shared, epoch) = (self.node, self.shared.clone(), request.epoch);
        self.exchange(move |world| {
            for outage in world.reboot(node, epoch)? {
                shared.begin_outage(node, outage);
            }
            Ok(())
        })
        .await?;
        reboot::wait(self, request).await
    }

    async fn close(&mut self) {}
}
