//! Runs a plan: never lost, never twice, never a lie.
//!
//! [`machine`] decides, [`driver`] acts, the [`journal`] remembers, an [`observer`]
//! watches. What is durable comes first: an intent before its act, an outcome only from
//! the node.

pub mod audit;
mod check;
pub mod driver;
mod errands;
pub mod event;
#[cfg(test)]
mod fixture;
pub mod health;
pub mod journal;
pub mod machine;
pub mod observer;
mod outcome;
pub mod probe;
mod request;
pub mod settle;
pub mod sim;
mod worker;

pub use request::{facts_query, plan_query, rollback_query};
