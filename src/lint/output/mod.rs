//! Findings as text: for machines, and for places where no terminal is.

mod concise;
mod detailed;
mod json;
mod statistics;

pub use concise::concise;
pub use detailed::detailed;
pub use json::json;
pub use statistics::statistics;
