//! From text to typed documents, and from a key path back to its place in the text.

mod diagnostic;
mod source;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use source::{Position, Source};
