//! From documents and facts to a plan: every action on every node, each with its reason.
//!
//! Pure and deterministic: the same documents and facts give the same plan, and nothing
//! is left to decide while the plan is executed.

mod absence;
mod continuation;
mod input;
mod model;
mod planner;
mod problem;
mod reason;
mod rollback;
mod rollout;
mod rules;
#[cfg(test)]
mod tests;
mod undo;

pub use continuation::{Continuation, TaskKey};
pub use input::{Assume, Bundle, BundleSteps, Observation, PlanInput, PlanOptions};
pub use model::{Action, Mode, NodePlan, Plan, PlannedPackage, PlannedTask, SCHEMA, Verdict};
pub use planner::plan;
pub use problem::{ChangedSince, Clash, NodeProblem, Problem, Refusal, Unsettled};
pub use reason::{Reason, SkipReason};
pub use rollback::{Change, Changes, RollbackInput, rollback};
pub use rollout::{Batch, BatchKind, GroupLimit, Rollout, RolloutError, RolloutRules};
pub use rules::Comparison;
pub use undo::{NoUndo, Previous, Undo};
