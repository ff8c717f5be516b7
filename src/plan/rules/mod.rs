//! The rules of the product design, one file each; the planner puts them together.

mod attempt;
mod comparison;
mod decide;
mod deployment;
mod fresh_set;
mod installed;
mod major;
mod preflight;

pub(super) use attempt::{busy, left_of, unfinished_attempt};
pub use comparison::Comparison;
pub(super) use decide::{Decision, decide};
pub(super) use deployment::Deployment;
pub(super) use fresh_set::missing_packages;
pub(super) use major::other_major;
pub(super) use preflight::{access, preflight, space, unknown_content};
