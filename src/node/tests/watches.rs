//! The watch over a step that may not take too long.

use super::sandbox::{in_every_shell, request, start, step};
use crate::node::attempt::{AttemptOutcome, StepKind};

/// Says whether any process of this machine sleeps for so many seconds.
fn is_slept_for(seconds: u32) -> bool {
    let wanted = format!("sleep\0{seconds}\0");
    let processes = std::fs::read_dir("/proc").expect("processes").flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .any(|line| line.ends_with(wanted.as_bytes()))
}

#[tokio::test]
async fn ends_with_its_step_however_short_that_is() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let script = [("deploy", "#!/bin/sh\n")];
        let mut request = request(sandbox.upload(&mut node, &script).await);
        // Nobody else's.
        let seconds = 1_000_000 + std::process::id();
        let mut watched = step(StepKind::Deploy, "deploy");
        watched.timeout_seconds = Some(seconds);
        request.steps = vec![watched; 50];
        let (receipt, _) = start(&mut node, &request).await;
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(outcome, AttemptOutcome::Succeeded);
        assert!(!is_slept_for(seconds), "a watch is left");
    })
    .await;
}
