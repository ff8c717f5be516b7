//! One rehearsal from a seed: controllers come and go while faults strike, and then
//! nothing goes wrong any more.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::Rehearsal;
use super::chance::Chance;
use super::errand::Errand;
use super::fault::Fault;
use super::invariants::Promise;
use super::life::{Life, LifeEnd};
use super::sabotage::Sabotage;
use super::world::{Beginning, Shared};
use crate::engine::event::RunState;
use crate::plan::Assume;

/// How long the last messages and outages of the bad times may take.
const AFTERMATH: Duration = Duration::from_secs(2 * 3_600);

/// How many controllers an undisturbed zone needs at most: one may find attempts in doubt,
/// one may end what the others began.
const CALM_LIVES: u32 = 4;

/// What a rehearsal depends on beside its zone.
#[derive(Clone, Debug)]
pub struct Seeded {
    /// Where chance begins.
    pub seed: u64,
    /// What may go wrong.
    pub faults: BTreeSet<Fault>,
    /// How often something may.
    pub most: u32,
    /// A deliberate defect.
    pub sabotage: Option<Sabotage>,
}

/// What a rehearsal has shown.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Where chance began.
    pub seed: u64,
    /// How each controller ended, in order.
    pub lives: Vec<LifeEnd>,
    /// How often each fault struck.
    pub faults: BTreeMap<Fault, u32>,
    /// How many events were checked.
    pub events: u64,
    /// How long it would have taken, in seconds.
    pub seconds: u64,
    /// The promise that was not kept.
    pub violation: Option<Violation>,
}

/// A promise that was not kept.
#[derive(Clone, Debug)]
pub struct Violation {
    /// Which.
    pub promise: Promise,
    /// How it was broken.
    pub how: String,
    /// At which event, from 1.
    pub event: u64,
    /// With how few faults it is still broken.
    pub faults: u32,
    /// All that happened in the shortest such rehearsal, a line each.
    pub history: Vec<String>,
}

impl Seeded {
    /// Everything that can go wrong, from a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            faults: Fault::ALL.into(),
            most: u32::MAX,
            sabotage: None,
        }
    }
}

/// Rehearses once. A promise that is not kept is shown by its shortest history: that of
/// the fewest faults with which it is still broken.
pub(super) fn rehearse(rehearsal: &Rehearsal, seeded: &Seeded) -> std::io::Result<Verdict> {
    let mut verdict = play(rehearsal, seeded, false)?;
    if let Some(found) = &verdict.violation {
        let fewest = fewest(rehearsal, seeded, &verdict, found)?;
        let shortest = Seeded {
            most: fewest,
            ..seeded.clone()
        };
        verdict.violation = play(rehearsal, &shortest, true)?.violation;
    }
    Ok(verdict)
}

/// The smallest number of faults with which the same promise is broken.
fn fewest(
    rehearsal: &Rehearsal,
    seeded: &Seeded,
    verdict: &Verdict,
    found: &Violation,
) -> std::io::Result<u32> {
    let struck = verdict.faults.values().sum();
    for most in 0..struck {
        let fewer = Seeded {
            most,
            ..seeded.clone()
        };
        let again = play(rehearsal, &fewer, false)?.violation;
        if again.is_some_and(|again| again.promise == found.promise) {
            return Ok(most);
        }
    }
    Ok(struck)
}

/// The clock stands still while anything can be done, and jumps where all are waiting.
fn play(rehearsal: &Rehearsal, seeded: &Seeded, keeps_history: bool) -> std::io::Result<Verdict> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    Ok(runtime.block_on(Scenario::new(rehearsal, seeded, keeps_history).play(seeded)))
}

struct Scenario<'a> {
    rehearsal: &'a Rehearsal,
    shared: Shared,
    lives: Vec<LifeEnd>,
    forsaken: Vec<tokio::task::JoinHandle<super::life::Driven>>,
}

impl<'a> Scenario<'a> {
    fn new(rehearsal: &'a Rehearsal, seeded: &Seeded, keeps_history: bool) -> Self {
        let beginning = Beginning {
            chance: Chance::new(seeded.seed, seeded.faults.clone(), seeded.most),
            sabotage: seeded.sabotage,
            nodes: &rehearsal.facts,
            keeps_history,
        };
        Self {
            rehearsal,
            shared: Shared::new(beginning),
            lives: Vec::new(),
            forsaken: Vec::new(),
        }
    }

    async fn play(mut self, seeded: &Seeded) -> Verdict {
        let disturbed = 1 + self.shared.lock().chance.below(4);
        for _ in 0..disturbed {
            let errand = self.errand();
            if self.live(errand).await {
                break;
            }
        }
        self.settle().await;
        let mut is_there = false;
        for _ in 0..CALM_LIVES {
            is_there = is_there || self.live(Errand::Deploy).await;
        }
        let mut world = self.shared.lock();
        if !is_there {
            let how = format!("the nodes are not there after {CALM_LIVES} calm deployments");
            world.break_promise(Promise::Ends, how);
        }
        let broken = world.broken().cloned();
        let history = world.take_history();
        let faults = world.chance.struck().clone();
        Verdict {
            seed: seeded.seed,
            lives: self.lives,
            events: world.events(),
            seconds: world.now().as_secs(),
            violation: broken.map(|broken| Violation {
                promise: broken.promise,
                how: broken.how,
                event: broken.event,
                faults: faults.values().sum(),
                history,
            }),
            faults,
        }
    }

    /// What the next controller is for. Without faults nobody has a reason to go on with
    /// or to undo anything.
    fn errand(&mut self) -> Errand {
        let mut world = self.shared.lock();
        let drawn = match world.chance.has_struck() {
            true => world.chance.errand(),
            false => Errand::Deploy,
        };
        match drawn.past(&world.ledgers) {
            Some(_) => drawn,
            None => Errand::Deploy,
        }
    }

    /// One controller; says whether its zone is as it should be. An operator who finds
    /// attempts in doubt has looked, and says that they did not happen.
    async fn live(&mut self, errand: Errand) -> bool {
        if self.shared.lock().broken().is_some() {
            return true;
        }
        let in_doubt =
            |end: &LifeEnd| matches!(end, LifeEnd::Refused { is_in_doubt, .. } if *is_in_doubt);
        let life = Life {
            shared: &self.shared,
            rehearsal: self.rehearsal,
            errand,
            assume: self
                .lives
                .last()
                .filter(|end| in_doubt(end))
                .map(|_| Assume::Failed),
            forsaken: &mut self.forsaken,
        };
        let end = life.live().await;
        let mut world = self.shared.lock();
        world.write(&format!("the controller, to {}: {end}", errand.word()));
        drop(world);
        let is_there = errand != Errand::Rollback
            && matches!(end, LifeEnd::UpToDate | LifeEnd::Ended(RunState::Succeeded));
        self.lives.push(end);
        is_there
    }

    /// The bad times end: late messages arrive, nodes come back, old controllers finish.
    async fn settle(&mut self) {
        self.shared.lock().calm();
        sleep(AFTERMATH).await;
        for mut driven in std::mem::take(&mut self.forsaken) {
            if timeout(AFTERMATH, &mut driven).await.is_err() {
                driven.abort();
            }
        }
        self.shared.lock().calm();
    }
}
