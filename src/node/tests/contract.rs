//! What every node does, the fake one included: the tests of others build on it.

use super::sandbox::{RELEASES, Sandbox, Shell, id, query, records, request, start, take_up};
use crate::node::attempt::{AttemptOutcome, AttemptRequest, AttemptState, Commit, StepKind};
use crate::node::fake::{FakeMachine, Script};
use crate::node::script::PATH;
use crate::node::{Follow, Node, NodeError, RebootRequest};

/// Asks a node for everything that can be asked; what it answered, in words.
async fn transcript(node: &mut dyn Node, request: &AttemptRequest) -> Vec<String> {
    let mut said = Vec::new();
    let mut say = |text: String| said.push(text);
    let facts = node.facts(&query()).await.expect("facts");
    say(format!(
        "{:?} {:?} {}",
        facts.components, facts.last_attempt, facts.epoch
    ));
    let missing = node
        .follow(
            &Follow {
                attempt: take_up(1),
                offset: 0,
            },
            &mut |_| {},
        )
        .await;
    say(format!("{missing:?}"));
    let first = start(node, request).await.0.expect("a receipt");
    say(format!("{:?}", first.outcome));
    say(format!("{:?}", start(node, request).await.0));
    let followed = node
        .follow(
            &Follow {
                attempt: take_up(1),
                offset: 0,
            },
            &mut |_| {},
        )
        .await;
    say(format!("{}", followed == Ok(first.clone())));
    let stale = AttemptRequest {
        id: id(2),
        epoch: 6,
        ..request.clone()
    };
    say(format!("{:?}", start(node, &stale).await.0));
    let early = node.finish(&take_up(1), &mut |_| {}).await;
    say(format!(
        "{}",
        early == Err(NodeError::SameBoot(first.boot_id.clone()))
    ));
    let reboot = RebootRequest {
        epoch: 7,
        since: first.boot_id.clone(),
        timeout_seconds: 60,
    };
    let boot = node.reboot(&reboot).await.expect("a boot");
    say(format!("{}", boot != first.boot_id));
    let last = node
        .finish(&take_up(1), &mut |_| {})
        .await
        .expect("a receipt");
    say(format!("{:?} {}", last.outcome, last.boot_id == boot));
    let facts = node.facts(&query()).await.expect("facts");
    let component = facts.components.values().next().expect("a component");
    say(format!(
        "{:?} {}",
        component.stage,
        component.releases.len()
    ));
    let state = facts.last_attempt.expect("an attempt").state;
    say(format!(
        "{} {}",
        state == AttemptState::Ended(last),
        facts.epoch
    ));
    said
}

#[tokio::test]
async fn the_fake_node_answers_as_a_real_one() {
    let sandbox = Sandbox::new(Shell {
        words: vec!["sh"],
        path: PATH.into(),
    });
    let mut real = sandbox.node();
    let mut fake = FakeMachine::default().node("node1".parse().expect("a name"));
    let payload = sandbox.payload(&[("deploy", "#!/bin/sh\n")]);
    let mut request = request(payload.digest.clone());
    request.commit = Commit::AfterReboot {
        records: records(),
        verify: None,
    };
    let payloads = [payload];
    real.upload(&payloads).await.expect("uploaded");
    fake.upload(&payloads).await.expect("uploaded");
    let real = transcript(&mut real, &request).await;
    assert_eq!(transcript(&mut fake, &request).await, real);
    assert_eq!(sandbox.read(RELEASES).lines().count(), 1);
}

#[tokio::test]
async fn the_fake_node_does_what_its_script_says() {
    let machine = FakeMachine::default();
    let sandbox = Sandbox::new(Shell {
        words: vec!["sh"],
        path: PATH.into(),
    });
    let payload = sandbox.payload(&[]);
    let request = request(payload.digest.clone());
    let mut node = machine.node("node1".parse().expect("a name"));
    node.upload(&[payload]).await.expect("uploaded");
    let refusal = NodeError::Space("full".into());
    machine.script(request.id.package.clone(), Script::Refuses(refusal.clone()));
    assert_eq!(start(&mut node, &request).await.0, Err(refusal));
    assert_eq!(machine.effects(), []);
    let outcome = AttemptOutcome::Exited {
        step: StepKind::Deploy,
        code: 3,
    };
    machine.script(request.id.package.clone(), Script::Loses(outcome.clone()));
    assert!(matches!(
        start(&mut node, &request).await.0,
        Err(NodeError::Transport(_))
    ));
    let follow = Follow {
        attempt: take_up(1),
        offset: 0,
    };
    let receipt = node.follow(&follow, &mut |_| {}).await.expect("a receipt");
    assert_eq!(receipt.outcome, outcome);
    assert_eq!(machine.effects(), [id(1)]);
}

#[tokio::test]
async fn an_end_that_the_script_names_is_the_end() {
    let machine = FakeMachine::default();
    let sandbox = Sandbox::new(Shell {
        words: vec!["sh"],
        path: PATH.into(),
    });
    let payload = sandbox.payload(&[]);
    let request = request(payload.digest.clone());
    let mut node = machine.node("node1".parse().expect("a name"));
    node.upload(&[payload]).await.expect("uploaded");
    let outcome = AttemptOutcome::TimedOut {
        step: StepKind::Deploy,
    };
    machine.script(request.id.package.clone(), Script::Ends(outcome.clone()));
    let (receipt, _) = start(&mut node, &request).await;
    assert_eq!(receipt.map(|receipt| receipt.outcome), Ok(outcome));
}
