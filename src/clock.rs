//! The one place that reads the clock.

use jiff::Timestamp;

/// The time of day, in UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "everything else asks here, so that tests can tell the time"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}
