//! The `ddt` binary on zones of local nodes, as its users meet it: what it does, says and exits with.

mod components;
mod confirmations;
mod crashes;
mod defaults;
mod documents;
mod doubts;
mod dry_run;
mod failures;
mod known_errors;
mod plans;
mod prune;
mod reboots;
mod refusals;
mod rehearsals;
mod resumes;
mod rollback;
mod rollback_on_failure;
mod rollout;
mod sample;
mod secrets;
mod stop_verb;
mod stops;
mod upgrades;
mod vault;
mod verbs;
mod watching;

use crate::support::zone::{HOSTOS, Zone};

/// The packages of HostOS, in definition order.
fn packages() -> Vec<&'static str> {
    HOSTOS.iter().map(|(package, _)| *package).collect()
}

/// HostOS nodes on which every package is deployed.
fn deployed(nodes: &[&str]) -> Zone {
    let zone = Zone::hostos(nodes);
    zone.deploy(&[]).exits(0);
    zone
}
