//! The one place that reads the clock.

use jiff::Timestamp;

/// The present moment. It may go backwards when the machine's clock is set.
#[expect(
    clippy::disallowed_methods,
    reason = "everything else takes its time from here"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}
