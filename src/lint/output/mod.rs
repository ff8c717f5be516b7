//! Findings as text: for machines, and for places where no terminal is.
//!
//! A format is a function from [`Findings`] to text. The same findings give the same bytes. What files are called and
//! what documents say is untrusted: every format escapes it.

mod azure;
mod checkstyle;
mod concise;
mod detailed;
mod findings;
mod fix;
mod github;
mod gitlab;
mod json;
mod jsonl;
mod junit;
mod rdjson;
mod sarif;
mod statistics;
mod words;
mod xml;

#[cfg(test)]
mod tests;

pub use azure::azure;
pub use checkstyle::checkstyle;
pub use concise::concise;
pub use detailed::detailed;
pub use findings::{Findings, OutputError, PathBase};
pub use github::github;
pub use gitlab::gitlab;
pub use json::{Report, json};
pub use jsonl::jsonl;
pub use junit::junit;
pub use rdjson::rdjson;
pub use sarif::sarif;
pub use statistics::statistics;
