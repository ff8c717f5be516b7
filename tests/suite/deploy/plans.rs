//! `ddt plan` and `ddt graph`: what would be done, and in which order.

use super::deployed;
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::str;
use std::fs;

fn two_new_nodes() -> Zone {
    Zone::hostos(&["node-1", "node-2"])
}

#[test]
fn graph_draws_the_order_of_deployment() {
    let mut zone = two_new_nodes();
    zone.reverse();
    zone.write_documents();
    let dot = zone
        .run(&["graph", "manifest.hjson", "--format", "dot"])
        .exits(0);
    assert_said(
        &dot.stdout,
        str![[r#"
digraph ddt {
  rankdir=LR
  node [shape=box]
  p0 [label="hostos-boot-release\n3.0.6-20220602T124916Z_887ca13"]
  p1 [label="hostos-config-release\n3.5.79-20220716T084253Z_0ffa960"]
  p2 [label="hostos-base-os-sw-release\n3.4.83-20220708T144532Z_1b241f2"]
  p3 [label="hostos-base-net-sw-release\n3.8.16-20220722T190519Z_018cee7"]
  p4 [label="hostos-nextgen-os-sw-release\n3.1.96-20220721T153534Z_de4442c"]
  p5 [label="hostos-post-config-release\n3.5.79-20220716T084253Z_0ffa960"]
  p6 [label="hostos-kernel-patch-release\n3.1.10-20220622T070711Z_1412be2"]
  p0 -> p1 [label="pre-config"]
  p1 -> p2 [label="pre-install"]
  p2 -> p3
  p3 -> p4
  p4 -> p5 [label="post-install"]
  p5 -> p6 [label="post-config"]
}

"#]],
    );
    let mermaid = zone
        .run(&["graph", "manifest.hjson", "--format", "mermaid"])
        .exits(0);
    assert_said(
        &mermaid.stdout,
        str![[r#"
flowchart LR
  p0["hostos-boot-release<br>3.0.6-20220602T124916Z_887ca13"]
  p1["hostos-config-release<br>3.5.79-20220716T084253Z_0ffa960"]
  p2["hostos-base-os-sw-release<br>3.4.83-20220708T144532Z_1b241f2"]
  p3["hostos-base-net-sw-release<br>3.8.16-20220722T190519Z_018cee7"]
  p4["hostos-nextgen-os-sw-release<br>3.1.96-20220721T153534Z_de4442c"]
  p5["hostos-post-config-release<br>3.5.79-20220716T084253Z_0ffa960"]
  p6["hostos-kernel-patch-release<br>3.1.10-20220622T070711Z_1412be2"]
  p0 -->|pre-config| p1
  p1 -->|pre-install| p2
  p2 --> p3
  p3 --> p4
  p4 -->|post-install| p5
  p5 -->|post-config| p6

"#]],
    );
}

#[test]
fn plan_shows_and_touches_nothing() {
    let zone = two_new_nodes();
    zone.write_documents();
    let plan = zone.run(&["plan", "manifest.hjson"]).exits(0);
    assert_said(
        &plan.stdout,
        str![[r#"
zone-1

node-1, node-2: hostos fresh
  run  hostos-boot-release           3.0.6-20220602T124916Z_887ca13
                                     not installed
  run  hostos-config-release         3.5.79-20220716T084253Z_0ffa960
                                     not installed
  run  hostos-base-os-sw-release     3.4.83-20220708T144532Z_1b241f2
                                     not installed
  run  hostos-base-net-sw-release    3.8.16-20220722T190519Z_018cee7
                                     not installed
  run  hostos-nextgen-os-sw-release  3.1.96-20220721T153534Z_de4442c
                                     not installed
  run  hostos-post-config-release    3.5.79-20220716T084253Z_0ffa960
                                     of the bundle hostos-config-release
                                     not installed
  run  hostos-kernel-patch-release   3.1.10-20220622T070711Z_1412be2
                                     not installed

14 tasks on 2 nodes

"#]],
    );
    assert!(!zone.path("nodes").exists(), "a node was touched");
    assert!(!zone.path("deploy_logs").exists(), "logs were begun");
}

#[test]
fn plan_as_json_is_what_is_written_to_a_file() {
    let zone = two_new_nodes();
    zone.write_documents();
    let plan = zone
        .run(&["plan", "manifest.hjson", "--json", "-o", "plan.json"])
        .exits(0);
    assert_eq!(
        fs::read_to_string(zone.path("plan.json")).expect("a plan"),
        plan.stdout
    );
    let plan = plan.json();
    assert_eq!(plan["schema"], 1);
    assert_eq!(plan["mzone"], "zone-1");
    assert_eq!(plan["packages"].as_array().map(Vec::len), Some(7));
    assert_eq!(plan["nodes"].as_array().map(Vec::len), Some(2));
}

#[test]
fn plan_tells_by_its_exit_code_whether_there_are_changes() {
    let mut zone = deployed(&["node-1"]);
    let plan = ["plan", "manifest.hjson", "--detailed-exitcode"];
    zone.run(&plan).exits(0);
    zone.release("hostos-kernel-patch-release")
        .tag("3.1.11-20220801T000000Z_1412be3");
    zone.write_documents();
    zone.run(&plan).exits(2);
    zone.run(&plan[..2]).exits(0);
    zone.release("hostos-kernel-patch-release")
        .tag("3.1.9-20220801T000000Z_1412be3");
    zone.write_documents();
    zone.run(&plan).exits(1);
    zone.run(&plan[..2]).exits(2);
}
