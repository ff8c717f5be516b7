//! The clock. Time is read here and nowhere else, and handed on as a value.

use std::time::Instant;

use jiff::Timestamp;

/// The time of day, in UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A moment to measure a duration from.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
pub fn moment() -> Instant {
    Instant::now()
}
