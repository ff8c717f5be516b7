//! Secrets over SSH: in memory while a step reads them, and nowhere on the host afterwards, also where it has no memory to
//! keep them in.

use super::BASE;
use crate::support::host::{GATE, Host};
use crate::support::remote::RemoteZone;
use crate::support::zone::HOSTOS;
use std::path::PathBuf;

/// What nothing on a host may hold but memory.
const CANARY: &str = "canary-hunter2";

/// Where on the host the canary is, in files that ddt or a step wrote and in processes; the search itself leaves it out.
const SEARCH: &str = "value=canary-hunt; value=${value}er2\n\
    grep -rl \"$value\" /var/lib/ddt /var/log /var/witnesses /etc/genesis /tmp 2>/dev/null\n\
    grep -l \"$value\" /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null\n\
    true";

/// Puts directories of the host's disk where its memory was; sshd needs its own there.
const HIDE_MEMORY: &str = "mkdir -p /var/hides/shm /var/hides/run/sshd\n\
    mount --bind /var/hides/shm /dev/shm\n\
    mount --bind /var/hides/run /run";

/// A host with a zone in which the bundle of a package reads a secret.
fn zone() -> Option<RemoteZone> {
    let mut zone = RemoteZone::hostos(1)?;
    zone.zone().write("secrets/password", CANARY);
    zone.release(BASE)
        .descriptor("secrets: [ \"password\" ]")
        .entry(r#"secrets: { password: "file:secrets/password" }"#);
    Some(zone)
}

/// The directories with secrets in them.
fn kept(host: Host<'_>) -> String {
    host.run("ls -d /dev/shm/ddt-secrets-* /run/ddt-secrets-* 2>/dev/null; true")
}

#[test]
fn a_secret_reaches_a_host_and_nothing_of_it_stays() {
    let Some(mut zone) = zone() else {
        return;
    };
    let body = format!(
        "stat -f -c %T \"$DDT_SECRETS\" | grep -q tmpfs\ncat \"$DDT_SECRETS/password\"; echo\n{GATE}"
    );
    zone.release(BASE).step("deploy", &body);
    let ddt = zone.start_deploy(&["--verbose"]);
    zone.host(0).reaches_gate();
    assert_eq!(zone.host(0).run(SEARCH), "", "while the step runs");
    zone.host(0).open_gate();
    ddt.end().exits(0).does_not_say(CANARY);
    assert_eq!(zone.host(0).run(SEARCH), "", "afterwards");
    assert_eq!(kept(zone.host(0)), "");
    assert_eq!(zone.log(BASE, 0), "***\n");
    zone.host(0).has_all_once();
}

#[test]
fn a_host_that_can_keep_nothing_in_memory_gets_no_secret() {
    let Some(mut zone) = zone() else {
        return;
    };
    zone.release(BASE)
        .step("deploy", "cp \"$DDT_SECRETS/password\" /var/copy");
    let host = zone.host(0);
    host.run(HIDE_MEMORY);
    zone.deploy(&[])
        .exits(4)
        .says("neither /dev/shm nor /run can hold files in memory (a tmpfs); no secret is written to a disk")
        .says("help: mount a tmpfs with free space at /dev/shm of the node, then deploy again")
        .does_not_say(CANARY);
    assert_eq!(host.run(SEARCH), "");
    assert_eq!(host.files_holding(CANARY), [""; 0].map(PathBuf::from));
    let ran = host.run("cat /var/witnesses/node-0");
    assert!(!ran.contains(BASE), "a step ran:\n{ran}");
    // Those before it have no secrets.
    let before: Vec<_> = HOSTOS.map(|(package, _)| package).into();
    let before = before.split(|package| *package == BASE).next();
    assert_eq!(host.deployed(), before.expect("some are before it"));
    host.run("umount /dev/shm /run");
    assert_eq!(kept(host), "");
    zone.deploy(&[]).exits(0);
    host.has_all_once();
    let copy = PathBuf::from("var/copy");
    assert_eq!(host.files_holding(CANARY), [copy], "the search finds it");
}
