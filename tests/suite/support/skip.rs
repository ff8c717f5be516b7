//! Tests that cannot run on this machine: said and counted, and failures in CI.

use std::fs::OpenOptions;
use std::io::Write;

/// Records that the calling test cannot run here, and why.
///
/// The reason goes to standard error, and as a line to the file named by `DDT_SKIPPED`, from which `tests/run` counts.
///
/// # Panics
/// With `CI=true`: there, every machine must be able to run every test.
#[expect(clippy::print_stderr, reason = "whoever runs the tests must see it")]
pub(crate) fn skip(reason: &str) {
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "skipped in CI: {reason}"
    );
    eprintln!("skipped: {reason}");
    let Some(path) = std::env::var_os("DDT_SKIPPED") else {
        return;
    };
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .expect("DDT_SKIPPED can be opened");
    // One write per line: tests of other processes append to the same file.
    file.write_all(format!("{reason}\n").as_bytes())
        .expect("DDT_SKIPPED can be written");
}
