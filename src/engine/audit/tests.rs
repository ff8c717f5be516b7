#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use super::*;
use crate::digest::Digest;
use crate::engine::event::TaskFailure;
use crate::node::attempt::{AttemptOutcome, StepKind};
use crate::node::facts::BootId;

const HEAD: &str = "the head at the intent";

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn task() -> TaskId {
    TaskId {
        node: name("node-1"),
        component: name("hostos"),
        package: name("boot"),
    }
}

fn id(run: &str) -> AttemptId {
    AttemptId {
        run: name(run),
        component: name("hostos"),
        package: name("boot"),
        number: 1,
    }
}

/// The node's word on an attempt of the first run.
fn record(outcome: AttemptOutcome) -> AttemptRecord {
    let receipt = Receipt {
        id: id("run-1"),
        epoch: 1,
        digest: Digest::of(b"bundle"),
        boot_id: BootId("boot".to_owned()),
        journal_head: HEAD.to_owned(),
        started: 10,
        ended: 12,
        outcome,
        log_bytes: 0,
    };
    in_state(AttemptState::Ended(receipt))
}

fn in_state(state: AttemptState) -> AttemptRecord {
    AttemptRecord {
        id: id("run-1"),
        tag: "1.2.3".parse().unwrap(),
        digest: Digest::of(b"bundle"),
        state,
    }
}

fn ledger(events: &[(&str, Event)]) -> Ledger {
    let mut ledger = Ledger::default();
    for (run, event) in events {
        ledger.take(&name(run), event);
    }
    ledger
}

fn intended(act: Act) -> Event {
    Event::Intended { task: task(), act }
}

fn ended(ending: Ending) -> Event {
    Event::Ended {
        task: task(),
        ending,
    }
}

fn started() -> Event {
    intended(Act::Start { number: 1 })
}

fn succeeded() -> Event {
    ended(Ending::Succeeded { seconds: 2 })
}

fn in_doubt() -> Event {
    ended(Ending::InDoubt(failure(FailureClass::Transport, None)))
}

fn failure(class: FailureClass, step: Option<StepKind>) -> TaskFailure {
    TaskFailure {
        class,
        message: "deploy exited with 3".to_owned(),
        step,
    }
}

fn failed(step: Option<StepKind>) -> Event {
    ended(Ending::Failed(failure(FailureClass::Script, step)))
}

/// What is found, in words; `!` where it is damage.
fn found(events: &[(&str, Event)], records: &[AttemptRecord]) -> String {
    let testimony = Testimony {
        run: &name("run-1"),
        node: &name("node-1"),
        records,
        knows_head: &|head| head == HEAD,
    };
    let found = ledger(events).compare(&testimony);
    let lines = found.iter().map(|one| {
        let mark = if one.kind.is_damage() { "! " } else { "" };
        format!("{mark}{one}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn two_records_that_agree_are_not_mentioned() {
    let done = record(AttemptOutcome::Succeeded);
    assert_eq!(
        found(&[("run-1", started()), ("run-1", succeeded())], &[done]),
        ""
    );
    let step = StepKind::Deploy;
    let broken = record(AttemptOutcome::Exited { step, code: 3 });
    let events = [("run-1", started()), ("run-1", failed(Some(step)))];
    assert_eq!(found(&events, &[broken]), "");
    // The node refused it: there is nothing to have a receipt of.
    assert_eq!(
        found(&[("run-1", started()), ("run-1", failed(None))], &[]),
        ""
    );
    assert_eq!(
        found(
            &[("run-1", started()), ("run-1", in_doubt())],
            &[in_state(AttemptState::Vanished)]
        ),
        ""
    );
}

#[test]
fn a_reboot_is_between_the_two_ends_of_an_attempt() {
    let boot_id = BootId("boot".to_owned());
    let events = [
        ("run-1", started()),
        (
            "run-1",
            ended(Ending::AwaitingReboot {
                boot_id: boot_id.clone(),
            }),
        ),
        (
            "run-1",
            intended(Act::Reboot {
                since: boot_id.clone(),
            }),
        ),
        (
            "run-1",
            ended(Ending::Rebooted {
                boot_id: boot_id.clone(),
            }),
        ),
        (
            "run-1",
            intended(Act::Finish {
                run: name("run-1"),
                number: 1,
            }),
        ),
        ("run-1", succeeded()),
    ];
    let done = || record(AttemptOutcome::Succeeded);
    assert_eq!(found(&events, &[done()]), "");
    assert_eq!(
        found(
            &events[..4],
            &[in_state(AttemptState::AwaitingReboot(boot_id.clone()))]
        ),
        ""
    );
    insta::assert_snapshot!(found(&events[..4], &[done()]), @"boot on node-1 (attempt 1): it succeeded in 2 s after its run had died");
    insta::assert_snapshot!(found(&events, &[in_state(AttemptState::AwaitingReboot(boot_id))]), @"! boot on node-1 (attempt 1): the journal says how it ended, and the node has no receipt");
}

#[test]
fn an_end_that_a_later_run_heard_is_heard() {
    let take_up = intended(Act::TakeUp {
        run: name("run-1"),
        number: 1,
    });
    let events = [
        ("run-1", started()),
        ("run-2", take_up),
        ("run-2", succeeded()),
    ];
    let done = || record(AttemptOutcome::Succeeded);
    assert_eq!(found(&events, &[done()]), "");
    insta::assert_snapshot!(found(&events[..1], &[done()]), @"boot on node-1 (attempt 1): it succeeded in 2 s after its run had died");
}

#[test]
fn a_journal_that_was_cut_is_noticed() {
    let mut done = record(AttemptOutcome::Succeeded);
    insta::assert_snapshot!(found(&[], std::slice::from_ref(&done)), @"! boot on node-1 (attempt 1): the node began it, and the journal knows nothing of it");
    if let AttemptState::Ended(receipt) = &mut done.state {
        receipt.journal_head = "another".to_owned();
    }
    insta::assert_snapshot!(found(&[("run-1", started()), ("run-1", succeeded())], &[done]), @"! boot on node-1 (attempt 1): its receipt names a head that the journal does not have");
}

#[test]
fn a_receipt_that_is_gone_is_noticed() {
    let events = [("run-1", started()), ("run-1", succeeded())];
    let expected =
        "! boot on node-1 (attempt 1): the journal says how it ended, and the node has no receipt";
    assert_eq!(found(&events, &[]), expected);
    assert_eq!(
        found(&events, &[in_state(AttemptState::Vanished)]),
        expected
    );
    assert_eq!(found(&events, &[in_state(AttemptState::Running)]), expected);
}

#[test]
fn another_outcome_is_noticed() {
    let broken = record(AttemptOutcome::Exited {
        step: StepKind::Deploy,
        code: 3,
    });
    insta::assert_snapshot!(found(&[("run-1", started()), ("run-1", succeeded())], &[broken]), @"! boot on node-1 (attempt 1): the journal says succeeded in 2 s, the receipt failed (deploy exited with 3)");
}
