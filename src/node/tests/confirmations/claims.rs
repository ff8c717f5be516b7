//! A confirmation and the deadline at the same time; and what starts the watch at a boot.

use std::path::Path;
use std::time::Duration;

use super::{OPENS, WAITS, abandon, in_every_sh, was_undone, watched};
use crate::node::Node as _;
use crate::node::attempt::AttemptOutcome;
use crate::node::script::PATH;
use crate::node::tests::sandbox::{Sandbox, id, take_up, until};

/// Comes back so long after the steps have ended; whoever wins, the records, the receipt
/// and the steps tell of the same end.
async fn come_late(sandbox: &Sandbox, pause: Duration) {
    let sandbox = Sandbox::new(sandbox.shell.clone());
    let request = watched(&sandbox, 1, [WAITS, OPENS]).await;
    abandon(&sandbox, &request).await;
    sandbox.write("go", "");
    let waiting = format!(
        "var/lib/ddt/receipts/run1/hostos,{},1.awaiting",
        id(1).package
    );
    let is_there = || sandbox.root().join(&waiting).exists();
    until("the steps are over", is_there).await;
    tokio::time::sleep(pause).await;
    let receipt = sandbox.node().finish(&take_up(1), &mut |_| {}).await;
    let outcome = receipt.expect("a receipt").outcome;
    assert_eq!(outcome == AttemptOutcome::Undone, was_undone(&sandbox));
}

#[tokio::test]
async fn a_confirmation_and_the_deadline_never_both_win() {
    in_every_sh(async |sandbox| {
        let late = |milliseconds| come_late(sandbox, Duration::from_millis(milliseconds));
        tokio::join!(late(700), late(1000), late(1200), late(1400), late(1700));
    })
    .await;
}

/// The claims themselves, as processes that begin at the same time.
#[tokio::test]
async fn one_claim_wins() {
    let claims = include_str!("../../runner/watch.sh");
    let race = "
      attempt_state=unconfirmed
      for round in $(seq 30); do
        attempt=$PWD/$round
        : > $attempt.awaiting
        { until [ -e $attempt.go ]; do :; done; ! confirm_attempt 2>/dev/null || echo $round; } &
        { until [ -e $attempt.go ]; do :; done; ! claim_undo 2>/dev/null || echo $round; } &
        : > $attempt.go
        wait
      done";
    in_every_sh(async |sandbox| {
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("{claims}\n{race}")])
            .env("PATH", &sandbox.shell.path)
            .current_dir(sandbox.root())
            .output()
            .expect("a shell");
        let rounds: String = (1..=30).map(|round| format!("{round}\n")).collect();
        assert_eq!(String::from_utf8_lossy(&output.stdout), rounds);
    })
    .await;
}

/// No boot of systemd's: its own checker, on the file that the runner writes.
#[tokio::test]
async fn the_unit_is_one_that_systemd_takes() {
    let watch = include_str!("../../runner/watch.sh");
    let write = "units=$PWD wanted=$PWD/wants state=/var/lib/ddt
      make_durable() { :; }
      write_unit && [ -e $wanted/$unit ] && exec systemd-analyze verify $PWD/$unit";
    in_every_sh(async |sandbox| {
        if !Path::new("/usr/bin/systemd-analyze").exists() {
            assert!(
                std::env::var_os("CI").is_none(),
                "systemd-analyze is not installed"
            );
            eprintln!("skipped: systemd-analyze is not installed");
            return;
        }
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("{watch}\n{write}")])
            .env("PATH", format!("{}:{PATH}", sandbox.shell.path))
            .current_dir(sandbox.root())
            .output()
            .expect("a shell");
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{output:?}"
        );
    })
    .await;
}
