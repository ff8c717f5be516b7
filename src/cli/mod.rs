//! The verbs: what was typed, and what is done.

pub mod bundle;
