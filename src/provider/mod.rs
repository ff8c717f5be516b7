//! What other programs know about a zone's machines.

mod health;
mod program;

pub use health::HealthCommands;
pub use program::{Limits, ProgramError, ProgramRequest, output};

#[cfg(test)]
mod tests;
