#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use super::*;
use crate::engine::fixture::{facts, name, plan, record};
use crate::plan::Action;

/// What differs on a node that did two packages and whose facts are changed.
fn differs(kind: RunKind, change: impl FnOnce(&mut Facts)) -> String {
    let plan = plan(&[vec![Action::Run, Action::Run]]);
    let mut facts = facts();
    record(&mut facts, &plan, 0, 0);
    record(&mut facts, &plan, 0, 1);
    change(&mut facts);
    let expected = Expected {
        plan: &plan,
        node: 0,
        done: vec![Done::Deployed(0), Done::Deployed(1)],
        kind,
    };
    difference(&expected, &facts).unwrap_or_else(|| "nothing".to_owned())
}

fn hostos(facts: &mut Facts) -> &mut ComponentFacts {
    facts.components.get_mut("hostos").unwrap()
}

#[test]
fn a_node_that_has_what_was_deployed_does_not_differ() {
    assert_eq!(differs(RunKind::Deploy, |_| {}), "nothing");
}

#[test]
fn another_release_differs() {
    let other = |facts: &mut Facts| hostos(facts).releases[1].tag = "3.0.0".parse().unwrap();
    insta::assert_snapshot!(differs(RunKind::Deploy, other), @"/etc/releases says package-1 3.0.0, the run deployed 3.1.0-20220101T000000Z_aaaaaaa");
}

#[test]
fn another_bundle_of_the_same_tag_differs() {
    let other = |facts: &mut Facts| {
        hostos(facts).releases[0].digest = crate::digest::Digest::of(b"other");
    };
    insta::assert_snapshot!(differs(RunKind::Deploy, other), @"/etc/releases says package-0 3.1.0-20220101T000000Z_aaaaaaa with digest d9298a10d1b0, the run deployed digest 63a0cd1667ad");
}

#[test]
fn a_missing_line_differs() {
    let missing = |facts: &mut Facts| hostos(facts).releases.truncate(1);
    insta::assert_snapshot!(differs(RunKind::Deploy, missing), @"/etc/releases has no line for package-1 3.1.0-20220101T000000Z_aaaaaaa");
}

#[test]
fn another_stage_differs() {
    let other = |facts: &mut Facts| hostos(facts).stage = Some("stage-0".to_owned());
    insta::assert_snapshot!(differs(RunKind::Deploy, other), @"/etc/stage says stage-0, the run set stage-1");
    insta::assert_snapshot!(differs(RunKind::Deploy, |facts| hostos(facts).stage = None), @"/etc/stage says nothing, the run set stage-1");
}

#[test]
fn a_node_that_says_nothing_of_the_component_differs() {
    let silent = |facts: &mut Facts| {
        facts.components.remove(&name("hostos"));
    };
    insta::assert_snapshot!(differs(RunKind::Deploy, silent), @"/etc/releases has no line for package-0 3.1.0-20220101T000000Z_aaaaaaa");
}

#[test]
fn a_dry_run_leaves_nothing_to_differ() {
    let silent = |facts: &mut Facts| hostos(facts).releases.clear();
    assert_eq!(differs(RunKind::DryRun, silent), "nothing");
}
