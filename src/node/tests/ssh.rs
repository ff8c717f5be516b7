//! The SSH transport against a real sshd.

use std::os::unix::net::UnixStream;

use super::confirmations::watched;
use super::sandbox::{RELEASES, Sandbox, Shell, query, request, start, until};
use super::sshd::Sshd;
use crate::node::attempt::{AttemptOutcome, StepKind};
use crate::node::channel::Link as _;
use crate::node::script::PATH;
use crate::node::{Become, NodeError};

fn sandbox() -> Sandbox {
    Sandbox::new(Shell {
        words: vec!["sh"],
        path: PATH.into(),
    })
}

async fn error_of(sshd: &Sshd, target: crate::node::SshTarget) -> NodeError {
    let sandbox = sandbox();
    let mut node = sshd.node(&sandbox.root(), target);
    let error = node.facts(&query()).await.expect_err("no connection");
    assert!(sandbox.tree().is_empty(), "nothing was sent");
    error
}

#[tokio::test]
async fn a_deployment_works_over_ssh() {
    let Some(sshd) = Sshd::start().await else {
        return;
    };
    let sandbox = sandbox();
    let mut node = sshd.node(&sandbox.root(), sshd.target());
    let facts = node.facts(&query()).await.expect("facts");
    assert!(facts.privileged && sandbox.tree().is_empty());
    let script = "#!/bin/sh\necho \"$DDT_NODE\"; exit 255\n";
    let payload = sandbox.upload(&mut *node, &[("deploy", script)]).await;
    let mut request = request(payload);
    let (receipt, log) = start(&mut *node, &request).await;
    let outcome = receipt.expect("a receipt").outcome;
    assert_eq!(
        outcome,
        AttemptOutcome::Exited {
            step: StepKind::Deploy,
            code: 255
        }
    );
    assert_eq!(log, b"node1\n");
    drop(node);
    // Another node object takes up the connection that is left.
    let mut node = sshd.node(&sandbox.root(), sshd.target());
    request.payload = sandbox
        .upload(&mut *node, &[("deploy", "#!/bin/sh\n")])
        .await;
    request.id.number = 2;
    let (receipt, _) = start(&mut *node, &request).await;
    assert_eq!(
        receipt.expect("a receipt").outcome,
        AttemptOutcome::Succeeded
    );
    assert_eq!(sandbox.read(RELEASES).lines().count(), 1);
    node.close().await;
}

#[tokio::test]
async fn a_host_key_that_is_not_the_known_one_stops_everything() {
    let Some(sshd) = Sshd::start().await else {
        return;
    };
    let unknown = error_of(&sshd, sshd.target_without_host_key()).await;
    assert!(matches!(unknown, NodeError::HostKey(_)), "{unknown}");
    let changed = error_of(&sshd, sshd.target_with_other_host_key()).await;
    assert!(matches!(changed, NodeError::HostKey(_)), "{changed}");
}

#[tokio::test]
async fn a_login_that_is_refused_is_not_taken_for_an_absent_node() {
    let Some(mut sshd) = Sshd::start().await else {
        return;
    };
    let refused = error_of(&sshd, sshd.target_with_other_user_key()).await;
    assert!(matches!(refused, NodeError::Authentication(_)), "{refused}");
    sshd.kill();
    let absent = error_of(&sshd, sshd.target()).await;
    assert!(matches!(absent, NodeError::Unreachable(_)), "{absent}");
}

#[tokio::test]
async fn a_lost_connection_is_taken_up_and_the_step_runs_once() {
    let Some(mut sshd) = Sshd::start().await else {
        return;
    };
    let sandbox = sandbox();
    let mut node = sshd.node(&sandbox.root(), sshd.target());
    let script = "#!/bin/sh\necho begun; echo x >> \"$DDT_ROOT/effects\"\n\
                  while [ -d \"$DDT_ROOT\" ] && ! [ -e \"$DDT_ROOT/go\" ]; do sleep 0.1; done\necho done\n";
    let payload = sandbox.upload(&mut *node, &[("deploy", script)]).await;
    let request = request(payload);
    let cut = async {
        until("the step has begun", || !sandbox.read("effects").is_empty()).await;
        sshd.kill();
        sshd.run("").await;
        sandbox.write("go", "");
    };
    let ((receipt, log), ()) = tokio::join!(start(&mut *node, &request), cut);
    assert_eq!(
        receipt.expect("a receipt").outcome,
        AttemptOutcome::Succeeded
    );
    assert_eq!(log, b"begun\ndone\n");
    assert_eq!(sandbox.read("effects"), "x\n");
    assert_eq!(sandbox.read(RELEASES).lines().count(), 1);
}

#[tokio::test]
async fn connections_that_a_crowded_server_drops_are_tried_again() {
    let Some(mut sshd) = Sshd::start().await else {
        return;
    };
    sshd.kill();
    sshd.run("MaxStartups 1").await;
    let sandboxes: Vec<Sandbox> = (0..5).map(|_| sandbox()).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for (number, sandbox) in (0..).zip(&sandboxes) {
        // Sockets of their own: one would take up another's connection.
        let name = format!("run{number}");
        let mut node = sshd.node_in(&name, &sandbox.root(), sshd.target());
        tasks.spawn(async move { node.facts(&query()).await });
    }
    for facts in tasks.join_all().await {
        facts.expect("facts");
    }
}

#[tokio::test]
async fn a_jump_host_is_passed_through() {
    let Some(sshd) = Sshd::start().await else {
        return;
    };
    let sandbox = sandbox();
    let mut target = sshd.target();
    target.jump = Some(Box::new(sshd.target()));
    let mut node = sshd.node(&sandbox.root(), target);
    node.facts(&query()).await.expect("facts");
}

#[tokio::test]
async fn sudo_makes_the_runner_root_or_says_that_it_cannot() {
    let Some(sshd) = Sshd::start().await else {
        return;
    };
    let sandbox = sandbox();
    let mut target = sshd.target();
    target.privilege = Become::Sudo;
    let mut node = sshd.node(&sandbox.root(), target);
    match node.facts(&query()).await {
        Ok(facts) => assert!(facts.privileged),
        Err(error) => assert!(matches!(error, NodeError::Privilege(_)), "{error}"),
    }
}

#[tokio::test]
async fn of_a_connection_only_its_socket_is_kept_and_at_its_end_nothing() {
    let Some(sshd) = Sshd::start().await else {
        return;
    };
    error_of(&sshd, sshd.target_with_other_user_key()).await;
    assert_eq!(sshd.connection_files("run"), [""; 0], "of a refused one");
    let sandbox = sandbox();
    let mut link = sshd.link("lasting", &sandbox.root());
    drop(link.open().await.expect("a channel"));
    let kept = sshd.connection_files("lasting");
    let [socket] = &*kept else {
        panic!("{kept:?}");
    };
    // Another name of the socket, by which the master can be asked for when this is gone.
    let name = sandbox.directory.path().join("socket");
    std::fs::hard_link(socket, &name).expect("linked");
    UnixStream::connect(&name).expect("the master is there");
    link.disconnect().await;
    assert_eq!(sshd.connection_files("lasting"), [""; 0]);
    until("the master has ended", || {
        UnixStream::connect(&name).is_err()
    })
    .await;
}

#[tokio::test]
async fn a_node_whose_step_ended_its_server_goes_back_and_answers_again() {
    let Some(sshd) = Sshd::start().await else {
        return;
    };
    let sandbox = sandbox();
    let deploy = format!("#!/bin/sh\n{}\n", sshd.script_to_kill());
    let back = format!(
        "#!/bin/sh\necho x >> \"$DDT_ROOT/back\"\n{}\n",
        sshd.script_to_run()
    );
    let request = watched(&sandbox, 1, [&deploy, &back]).await;
    let mut node = sshd.node(&sandbox.root(), sshd.target());
    let (receipt, _) = start(&mut *node, &request).await;
    let outcome = receipt.expect("a receipt").outcome;
    assert_eq!(outcome, AttemptOutcome::Undone);
    assert_eq!(sandbox.read("back"), "x\n");
    assert!(sandbox.read(RELEASES).ends_with(" rolled-back\n"));
    node.close().await;
}

#[tokio::test]
async fn a_connection_that_was_there_before_the_steps_confirms_nothing() {
    let Some(mut sshd) = Sshd::start().await else {
        return;
    };
    let sandbox = sandbox();
    let waits = "#!/bin/sh\n: > \"$DDT_ROOT/begun\"; while [ -d \"$DDT_ROOT\" ] && ! [ -e \"$DDT_ROOT/go\" ]; do sleep 0.05; done\n";
    let back = "#!/bin/sh\necho x >> \"$DDT_ROOT/back\"\n";
    let request = watched(&sandbox, 1, [waits, back]).await;
    let mut node = sshd.node(&sandbox.root(), sshd.target());
    let close = async {
        let has_begun = || sandbox.root().join("begun").exists();
        until("the step has begun", has_begun).await;
        // The connection lives on; no other is made.
        sshd.stop_listening();
        sandbox.write("go", "");
        until("the node has gone back", || {
            !sandbox.read("back").is_empty()
        })
        .await;
        sshd.run("").await;
    };
    let ((receipt, _), ()) = tokio::join!(start(&mut *node, &request), close);
    let outcome = receipt.expect("a receipt").outcome;
    assert_eq!(outcome, AttemptOutcome::Undone);
    node.close().await;
}
