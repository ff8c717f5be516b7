//! How a run goes through a zone: canaries, batches, tolerated failures, tasks at a time, the health command.

use super::packages;
use crate::support::zone::Zone;

const NODES: [&str; 3] = ["node-1", "node-2", "node-3"];
const BASE: &str = "hostos-base-os-sw-release";

/// Three nodes; the third of seven tasks fails on some.
fn failing_on(nodes: &str) -> Zone {
    let mut zone = Zone::hostos(&NODES);
    let body = format!("case \"$DDT_NODE\" in {nodes}) exit 7 ;; esac");
    zone.release(BASE).step("deploy", &body);
    zone
}

/// The same nodes, with a group.
fn with_group(zone: &Zone, limit: &str) {
    let inventory = format!(
        "{{\n  mzone: zone-1\n  defaults: {{\n    transport: local\n  }}\n  nodes: {{\n{}  }}\n  groups: {{\n    \
         storage: {{\n      selector: node-1, node-2\n      {limit}\n    }}\n  }}\n}}\n",
        NODES
            .map(|node| format!("    {node}: {{\n      root: nodes/{node}\n    }}\n"))
            .concat()
    );
    zone.write("inventory.hjson", inventory);
}

#[test]
fn a_failed_canary_stops_before_the_rest() {
    let zone = failing_on("node-2");
    let flags = [
        "--canaries",
        "1",
        "--order",
        "node-2",
        "--max-failures",
        "3",
    ];
    zone.deploy(&flags)
        .exits(4)
        .says("the canary node-2 is not ready");
    assert_eq!(zone.node("node-2").deployed(), packages()[..3]);
    for name in ["node-1", "node-3"] {
        assert!(zone.node(name).deployed().is_empty(), "{name}");
    }
}

#[test]
fn everything_is_everywhere_before_the_first_canary_begins() {
    let mut zone = Zone::hostos(&NODES);
    let payloads = zone.path("nodes/node-3/var/lib/ddt/bundles/sha256");
    let body = format!(
        "[ \"$DDT_NODE\" != node-1 ] || [ \"$(ls '{}' | wc -l)\" -ge 6 ]",
        payloads.display()
    );
    zone.release("hostos-boot-release").step("deploy", &body);
    zone.deploy(&["--canaries", "1"]).exits(0);
}

#[test]
fn one_node_may_fail_where_the_rollout_says_so() {
    for flag in ["1", "34%"] {
        let zone = failing_on("node-2");
        zone.deploy(&["--max-failures", flag]).exits(8);
        for name in ["node-1", "node-3"] {
            assert_eq!(zone.node(name).deployed(), packages(), "{flag} {name}");
        }
        assert_eq!(zone.node("node-2").deployed(), packages()[..3], "{flag}");
    }
}

#[test]
fn more_failures_than_may_be_end_the_run() {
    let zone = failing_on("node-1|node-2");
    zone.deploy(&["--max-failures", "34%"])
        .exits(4)
        .says("2 nodes failed, 1 may");
    assert_eq!(zone.node("node-3").deployed(), packages()[..3]);
}

#[test]
fn a_group_that_is_critical_ends_the_run_and_is_named() {
    let zone = failing_on("node-2");
    with_group(&zone, "critical: yes");
    zone.deploy(&["--max-failures", "2"])
        .exits(4)
        .says("1 node of group storage failed, none may");
    let tolerant = failing_on("node-2");
    with_group(&tolerant, "max_failures: 50%");
    tolerant.deploy(&[]).exits(8);
}

#[test]
fn batches_go_one_after_the_other_and_the_zone_must_be_well_between() {
    let mut zone = Zone::hostos(&NODES);
    zone.rollout("batches: [ 1 ]\n    health: [ \"./healthy\" ]");
    let healthy = zone.write(
        "healthy",
        "#!/bin/sh\necho \"$DDT_BATCH $DDT_NODES\" >>asked\n[ \"$DDT_BATCH\" != 2 ] || { echo two is ill >&2; exit 1; }\n",
    );
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(healthy, std::fs::Permissions::from_mode(0o755)).expect("permissions");
    zone.deploy(&[]).exits(4).says("two is ill");
    let asked = std::fs::read_to_string(zone.path("asked")).expect("it was asked");
    assert_eq!(asked, "1 node-1\n2 node-2\n");
    assert!(zone.node("node-3").deployed().is_empty());
}

#[test]
fn freely_a_node_is_done_while_another_is_at_its_first_task() {
    let mut zone = Zone::hostos(&NODES);
    let gate = zone.gate("first");
    let body = format!(
        "if [ \"$DDT_NODE\" = node-1 ]; then {}; fi",
        gate.wait_here()
    );
    zone.release("hostos-boot-release").step("deploy", &body);
    let last = zone.gate("last");
    let passing = format!(
        ": >'{}'/\"at-$DDT_NODE\"",
        zone.path("gates-last").display()
    );
    zone.release("hostos-kernel-patch-release")
        .step("deploy", &passing);
    let ddt = zone.start_deploy(&["--strategy", "free"]);
    gate.reached_by("node-1");
    last.reached_by("node-2");
    assert_eq!(zone.node("node-1").deployed().len(), 1);
    gate.open();
    ddt.end().exits(0);
}

#[test]
fn no_more_nodes_are_worked_on_than_may_be() {
    let mut zone = Zone::hostos(&NODES);
    let busy = zone.path("busy");
    let body = format!("mkdir '{0}' && sleep 0.05 && rmdir '{0}'", busy.display());
    zone.release(BASE).step("deploy", &body);
    zone.deploy(&["--max-in-flight", "1"]).exits(0);
}

#[test]
fn an_idempotent_step_that_fails_is_run_again() {
    let mut zone = Zone::hostos(&["node-1"]);
    let mark = zone.path("tried");
    let body = format!("[ -e '{0}' ] || {{ : >'{0}'; exit 1; }}", mark.display());
    zone.release(BASE)
        .descriptor("idempotent: yes")
        .step("deploy", &body);
    zone.deploy(&["--step-retries", "1"])
        .exits(0)
        .says("[attempt 2/2]");
    let tries = zone.node("node-1").deployed();
    assert_eq!(tries.iter().filter(|package| *package == BASE).count(), 2);
}

#[test]
fn a_plan_shows_the_batches() {
    let zone = Zone::hostos(&NODES);
    zone.write_documents();
    zone.run(&[
        "plan",
        "manifest.hjson",
        "--canaries",
        "1",
        "--max-in-flight",
        "50%",
    ])
    .exits(0)
    .says("at most 1 node at a time")
    .says("canaries  1 node   node-1");
}

#[test]
fn an_order_that_means_nothing_is_refused_before_any_contact() {
    let zone = Zone::hostos(&NODES);
    zone.deploy(&["--order", "@nobody"])
        .exits(2)
        .says("the zone has no group `nobody`");
    assert!(!zone.path("nodes").exists());
}
