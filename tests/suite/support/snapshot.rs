//! Comparing what was said with a snapshot, in the test or in a file beside it, byte for byte.

use snapbox::{Assert, IntoData, assert::DEFAULT_ACTION_ENV};

/// Asserts that a text is its snapshot. `SNAPSHOTS=overwrite` writes new snapshots.
#[track_caller]
pub(crate) fn assert_said(said: &str, snapshot: impl IntoData) {
    // A backslash is a backslash here, not the separator of somebody's paths.
    let exact = Assert::new()
        .action_env(DEFAULT_ACTION_ENV)
        .normalize_paths(false);
    exact.eq(said, snapshot);
}
