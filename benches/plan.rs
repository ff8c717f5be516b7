//! How long the planner takes for the sample manifest on 10,000 nodes, and how much
//! memory inputs and plan need together. `cargo bench --bench plan`

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod sample;

use std::error::Error;

use ddt::clock::moment;
use sample::{Zone, peak_memory};

const NODES: usize = 10_000;
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let zone = Zone::fresh(NODES)?;
    let inputs = peak_memory()?;
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = moment();
        let plan = zone
            .plan(&zone.observations, None)
            .map_err(|refusal| format!("{refusal:?}"))?;
        seconds.push(begun.elapsed().as_secs_f64());
        assert_eq!(plan.work(), NODES * plan.packages.len());
    }
    seconds.sort_by(f64::total_cmp);
    let (median, slowest) = (seconds[ROUNDS / 2], seconds[ROUNDS - 1]);
    println!("plan, {NODES} nodes, 7 packages: median {median:.3} s, slowest {slowest:.3} s");
    println!(
        "memory: {} MiB at most, {inputs} MiB of it before planning",
        peak_memory()?
    );
    Ok(())
}
