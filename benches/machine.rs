//! How long the machine takes to decide a whole run of the sample manifest on 10,000
//! nodes: 70,000 tasks, every event made. `cargo bench --bench machine`

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod sample;

use std::error::Error;
use std::sync::Arc;

use ddt::clock::moment;
use ddt::engine::event::{Ending, RunKind};
use ddt::engine::machine::{Command, Input, Machine, OnFailure, RunIdentity};
use sample::{Zone, peak_memory};

const NODES: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let zone = Zone::fresh(NODES)?;
    let plan = zone.plan(&zone.observations, None);
    let plan = Arc::new(plan.map_err(|refusal| format!("{refusal:?}"))?);
    let identity = RunIdentity {
        run: "bench".parse()?,
        kind: RunKind::DryRun,
        epoch: 1,
        on_failure: OnFailure::GoOnWithNode,
    };
    let begun = moment();
    let mut machine = Machine::new(plan, identity);
    let first = machine.begin();
    let (mut commands, mut events) = (first.commands, first.events.len());
    while let Some(command) = commands.pop() {
        let step = machine.handle(answer(&command));
        events += step.events.len();
        commands.extend(step.commands);
    }
    let seconds = begun.elapsed().as_secs_f64();
    assert!(machine.outcome().is_some());
    println!("machine, {NODES} nodes, 7 packages: {seconds:.3} s, {events} events");
    println!("memory: {} MiB at most", peak_memory()?);
    Ok(())
}

/// Everything works, but for the last look at the nodes.
fn answer(command: &Command) -> Input {
    match command {
        Command::Prepare { node } => Input::Prepared {
            node: *node,
            result: Ok(()),
        },
        Command::Act { task, .. } => Input::Ended {
            task: *task,
            ending: Ending::Succeeded { seconds: 1 },
        },
        Command::Check { node } => Input::Checked {
            node: *node,
            facts: Box::new(Err("cannot be reached".to_owned())),
        },
        Command::Wait { wait, .. } => Input::Waited(*wait),
        Command::Health { batch, .. } => Input::HealthChecked {
            batch: *batch,
            result: Ok(()),
        },
        Command::Kill => Input::KillRequested,
    }
}
