//! Nodes that do not answer when a deployment is planned, held against what the rollout tolerates.

use super::facts::blank;
use super::zone::{Zone, name};
use crate::document::YesNo;
use crate::inventory::Group;
use crate::manifest::Rollout;
use crate::name::Name;
use crate::node::NodeError;
use crate::plan::{Plan, RolloutRules};
use crate::share::Share;

/// Three nodes that answer, `node-1` to `node-3`, and some of `node-4` to `node-6` that do not.
fn zone(absent: &[&str]) -> Zone {
    let there = ["node-1", "node-2", "node-3"];
    let zone = there
        .iter()
        .fold(Zone::sample(), |zone, node| zone.node(node, blank()));
    absent.iter().fold(zone, |zone, node| {
        zone.lost_node(node, NodeError::Unreachable("no route to host".to_owned()))
    })
}

fn rolled_out(zone: Zone, rollout: Rollout) -> Zone {
    zone.with(|zone| {
        zone.options.rollout = RolloutRules::new(rollout, &zone.inventory).unwrap();
    })
}

fn tolerating(max_failures: Share) -> Rollout {
    Rollout {
        max_failures: Some(max_failures),
        ..Rollout::default()
    }
}

fn with_group(zone: Zone, selector: &str, max_failures: Option<Share>) -> Zone {
    zone.with(|zone| {
        let group = Group {
            selector: selector.parse().unwrap(),
            critical: match max_failures {
                None => YesNo::Yes,
                Some(_) => YesNo::No,
            },
            max_failures,
        };
        zone.inventory.groups.insert(name("storage"), group);
    })
}

fn unreachable(plan: &Plan) -> Vec<&str> {
    plan.unreachable.keys().map(Name::as_str).collect()
}

#[test]
fn are_refused_where_nothing_is_said() {
    let refused = zone(&["node-4"]).plan();
    assert_eq!(refused.unwrap_err().problems.len(), 1);
    let none = rolled_out(zone(&["node-4"]), tolerating(Share::Count(0)));
    assert!(none.plan().is_err());
}

#[test]
fn are_left_out_with_their_reason_as_far_as_the_limit_goes() {
    let one = rolled_out(zone(&["node-4"]), tolerating(Share::Count(1)));
    let plan = one.plan().unwrap();
    assert_eq!(
        plan.unreachable[&name("node-4")],
        "cannot be reached: no route to host"
    );
    assert_eq!(plan.nodes.len(), 3);
    assert!(plan.leaves_something());
    let two = rolled_out(zone(&["node-4", "node-5"]), tolerating(Share::Count(1)));
    insta::assert_snapshot!(two.told(), @r"
    node-4: cannot be reached: no route to host
      check the node and the network, then deploy again
    node-5: cannot be reached: no route to host
      check the node and the network, then deploy again
    ");
}

#[test]
fn count_in_percentages() {
    // A quarter of four nodes, but not of three.
    let quarter = rolled_out(zone(&["node-4"]), tolerating(Share::Percent(25)));
    assert_eq!(unreachable(&quarter.plan().unwrap()), ["node-4"]);
    let less = rolled_out(zone(&["node-4"]), tolerating(Share::Percent(24)));
    assert!(less.plan().is_err());
}

#[test]
fn of_a_critical_group_are_never_tolerated() {
    let critical = with_group(zone(&["node-4"]), "node-4", None);
    let critical = rolled_out(critical, tolerating(Share::Count(3)));
    assert!(critical.plan().is_err());
}

#[test]
fn of_a_group_with_a_limit_are_tolerated_by_that_alone() {
    let half = |absent: &[&str]| {
        let zone = with_group(zone(absent), "node-3,node-4", Some(Share::Percent(50)));
        rolled_out(zone, Rollout::default()).plan()
    };
    assert_eq!(unreachable(&half(&["node-4"]).unwrap()), ["node-4"]);
    assert!(half(&["node-4", "node-5"]).is_err());
}

#[test]
fn that_are_canaries_are_not_tolerated_and_others_are_in_no_batch() {
    let ordered = |order: &str| {
        let rollout = Rollout {
            canaries: Some(1),
            order: vec![order.to_owned()],
            ..tolerating(Share::Count(1))
        };
        rolled_out(zone(&["node-4"]), rollout).plan()
    };
    assert!(ordered("node-4").is_err());
    let plan = ordered("node-3").unwrap();
    let batches = plan.rollout.batches.iter();
    let batches: Vec<Vec<&str>> = batches
        .map(|batch| batch.nodes.iter().map(Name::as_str).collect())
        .collect();
    assert_eq!(batches, [vec!["node-3"], vec!["node-1", "node-2"]]);
}

#[test]
fn do_not_make_a_plan_by_themselves() {
    let nobody = Zone::sample().lost_node(
        "node-1",
        NodeError::Unreachable("no route to host".to_owned()),
    );
    let all = rolled_out(nobody, tolerating(Share::Percent(100)));
    assert!(all.plan().is_err());
}

#[test]
fn are_told_from_those_that_may_be_somebody_else() {
    for error in [
        NodeError::HostKey("SHA256:abc".to_owned()),
        NodeError::Authentication("no key".to_owned()),
        NodeError::Transport("broken".to_owned()),
    ] {
        let zone = zone(&[]).lost_node("node-4", error);
        let tolerant = rolled_out(zone, tolerating(Share::Percent(100)));
        assert!(tolerant.plan().is_err());
    }
}

#[test]
fn do_not_hide_what_is_wrong_with_the_others() {
    let mut facts = blank();
    facts.privileged = false;
    let zone = zone(&["node-4"]).node("node-2", facts);
    insta::assert_snapshot!(rolled_out(zone, tolerating(Share::Count(1))).told(), @r"
    node-2: the login may not write the node's files
      log in as root, or set `become: sudo` for the node
    ");
}
