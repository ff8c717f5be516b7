//! One run per zone: races for it, waiting for it, breaking it, and the run that was shut out.

mod races;
mod takeover;
mod unlock;

use crate::support::gate::Gate;
use crate::support::lamps::lamps;
use crate::support::process::Running;
use crate::support::zone::Zone;

const NODES: [&str; 2] = ["lamp-1", "lamp-2"];

/// A deployment that waits in the second of three tasks, on both nodes.
fn in_mid_run() -> (Zone, Gate, Running) {
    let mut zone = lamps(&NODES);
    let gate = zone.gate("light");
    zone.release("lamp-light").step("deploy", &gate.wait_here());
    let ddt = zone.start_deploy(&[]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    (zone, gate, ddt)
}
