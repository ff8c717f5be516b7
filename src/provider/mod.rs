//! What other programs know about a zone's machines.

mod program;

pub use program::{Limits, ProgramError, ProgramRequest, output};

#[cfg(test)]
mod tests;
