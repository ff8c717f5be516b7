//! Mends documents: the edits that rules share, and the rounds in which fixes are applied.
//!
//! ```text
//! subject ─▶ findings ─▶ fixes that do not touch ─▶ text ─▶ checked against what was there ─▶ subject
//! ```
//!
//! What a safe fix promises is checked, not believed: see [`Linter::fix`](super::Linter::fix).

mod apply;
mod comment;
mod delete;
mod line;
mod quote;
mod reorder;
mod verify;

#[cfg(test)]
mod tests;

pub use apply::Fixed;
pub(super) use comment::lift_comment;
pub(super) use delete::{delete_line, delete_member};
pub(super) use line::line_break;
pub(super) use quote::double_quoted;
pub(super) use reorder::reorder;
