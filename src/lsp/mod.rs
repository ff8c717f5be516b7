//! What an editor asks about a document, answered while it is written.
//!
//! ```text
//! message ─▶ inbox ─▶ server ─▶ open documents ─▶ reading ─▶ findings, hover, completion, …
//!                        └─▶ workspace (files and clock, behind a trait) ─▶ knowledge
//! ```
//!
//! Nothing here does I/O: a server is a value that messages change, and its answers are values.
//! `cli` moves them over standard input and output.

mod action;
mod capabilities;
mod completion;
mod cursor;
mod definition;
mod finding;
mod formatting;
mod hover;
mod inbox;
mod knowledge;
mod placeholder;
mod positions;
mod reading;
mod server;
mod symbol;
mod uri;

#[cfg(test)]
mod tests;

pub use inbox::Inbox;
pub use knowledge::{Definition, Knowledge, Origin, Workspace};
pub use server::{Next, Server};
