//! The rules of the product design, row by row, on the shipped sample manifest and the
//! built-in definition; then properties of the planner as a whole.

#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

mod absence;
mod attempts;
mod components;
mod continuation;
mod facts;
mod fresh_set;
mod major;
mod mode;
mod model;
mod preflight;
mod properties;
mod release_order;
mod up_to_date;
mod words;
mod zone;
