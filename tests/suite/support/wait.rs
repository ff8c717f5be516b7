//! Waiting for what another process does, where nothing tells of it.

use super::process::Ended;
use std::time::Duration;

/// How often is looked, and how many times.
const LOOK_EVERY: Duration = Duration::from_millis(10);
const LOOKS: u32 = 12_000;

/// Looks until something is so.
///
/// # Panics
/// When it is not within two minutes: no test needs as long.
#[track_caller]
#[expect(
    clippy::disallowed_methods,
    reason = "the pause between two looks, not a hope"
)]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..LOOKS {
        if is_so() {
            return;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    panic!("waited in vain until {what}");
}

/// Returns when `ddt status` says that the run is stopping.
#[track_caller]
pub(crate) fn until_stopping(status: impl Fn() -> Ended) {
    until("the run is stopping", || {
        status().exits(0).stdout.contains(", stopping")
    });
}
