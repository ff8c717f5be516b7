//! All that outlives a controller: the nodes, the network, the journals, and the clock.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::chance::Chance;
use super::disk::{Disk, Heard};
use super::fault::Fault;
use super::invariants::{self, Moment, Promise};
use super::ledger::{Happening, Ledger, SuddenEnd};
use super::sabotage::Sabotage;
use super::telling::tell;
use crate::engine::driver::Signal;
use crate::engine::event::{Event, StopAfter};
use crate::engine::journal::JournalError;
use crate::name::Name;
use crate::node::attempt::AttemptRequest;
use crate::node::facts::Facts;
use crate::node::{NodeError, TakeUp};

/// What nodes, controllers and the network share.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<World>>);

/// The world of one rehearsal.
pub(super) struct World {
    pub(super) chance: Chance,
    pub(super) sabotage: Option<Sabotage>,
    pub(super) nodes: Vec<SimulatedNode>,
    pub(super) ledgers: Vec<Ledger>,
    places: HashMap<Name, usize>,
    begun: Instant,
    events: u64,
    history: Option<Vec<String>>,
    broken: Option<Broken>,
}

/// A machine of the zone.
pub(super) struct SimulatedNode {
    pub(super) name: Name,
    pub(super) disk: Disk,
    /// The highest epoch of the runs for which it has done anything.
    pub(super) epoch_served: u64,
    is_off: bool,
    /// Counts its outages, so that only the last one's end gives the power back.
    outages: u32,
    cut_until: Duration,
}

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) promise: Promise,
    pub(super) how: String,
    pub(super) event: u64,
}

/// What the world is made of.
pub(super) struct Beginning<'a> {
    pub(super) chance: Chance,
    pub(super) sabotage: Option<Sabotage>,
    pub(super) nodes: &'a BTreeMap<Name, Arc<Facts>>,
    pub(super) keeps_history: bool,
}

/// The power goes, and comes back.
pub(super) struct Outage {
    pub(super) after: Duration,
    pub(super) lasts: Duration,
    pub(super) is_new_boot: bool,
}

impl Shared {
    /// Begins now.
    pub(super) fn new(beginning: Beginning<'_>) -> Self {
        let sabotage = beginning.sabotage;
        let nodes: Vec<SimulatedNode> = beginning
            .nodes
            .iter()
            .map(|(name, facts)| SimulatedNode {
                name: name.clone(),
                epoch_served: facts.epoch,
                disk: Disk::new(Facts::clone(facts), sabotage),
                is_off: false,
                outages: 0,
                cut_until: Duration::ZERO,
            })
            .collect();
        let names = nodes.iter().enumerate();
        Self(Arc::new(Mutex::new(World {
            places: names.map(|(at, node)| (node.name.clone(), at)).collect(),
            nodes,
            chance: beginning.chance,
            sabotage,
            ledgers: Vec::new(),
            begun: Instant::now(),
            events: 0,
            history: beginning.keeps_history.then(Vec::new),
            broken: None,
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the power from a node for a while, without waiting for it.
    pub(super) fn begin_outage(&self, node: usize, outage: Outage) {
        let shared = self.clone();
        tokio::spawn(async move {
            sleep(outage.after).await;
            let number = shared.lock().lose_power(node);
            sleep(outage.lasts).await;
            shared.lock().regain_power(node, number, outage.is_new_boot);
        });
    }

    /// Makes events durable, or does not live to say so.
    pub(super) fn append(&self, run: usize, events: &[Event]) -> Result<String, JournalError> {
        let mut world = self.lock();
        for happening in world.ledgers[run].due(events.len()) {
            match happening {
                Happening::DeathBefore => return Err(world.die(run)),
                Happening::DeathAfter => {
                    world.keep(run, events);
                    return Err(world.die(run));
                }
                Happening::DeathLater(later) => self.die_later(run, later),
                Happening::Abandoned => {
                    world.signal(run, Signal::Stop(StopAfter::Task));
                    world.signal(run, Signal::Abandon);
                }
                Happening::Stop(after) => world.signal(run, Signal::Stop(after)),
                Happening::Kill => world.signal(run, Signal::Kill),
                Happening::Forsaken => world.end_suddenly(run, SuddenEnd::Forsaken),
            }
        }
        world.keep(run, events);
        match &world.broken {
            Some(_) => Err(JournalError("the rehearsal is over".to_owned())),
            None => Ok(world.ledgers[run].head()),
        }
    }

    fn die_later(&self, run: usize, later: Duration) {
        let shared = self.clone();
        tokio::spawn(async move {
            sleep(later).await;
            drop(shared.lock().die(run));
        });
    }
}

impl World {
    /// The time since the beginning.
    pub(super) fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    pub(super) fn place(&self, node: &Name) -> Option<usize> {
        self.places.get(node).copied()
    }

    pub(super) fn node(&self, name: &Name) -> Option<&SimulatedNode> {
        self.place(name).map(|place| &self.nodes[place])
    }

    pub(super) fn ledger(&self, run: &Name) -> Option<&Ledger> {
        let mut ledgers = self.ledgers.iter().rev();
        ledgers.find(|ledger| ledger.identity.run == *run)
    }

    pub(super) fn is_reachable(&self, node: usize) -> bool {
        let node = &self.nodes[node];
        !node.is_off && self.begun.elapsed() >= node.cut_until
    }

    /// Nobody reaches a node for a while; what runs there goes on.
    pub(super) fn cut(&mut self, node: usize, lasts: Duration) {
        self.nodes[node].cut_until = self.now() + lasts;
        self.note(|| format!("{}: the network is cut", lasts.as_secs()), node);
    }

    /// From now on nothing goes wrong any more: every node is there.
    pub(super) fn calm(&mut self) {
        self.chance.calm();
        for node in 0..self.nodes.len() {
            self.nodes[node].cut_until = Duration::ZERO;
            if self.nodes[node].is_off {
                let number = self.nodes[node].outages;
                self.regain_power(node, number, true);
            }
        }
    }

    /// A node's runner starts an attempt, unless it refuses to.
    pub(super) fn start(
        &mut self,
        node: usize,
        request: &Arc<AttemptRequest>,
    ) -> Result<Heard, NodeError> {
        let (now, course) = (self.now(), self.chance.course());
        let heard = self.nodes[node].disk.start(request, course, now)?;
        self.happen(&Moment::Effect { node, request });
        self.serve(node, request.epoch);
        Ok(heard)
    }

    /// A node's runner says how an attempt stands, after writing what is left of it.
    pub(super) fn follow(&mut self, node: usize, attempt: &TakeUp) -> Result<Heard, NodeError> {
        let now = self.now();
        let heard = self.nodes[node].disk.follow(attempt, now)?;
        self.serve(node, attempt.epoch);
        Ok(heard)
    }

    /// A node's runner verifies and records an attempt after its reboot.
    pub(super) fn finish(&mut self, node: usize, attempt: &TakeUp) -> Result<Heard, NodeError> {
        let (now, course) = (self.now(), self.chance.course());
        let heard = self.nodes[node].disk.finish(attempt, course, now)?;
        self.serve(node, attempt.epoch);
        Ok(heard)
    }

    /// A node's runner ends the steps of an attempt.
    pub(super) fn stop(&mut self, node: usize, attempt: &TakeUp) -> Result<(), NodeError> {
        let now = self.now();
        self.nodes[node].disk.stop(attempt, now)?;
        self.serve(node, attempt.epoch);
        Ok(())
    }

    /// A node did what a run of this epoch asked it for.
    pub(super) fn serve(&mut self, node: usize, epoch: u64) {
        self.happen(&Moment::Served { node, epoch });
        let served = &mut self.nodes[node].epoch_served;
        *served = (*served).max(epoch);
    }

    fn lose_power(&mut self, node: usize) -> u32 {
        let (now, leaves_outcome) = (self.now(), self.chance.below(3) == 0);
        let lost = &mut self.nodes[node];
        if !lost.is_off {
            lost.disk.lose_power(now, leaves_outcome);
        }
        lost.is_off = true;
        lost.outages += 1;
        let number = lost.outages;
        self.note(|| "has no power".to_owned(), node);
        number
    }

    fn regain_power(&mut self, node: usize, number: u32, is_new_boot: bool) {
        let back = &mut self.nodes[node];
        if !back.is_off || back.outages != number {
            return;
        }
        back.is_off = false;
        if is_new_boot {
            back.disk.boot_anew();
        }
        self.note(|| "has power again".to_owned(), node);
    }

    fn keep(&mut self, run: usize, events: &[Event]) {
        for event in events {
            self.ledgers[run].acknowledged += 1;
            let forgets = self.sabotage == Some(Sabotage::JournalForgets)
                && self.ledgers[run].acknowledged.is_multiple_of(7);
            if !forgets {
                self.ledgers[run].keep(event);
                self.happen(&Moment::Journaled { run, event });
            }
            if self.sabotage == Some(Sabotage::EndsTwice) && matches!(event, Event::Ended { .. }) {
                self.ledgers[run].keep(event);
                self.happen(&Moment::Journaled { run, event });
            }
        }
        self.happen(&Moment::Acknowledged { run });
    }

    fn signal(&mut self, run: usize, signal: Signal) {
        // A run that is over hears nothing.
        let _ = self.ledgers[run].reins.signals.send(signal);
    }

    fn end_suddenly(&mut self, run: usize, end: SuddenEnd) {
        let _ = self.ledgers[run].reins.ends.send(end);
    }

    fn die(&mut self, run: usize) -> JournalError {
        if !self.ledgers[run].is_dead {
            self.ledgers[run].is_dead = true;
            self.end_suddenly(run, SuddenEnd::Dead);
        }
        JournalError("the controller died".to_owned())
    }

    /// Something happened: every promise is looked at, and the first that is broken is kept.
    pub(super) fn happen(&mut self, moment: &Moment<'_>) {
        if self.broken.is_some() {
            return;
        }
        self.events += 1;
        if let Some(line) = self.history.is_some().then(|| tell(self, moment)).flatten() {
            self.write(&line);
        }
        if let Err((promise, how)) = invariants::check(self, moment) {
            self.break_promise(promise, how);
        }
    }

    pub(super) fn break_promise(&mut self, promise: Promise, how: String) {
        let event = self.events;
        self.broken.get_or_insert(Broken {
            promise,
            how,
            event,
        });
    }

    pub(super) fn broken(&self) -> Option<&Broken> {
        self.broken.as_ref()
    }

    pub(super) fn events(&self) -> u64 {
        self.events
    }

    pub(super) fn take_history(&mut self) -> Vec<String> {
        self.history.take().unwrap_or_default()
    }

    /// Writes a line about a node into the history, where one is kept.
    pub(super) fn note(&mut self, what: impl FnOnce() -> String, node: usize) {
        if self.history.is_some() {
            let line = format!("{}: {}", self.nodes[node].name, what());
            self.write(&line);
        }
    }

    /// Writes a line into the history, where one is kept.
    pub(super) fn write(&mut self, line: &str) {
        let seconds = self.now().as_secs_f64();
        let event = self.events;
        if let Some(history) = &mut self.history {
            history.push(format!("{event:>5} {seconds:>9.3} s  {line}"));
        }
    }

    /// Notes that a fault struck a node.
    pub(super) fn fault(&mut self, node: usize, fault: Fault, what: &str) {
        self.note(|| format!("{fault}: {what}"), node);
    }
}
