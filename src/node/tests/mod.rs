//! The runner at work: real shells, real processes, in a directory of its own.

#![expect(clippy::expect_used, clippy::print_stderr, reason = "tests")]

mod attempts;
mod confirmations;
mod contract;
mod crashes;
mod damage;
mod endings;
mod facts;
mod fetches;
mod hostile;
mod newest_run;
mod payloads;
mod power_loss;
mod prune;
mod reboots;
mod sandbox;
mod secrets;
mod ssh;
mod sshd;
mod sweep;
mod sweep_ssh;
mod takeovers;
mod times;
mod watches;
