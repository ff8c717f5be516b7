//! The `ddt` binary on zones of real hosts, over SSH: what reaches them, what they go through, what is left.

mod absence;
mod access;
mod confirmations;
mod connections;
mod interruptions;
mod kills;
mod known_errors;
mod outcomes;
mod reboots;
mod rollback;
mod sample;
mod secrets;
mod stops;
mod untouched;

/// A package in the middle of the order, and the one before it that boots the host.
const BASE: &str = "hostos-base-os-sw-release";
const BOOT: &str = "hostos-boot-release";
