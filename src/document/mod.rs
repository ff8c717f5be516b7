//! From text to typed documents, and from a key path back to its place in the text.

mod diagnostic;
mod source;
mod yes_no;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use source::Source;
pub use yes_no::{YesNo, YesNoError};
