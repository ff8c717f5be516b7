//! What other programs and servers know: about a zone's machines, and the secrets of its packages.

mod health;
mod program;
pub mod secret;

pub use health::HealthCommands;
pub use program::{Limits, ProgramError, ProgramRequest, output};

#[cfg(test)]
mod tests;
