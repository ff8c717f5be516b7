//! What is left of a plan, after any part of it was done.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Change, blank, deployed};
use super::zone::{ORDER, Zone, hostos, name, package, tell_refusal};
use crate::node::attempt::AttemptState;
use crate::node::facts::Facts;
use crate::plan::{Action, Assume, Continuation, Plan, Refusal, TaskKey};

fn key(short: &str) -> TaskKey {
    (name("node-1"), hostos(), package(short))
}

/// The plan of a fresh node.
fn stored() -> Plan {
    Zone::sample().node("node-1", blank()).plan().unwrap()
}

/// What is left after the first packages are done, as the journal says, on a node.
fn rest(done: usize, facts: Facts, assume: Option<Assume>) -> Result<Plan, Refusal> {
    let stored = stored();
    let assume = assume.map(|assume| (key(ORDER[done]), assume));
    let payloads = stored.packages.iter();
    Continuation {
        plan: &stored,
        run: &name("run-1"),
        done: &ORDER[..done].iter().map(|short| key(short)).collect(),
        observations: &BTreeMap::from([(name("node-1"), Ok(facts))]),
        assumptions: &assume.into_iter().collect(),
        at_hand: &payloads
            .map(|package| package.bundle.payload.clone())
            .collect(),
    }
    .plan()
}

fn actions(plan: &Plan) -> Vec<Action> {
    let tasks = plan.nodes[0].tasks.iter();
    tasks.map(|task| task.action.clone()).collect()
}

#[test]
fn what_is_done_is_done_and_the_rest_is_what_it_was() {
    let whole = actions(&stored());
    for (done, stage) in [(2, "pre-install"), (3, "pre-install")] {
        let rest = actions(&rest(done, deployed(done, stage), None).unwrap());
        assert!(rest[..done].iter().all(|action| *action == Action::Nothing));
        assert_eq!(rest[done..], whole[done..]);
    }
}

#[test]
fn nothing_done_leaves_the_whole_plan() {
    assert_eq!(
        actions(&rest(0, blank(), None).unwrap()),
        actions(&stored())
    );
}

#[test]
fn a_running_attempt_is_taken_up() {
    let facts = deployed(2, "pre-install").attempted("base-os-sw", AttemptState::Running);
    let taken_up = Action::TakeUp {
        run: name("run-1"),
        number: 1,
        reboots: false,
    };
    assert_eq!(actions(&rest(2, facts, None).unwrap())[2], taken_up);
}

#[test]
fn an_attempt_without_a_receipt_is_what_the_operator_says() {
    let facts = || deployed(2, "pre-install").attempted("base-os-sw", AttemptState::Vanished);
    let refusal = rest(2, facts(), None).unwrap_err();
    assert!(
        refusal
            .problems
            .iter()
            .all(|found| found.problem.is_in_doubt())
    );
    let third = |assume| actions(&rest(2, facts(), Some(assume)).unwrap())[2].clone();
    assert_eq!(third(Assume::Failed), Action::Run);
    assert_eq!(third(Assume::Succeeded), Action::Record);
}

#[test]
fn a_node_that_somebody_changed_is_refused() {
    let told = |facts| tell_refusal(&rest(3, facts, None).unwrap_err());
    insta::assert_snapshot!(told(deployed(2, "pre-install")), @r"
    node-1: hostos-base-os-sw-release: the plan left it at 3.4.83-20220708T144532Z_1b241f2, now it is not installed
      the stored plan does not fit any more; `ddt deploy MANIFEST` plans anew from what is there
    ");
    assert!(
        told(deployed(3, "post-install")).contains(
            "the stage of hostos: the plan left it at pre-install, now it is post-install"
        )
    );
}

#[test]
fn a_payload_that_cannot_be_sent_is_missed_before_anything_starts() {
    let stored = stored();
    let refusal = Continuation {
        plan: &stored,
        run: &name("run-1"),
        done: &BTreeSet::new(),
        observations: &BTreeMap::from([(name("node-1"), Ok(blank()))]),
        assumptions: &BTreeMap::new(),
        at_hand: &BTreeSet::new(),
    }
    .plan()
    .unwrap_err();
    assert_eq!(refusal.problems.len(), ORDER.len());
}
