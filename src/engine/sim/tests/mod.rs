//! The engine under faults; and every promise broken once, to show that it can be seen.

#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

mod faults;
mod sabotage;
mod zone;
