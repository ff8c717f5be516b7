//! What is refused, planned or only tried out leaves no trace on any host.

use super::BASE;
use crate::support::remote::RemoteZone;
use crate::support::tree::Tree;

const NEWER: &str = "3.4.84-20220808T144532Z_1b241f3";
const OLDER: &str = "3.4.82-20220608T144532Z_1b241f1";

fn disks(zone: &RemoteZone) -> Vec<Tree> {
    zone.hosts().map(|host| host.disk()).collect()
}

#[track_caller]
fn are_same(zone: &RemoteZone, before: &[Tree]) {
    before
        .iter()
        .zip(disks(zone))
        .for_each(|(before, after)| before.assert_same(&after));
}

#[test]
fn new_hosts_that_are_planned_checked_or_tried_out() {
    let Some(mut zone) = RemoteZone::hostos(2) else {
        return;
    };
    zone.release(BASE).step("check", "echo tried out");
    let before = disks(&zone);
    zone.deploy(&["--dry-run"]).exits(0);
    assert_eq!(zone.log(BASE, 1), "tried out\n");
    let witnesses = zone
        .hosts()
        .map(|host| host.run("cat /var/witnesses/* | wc -l; rm /var/witnesses/*"));
    assert_eq!(
        witnesses.collect::<Vec<_>>(),
        ["7\n", "7\n"],
        "every check ran"
    );
    zone.run(&["plan", "manifest.hjson", "--detailed-exitcode"])
        .exits(2)
        .says("14 tasks on 2 nodes");
    zone.run(&["inventory", "check"])
        .exits(0)
        .says("hostos new");
    let same = before.iter().zip(disks(&zone)).all(|(before, after)| {
        before
            .differences(&after)
            .iter()
            .all(|path| path.starts_with("var/witnesses"))
    });
    assert!(same, "a host was changed");
}

#[test]
fn hosts_on_which_a_deployment_is_refused() {
    let Some(mut zone) = RemoteZone::deployed(2) else {
        return;
    };
    let before = disks(&zone);
    zone.release(BASE).tag(OLDER);
    zone.deploy(&[])
        .exits(2)
        .says(&format!("the manifest wants the older {OLDER}"))
        .says("on: node-0, node-1");
    zone.run(&["plan", "manifest.hjson"])
        .exits(2)
        .says("no node was touched");
    zone.deploy(&["--dry-run"]).exits(2);
    zone.release(BASE).tag("3.4.83-20220708T144532Z_fffffff");
    zone.deploy(&[]).exits(2).says("from another commit");
    zone.keep(BASE);
    zone.release(BASE).tag("4.0.0-20230708T144532Z_1b241f2");
    zone.deploy(&[]).exits(8).says("skipped");
    are_same(&zone, &before);
}

#[test]
fn hosts_go_up_and_down_only_where_that_is_wanted() {
    let Some(mut zone) = RemoteZone::deployed(2) else {
        return;
    };
    zone.release(BASE).tag(NEWER);
    zone.deploy(&[]).exits(0).says("2 tasks on 2 nodes: 2 done");
    zone.release(BASE).tag(OLDER);
    zone.deploy(&["--allow-downgrade", BASE, "--limit", "node-1"])
        .exits(0);
    for (host, expected) in zone.hosts().zip([&[NEWER][..], &[NEWER, OLDER]]) {
        let releases = host.releases();
        let expected = expected.iter().map(|tag| format!("{BASE} {tag} deployed"));
        assert_eq!(releases[7..], expected.collect::<Vec<_>>());
    }
}
