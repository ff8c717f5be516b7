//! `ddt stop --kill` over SSH: what the steps started is gone before ddt is, and nothing reboots twice.

use super::{BASE, BOOT};
use crate::support::host::{GATE, Host};
use crate::support::remote::RemoteZone;
use crate::support::wait::until;
use crate::support::zone::HOSTOS;

/// A step with a child, a grandchild that does not listen, and a wait without end.
fn grows_a_tree() -> String {
    format!(
        "sleep 1000 & echo $! >>/var/tree\n\
         sh -c 'trap \"\" TERM; sleep 1001 & echo $! >>/var/tree; wait' & echo $! >>/var/tree\n\
         echo $$ >>/var/tree\n\
         until [ $(wc -l </var/tree) = 4 ]; do sleep 0.02; done\n{GATE}"
    )
}

/// Asserts that of the processes of the tree only remains can be left.
#[track_caller]
fn tree_is_gone(host: Host<'_>) {
    let alive = host.run(
        "for pid in $(cat /var/tree); do
           [ -e /proc/$pid ] && ! grep -q 'State:.Z' /proc/$pid/status && echo $pid
         done; true",
    );
    assert_eq!(alive, "", "processes outlive the stop");
    assert_eq!(host.run("wc -l </var/tree").trim(), "4");
}

#[test]
fn the_process_trees_are_gone_and_the_nodes_are_in_error() {
    let Some(mut zone) = RemoteZone::hostos(3) else {
        return;
    };
    zone.release(BASE).step("deploy", &grows_a_tree());
    let ddt = zone.start_deploy(&[]);
    zone.hosts().for_each(|host| host.reaches_gate());
    zone.run(&["stop", "--timeout", "1s", "--kill"])
        .exits(5)
        .says("still running on node-2")
        .says("the time is up: what runs is ended on the nodes");
    ddt.end().exits(5).says("deploy was ended by the operator");
    let history = zone.run(&["history", "latest", "--json"]).exits(0).json();
    for (index, host) in zone.hosts().enumerate() {
        tree_is_gone(host);
        assert_eq!(host.releases().len(), 2, "host {index}");
        let node = &history["run"]["nodes"][format!("node-{index}")];
        assert_eq!(node["state"], "error", "host {index}");
    }
    let tasks = history["run"]["tasks"].as_array().expect("tasks");
    let ended = tasks
        .iter()
        .filter(|task| task["failure"]["class"] == "stopped");
    assert_eq!(ended.count(), 3);
    zone.run(&["status"]).exits(0).says("partially-deployed");
    zone.release(BASE).step("deploy", "");
    zone.deploy(&[]).exits(0);
    let packages = HOSTOS.map(|(package, _)| package);
    for host in zone.hosts() {
        assert_eq!(host.deployed(), [&packages[..3], &packages[2..]].concat());
    }
}

#[test]
fn a_host_that_reboots_is_awaited_and_only_its_record_is_left_to_do() {
    let Some(mut zone) = RemoteZone::hostos(1) else {
        return;
    };
    zone.release(BOOT).entry("forcereboot: yes");
    let slow = "#!/bin/sh\n: >/var/asked; until [ -e /var/down ]; do sleep 0.02; done; exec /usr/sbin/reboot\n";
    zone.fleet().write(0, "/usr/local/sbin/reboot", slow);
    zone.host(0).run("chmod 755 /usr/local/sbin/reboot");
    let before = zone.fleet().boot_id(0);
    let ddt = zone.start_deploy(&[]);
    until("the host is told to reboot", || {
        zone.fleet().read(0, "/var/asked").is_some()
    });
    let stop = zone.start(&["stop", "--kill"]);
    zone.until_stopping();
    zone.fleet().write(0, "/var/down", "");
    stop.end().exits(5);
    ddt.end().exits(5);
    assert_eq!(zone.host(0).deployed(), [BOOT]);
    assert!(zone.host(0).releases().is_empty(), "recorded after a stop");
    let booted = zone.fleet().boot_id(0);
    assert_ne!(booted, before, "the host did not reboot");
    zone.host(0).run("rm /usr/local/sbin/reboot");
    zone.run(&["resume"]).exits(0);
    zone.host(0).has_all_once();
    assert_eq!(
        zone.fleet().boot_id(0),
        booted,
        "the host was rebooted again"
    );
}
