//! From text to typed documents, and from a key path back to its place in the text.
//!
//! A document's Rust type is the only description of its shape: the schema that the
//! checks read, the editors use and the docs show is generated from it.

mod check;
mod correction;
mod diagnostic;
mod expectation;
mod fix;
mod format;
mod read;
mod schema;
mod source;
mod suggest;
mod syntax;
mod typed;
mod yes_no;

#[cfg(test)]
mod tests;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use fix::{Fix, Safety};
pub use read::{Document, shape_errors, syntax_errors};
pub use schema::{DocumentSchema, KeyOutline, Outline};
pub use source::Source;
pub use suggest::closest;
pub use syntax::keeps_structure;
pub use yes_no::{YesNo, YesNoError};
