//! Rehearses the sample manifest: once on 10,000 nodes, 70,000 tasks, with every promise
//! checked after every event; then on a few nodes from many seeds, with every kind of
//! fault. Fails where a promise is not kept. `cargo bench --bench simulate [-- SEEDS [FIRST]]`

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod sample;

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use ddt::clock::moment;
use ddt::engine::event::RunKind;
use ddt::engine::machine::{OnFailure, RunIdentity};
use ddt::engine::sim::{Rehearsal, Seeded, Verdict};
use sample::{Zone, peak_memory};

const NODES: usize = 10_000;

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
    let zone = rehearsal(NODES)?;
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
    let zones = (3..=8).map(rehearsal).collect::<Result<Vec<_>, _>>()?;
    let (mut events, mut days) = (0, 0.0);
    let (mut faults, mut ends) = (BTreeMap::new(), BTreeMap::new());
    let begun = moment();
    for seed in seeds.clone() {
        let zone = &zones[usize::try_from(seed)? % zones.len()];
        let verdict = kept(zone.play(&Seeded::new(seed))?)?;
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
    Ok(())
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

fn rehearsal(nodes: usize) -> Result<Rehearsal, Box<dyn Error>> {
    let zone = Zone::fresh(nodes)?;
    let seen = zone.observations.clone().into_iter();
    Ok(Rehearsal {
        facts: seen
            .filter_map(|(name, facts)| Some((name, facts.ok()?)))
            .collect(),
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
