//! Hosts that do not answer: refused, or left out where the rollout tolerates it; never where somebody else may answer.

use crate::support::remote::RemoteZone;
use crate::support::zone::HOSTOS;
use std::fs;

/// Three hosts, the last of which is off.
fn with_one_off() -> Option<RemoteZone> {
    let zone = RemoteZone::hostos(3)?;
    zone.fleet().crash(2);
    Some(zone)
}

#[test]
fn one_that_is_off_is_left_out_counted_and_deployed_to_later() {
    let Some(zone) = with_one_off() else { return };
    zone.deploy(&[])
        .exits(2)
        .says("No route to host")
        .says("no node was touched");
    zone.run(&["plan", "manifest.hjson", "--max-failures", "1"])
        .exits(0)
        .says("node-2: unreachable: cannot be reached: ")
        .says("14 tasks on 2 nodes, 1 node unreachable");
    zone.deploy(&["--max-failures", "1"])
        .exits(8)
        .says("14 tasks on 2 nodes: 14 done")
        .says("what failed was tolerated");
    zone.host(0).has_all_once();
    zone.host(1).has_all_once();
    let history = zone.run(&["history", "latest", "--json"]).exits(0).json();
    assert_eq!(history["run"]["state"], "partial");
    let absent = &history["run"]["nodes"]["node-2"];
    assert_eq!(absent["state"], "unreachable");
    let reason = absent["reason"].as_str().expect("a reason");
    assert!(reason.contains("No route to host"), "{reason}");
    zone.run(&["status"]).exits(0).says("partially-deployed");
    // Nothing is to be done on the others, and the one is still away.
    zone.deploy(&["--max-failures", "1"])
        .exits(8)
        .says("node-2 unreachable: ");
    zone.fleet().boot(2);
    zone.run(&["deploy", "manifest.hjson", "--limit", "@not-reached"])
        .exits(0);
    zone.hosts().for_each(|host| host.has_all_once());
}

#[test]
fn one_that_is_off_leaves_less_that_may_fail() {
    let Some(mut zone) = with_one_off() else {
        return;
    };
    let (package, _) = HOSTOS[2];
    zone.release(package)
        .step("deploy", "[ $DDT_NODE != node-1 ]");
    zone.deploy(&["--max-failures", "1"])
        .exits(4)
        .says("2 nodes failed, 1 may");
    assert_eq!(zone.host(0).deployed().len(), 3);
}

#[test]
fn one_whose_key_has_changed_is_refused_whatever_may_fail() {
    let Some(zone) = RemoteZone::hostos(2) else {
        return;
    };
    let path = zone.fleet().directory().join("known_hosts");
    let known = fs::read_to_string(&path).expect("known hosts");
    let lines: Vec<&str> = known.lines().collect();
    let (address, _) = lines[1].split_once(' ').expect("an address");
    let (_, key) = lines[0].split_once(' ').expect("a key");
    let edited = zone
        .zone()
        .write("known_hosts", format!("{}\n{address} {key}\n", lines[0]));
    zone.edit_inventory(|text| text.replace(&*path.to_string_lossy(), &edited.to_string_lossy()));
    zone.deploy(&["--max-failures", "2"])
        .exits(2)
        .says("IDENTIFICATION HAS CHANGED");
}
