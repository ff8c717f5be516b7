//! The machine in a world that a test writes: single stories, then every order of answers
//! that chance finds, with the invariants of a run checked on the way.

#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

mod confirmations;
mod ends;
mod failures;
mod history;
mod model;
mod properties;
mod reboots;
mod retries;
mod rollbacks;
mod rollout;
mod stops;
mod stories;
mod waves;
mod world;
