//! Rehearses the sample manifest: once on 10,000 nodes, 70,000 tasks, with every promise
//! checked after every event; then on 3 to 200 nodes from many seeds, with every kind
//! of rollout and fault. Fails where a promise is not kept. `cargo bench --bench simulate [-- SEEDS [FIRST]]`

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod sample;

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use ddt::clock::moment;
use ddt::engine::event::RunKind;
use ddt::engine::machine::{OnFailure, RunIdentity};
use ddt::engine::sim::{Rehearsal, Seeded, Variety, Verdict, shared_facts};
use sample::{Zone, peak_memory};

const NODES: usize = 10_000;

/// The largest of the zones that seeds draw.
const MOST_NODES: usize = 200;

/// How many seeds, where the call does not say.
const SEEDS: u64 = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds options of its own.
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let seeds = numbers.next().unwrap_or(SEEDS);
    let first = numbers.next().unwrap_or_default();
    large()?;
    many(first..first + seeds)
}

fn large() -> Result<(), Box<dyn Error>> {
    let zone = rehearsal(Zone::fresh(NODES)?)?;
    let seeded = Seeded {
        faults: Default::default(),
        ..Seeded::new(0)
    };
    let begun = moment();
    let verdict = kept(zone.play(&seeded)?)?;
    let seconds = begun.elapsed().as_secs_f64();
    let Verdict { events, .. } = verdict;
    println!("simulate, {NODES} nodes, 7 packages: {seconds:.3} s, {events} events checked");
    println!("memory: {} MiB at most", peak_memory()?);
    Ok(())
}

fn many(seeds: std::ops::Range<u64>) -> Result<(), Box<dyn Error>> {
    let (mut events, mut days, mut violations) = (0, 0.0, 0);
    let (mut faults, mut ends) = (BTreeMap::new(), BTreeMap::new());
    let begun = moment();
    for seed in seeds.clone() {
        let verdict = match kept(varied(seed)?.play(&Seeded::new(seed))?) {
            Ok(verdict) => verdict,
            Err(broken) => {
                println!("{broken}");
                violations += 1;
                continue;
            }
        };
        events += verdict.events;
        days += verdict.seconds as f64 / 86_400.0;
        for (fault, times) in verdict.faults {
            *faults.entry(fault).or_insert(0) += times;
        }
        for end in verdict.lives {
            *ends.entry(end.to_string()).or_insert(0) += 1;
        }
    }
    let (count, seconds) = (seeds.end - seeds.start, begun.elapsed().as_secs_f64());
    println!("simulate, seeds {seeds:?}: {seconds:.3} s, {events} events checked, {days:.0} days");
    println!("{count} rehearsals: faults {faults:?}; ends of controllers {ends:?}");
    match violations {
        0 => Ok(()),
        _ => Err(format!("a promise was broken in {violations} rehearsals").into()),
    }
}

fn kept(verdict: Verdict) -> Result<Verdict, Box<dyn Error>> {
    let Some(broken) = &verdict.violation else {
        return Ok(verdict);
    };
    let history = broken.history.join("\n");
    let (seed, how) = (verdict.seed, &broken.how);
    Err(format!(
        "seed {seed}: not kept: {}: {how}\n{history}",
        broken.promise
    )
    .into())
}

/// A zone as a seed draws it.
fn varied(seed: u64) -> Result<Rehearsal, Box<dyn Error>> {
    let variety = Variety::of(seed, MOST_NODES);
    let zone = Zone::of(variety.nodes, variety.rollout, variety.groups)?;
    let rehearsal = rehearsal(zone)?;
    match variety.is_upgrade {
        true => Ok(rehearsal
            .upgraded()
            .map_err(|refusal| format!("{refusal:?}"))?),
        false => Ok(rehearsal),
    }
}

fn rehearsal(mut zone: Zone) -> Result<Rehearsal, Box<dyn Error>> {
    let seen = std::mem::take(&mut zone.observations).into_iter();
    Ok(Rehearsal {
        facts: shared_facts(seen.filter_map(|(name, facts)| Some((name, facts.ok()?)))),
        planner: Arc::new(move |observations, assume| zone.plan(observations, assume)),
        identity: RunIdentity {
            run: "bench".parse()?,
            kind: RunKind::Deploy,
            epoch: 0,
            on_failure: OnFailure::EndRun,
        },
        reboot_timeout_seconds: 600,
    })
}
