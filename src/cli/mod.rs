//! The verbs: what was typed, and what is done.

pub mod bundle;
pub mod history;
pub mod logs;
pub mod status;
mod table;
#[cfg(test)]
mod testbed;
mod words;
