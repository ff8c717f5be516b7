//! Comparing what was said with a snapshot in the test, byte for byte.

use snapbox::{Assert, assert::DEFAULT_ACTION_ENV, data::Inline};

/// Asserts that a text is its snapshot. `SNAPSHOTS=overwrite` writes new snapshots into the tests.
#[track_caller]
pub(crate) fn assert_said(said: &str, snapshot: Inline) {
    // A backslash is a backslash here, not the separator of somebody's paths.
    let exact = Assert::new()
        .action_env(DEFAULT_ACTION_ENV)
        .normalize_paths(false);
    exact.eq(said, snapshot);
}
