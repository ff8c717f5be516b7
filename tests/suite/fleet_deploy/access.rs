//! Who gets in, and what is told of who does not: nothing is sent to a host that is not the known one.

use crate::support::remote::RemoteZone;
use std::fs;
use std::process::Command;

/// Asserts that nobody was let in, and that ddt has nothing on the host.
#[track_caller]
fn was_not_entered(zone: &RemoteZone, host: usize) {
    assert_eq!(
        zone.host(host).logins(),
        0,
        "somebody was let in on host {host}"
    );
    was_not_touched(zone, host);
}

#[track_caller]
fn was_not_touched(zone: &RemoteZone, host: usize) {
    assert_eq!(
        zone.host(host)
            .run("ls -d /var/lib/ddt /etc/genesis 2>&1; true")
            .matches("No such file")
            .count(),
        2
    );
}

/// Writes `known_hosts` anew, from its lines, one for every host.
fn edit_known_hosts(zone: &RemoteZone, edit: impl Fn(Vec<&str>) -> Vec<String>) {
    let path = zone.fleet().directory().join("known_hosts");
    let known = fs::read_to_string(&path).expect("known hosts");
    let known = edit(known.lines().collect()).join("\n");
    let edited = zone.zone().write("known_hosts", known + "\n");
    zone.edit_inventory(|text| text.replace(&*path.to_string_lossy(), &edited.to_string_lossy()));
}

#[test]
fn every_host_that_cannot_be_deployed_to_is_told_at_once() {
    let Some(zone) = RemoteZone::hostos(4) else {
        return;
    };
    // The second host has the key of the third, the third has none.
    edit_known_hosts(&zone, |lines| {
        let [address, _] =
            [1, 2].map(|host: usize| lines[host].split(' ').next().expect("an address"));
        let (_, key) = lines[2].split_once(' ').expect("a key");
        vec![
            lines[0].to_owned(),
            format!("{address} {key}"),
            lines[3].to_owned(),
        ]
    });
    zone.fleet().crash(3);
    zone.deploy(&[])
        .exits(2)
        .says("IDENTIFICATION HAS CHANGED")
        .says("host key is known for")
        .says("No route to host")
        .says("refused: 3 problems on 3 nodes; no node was touched");
    [1, 2]
        .into_iter()
        .for_each(|host| was_not_entered(&zone, host));
    was_not_touched(&zone, 0);
}

#[test]
fn a_key_that_the_host_does_not_know_is_refused() {
    let Some(zone) = RemoteZone::hostos(1) else {
        return;
    };
    let key = zone.zone().path("stranger");
    let keygen = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status();
    assert!(keygen.expect("ssh-keygen starts").success());
    let known = zone.fleet().directory().join("client");
    zone.edit_inventory(|text| {
        let line = |path: &std::path::Path| format!("identity_file: \"{}\"", path.display());
        text.replace(&line(&known), &line(&key))
    });
    zone.deploy(&[])
        .exits(2)
        .says("refused the login")
        .says("Permission denied");
    was_not_entered(&zone, 0);
}

#[test]
fn a_user_who_is_not_root_needs_sudo_and_may_have_it() {
    let Some(zone) = RemoteZone::hostos(1) else {
        return;
    };
    let log_in_as_deployer = |text: String| text.replace("user: root\n", "user: deployer\n");
    zone.edit_inventory(log_in_as_deployer);
    zone.deploy(&[])
        .exits(2)
        .says("may not write the node's files")
        .says("`become: sudo`");
    let with_sudo =
        |text: String| text.replace("user: root\n", "user: deployer\n    become: sudo\n");
    zone.edit_inventory(with_sudo);
    zone.deploy(&[]).exits(0);
    zone.host(0).has_all_once();
    assert_eq!(
        zone.host(0).run("stat -c '%U %a' /var/lib/ddt"),
        "root 700\n"
    );
}

#[test]
fn sudo_that_asks_for_a_password_is_an_error_that_says_so() {
    let Some(zone) = RemoteZone::hostos(1) else {
        return;
    };
    zone.host(0).run("rm /etc/sudoers.d/deployer");
    zone.edit_inventory(|text| text.replace("user: root\n", "user: deployer\n    become: sudo\n"));
    zone.deploy(&[])
        .exits(2)
        .says("does not let ddt become root")
        .says("allow it without a password");
    was_not_touched(&zone, 0);
}
