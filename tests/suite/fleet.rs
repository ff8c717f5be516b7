//! The test fleet itself: that its hosts are real, fail as told, and leave nothing behind.

use super::support::ddt::Workspace;
use super::support::fleet::{Fleet, Kind};
use super::support::traces::Traces;
use super::support::wait::until;
use std::collections::BTreeSet;
use std::process::Output;

#[test]
fn hosts_in_namespaces_reboot_and_leave_nothing() {
    let Some(fleet) = Fleet::up(3, Kind::Namespaces) else {
        return;
    };
    assert_answers(&fleet);
    let first = fleet.boot_id(1).expect("a boot id");
    assert!(
        fleet
            .ssh(1, "echo kept >/var/kept; reboot")
            .status
            .success()
    );
    assert_ne!(next_boot_id(&fleet, 1, &first), first);
    assert_eq!(
        fleet.read(1, "/var/kept").as_deref(),
        Some("kept\n"),
        "the disk outlives a reboot"
    );
    let traces = Traces::of(&fleet);
    assert!(
        traces.process_count() >= 3,
        "a host has at least an sshd: {traces:?}"
    );
    drop(fleet);
    assert_eq!(traces.left(), Vec::<String>::new());
}

#[test]
fn hosts_in_namespaces_are_apart() {
    let Some(fleet) = Fleet::up(2, Kind::Namespaces) else {
        return;
    };
    fleet.write(0, "/etc/genesis/network.conf", "NODE_TYPES=master\n");
    assert_eq!(
        fleet.read(0, "/etc/genesis/network.conf").as_deref(),
        Some("NODE_TYPES=master\n")
    );
    assert_eq!(fleet.read(1, "/etc/genesis/network.conf"), None);
    assert_ne!(fleet.boot_id(0), fleet.boot_id(1));
    let routes = fleet
        .client_command("ip")
        .args(["route", "show", "default"])
        .output()
        .expect("ip starts");
    assert_eq!(stdout(&routes), "", "no packet may leave the machine");
}

#[test]
fn a_link_is_cut_silenced_and_healed() {
    let Some(fleet) = Fleet::up(2, Kind::Namespaces) else {
        return;
    };
    fleet.cut(0);
    assert!(stderr(&fleet.ssh(0, "true")).contains("No route to host"));
    fleet.heal(0);
    fleet.hole(1);
    let silent = connect_briefly(&fleet, 1);
    assert!(stderr(&silent).contains("timed out"), "{silent:?}");
    fleet.heal(1);
    assert_answers(&fleet);
}

#[test]
fn a_crashed_host_is_off_until_booted() {
    for kind in [Kind::Namespaces, Kind::Plain] {
        let Some(fleet) = Fleet::up(1, kind) else {
            continue;
        };
        let first = fleet.boot_id(0).expect("a boot id");
        fleet.crash(0);
        assert!(!connect_briefly(&fleet, 0).status.success());
        fleet.boot(0);
        assert_answers(&fleet);
        assert_ne!(fleet.boot_id(0).expect("a boot id"), first);
    }
}

#[test]
fn plain_hosts_reboot_and_leave_nothing() {
    let Some(fleet) = Fleet::up(3, Kind::Plain) else {
        return;
    };
    assert_answers(&fleet);
    let first = fleet.boot_id(2).expect("a boot id");
    fleet.write(2, "/var/kept", "kept\n");
    let detached = "setsid sleep 1000 </dev/null >/dev/null 2>&1 & reboot";
    assert!(fleet.ssh(2, detached).status.success());
    assert_ne!(next_boot_id(&fleet, 2, &first), first);
    assert_eq!(fleet.read(2, "/var/kept").as_deref(), Some("kept\n"));
    let traces = Traces::of(&fleet);
    assert!(
        traces.process_count() >= 3,
        "a host has at least an sshd: {traces:?}"
    );
    drop(fleet);
    assert_eq!(traces.left(), Vec::<String>::new());
}

#[test]
fn an_inventory_names_every_host() {
    let Some(fleet) = Fleet::up(2, Kind::Plain) else {
        return;
    };
    let inventory = fleet.inventory("mzone7204");
    assert!(inventory.contains("mzone: mzone7204\n"), "{inventory}");
    for address in fleet.addresses() {
        assert!(
            inventory.contains(&format!("address: \"{address}\"\n")),
            "{inventory}"
        );
    }
}

#[test]
fn ddt_runs_in_a_sealed_environment() {
    let workspace = Workspace::new();
    workspace.write("manifests/empty.hjson", "{}");
    assert!(workspace.path().join("manifests/empty.hjson").is_file());
    assert!(
        workspace
            .ddt(["--version"])
            .output()
            .expect("ddt starts")
            .status
            .success()
    );
    let Some(fleet) = Fleet::up(1, Kind::Plain) else {
        return;
    };
    assert!(
        workspace
            .ddt_in(&fleet, ["--version"])
            .output()
            .expect("ddt starts")
            .status
            .success()
    );
    let environment = stdout(&fleet.client_command("env").output().expect("env starts"));
    let names: BTreeSet<_> = environment
        .lines()
        .filter_map(|line| line.split('=').next())
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["COLUMNS", "HOME", "LC_ALL", "NO_COLOR", "PATH", "PWD", "TZ"])
    );
}

fn assert_answers(fleet: &Fleet) {
    for node in 0..fleet.addresses().len() {
        let output = fleet.ssh(node, "echo hello");
        assert_eq!(stdout(&output), "hello\n", "host {node}: {output:?}");
        assert_eq!(ignored_signals(fleet, node), 0, "host {node}");
    }
}

/// The signals that a session on a host ignores, as a mask. The two that the C library keeps for itself do not count:
/// it ignores them in what it spawns.
fn ignored_signals(fleet: &Fleet, node: usize) -> u64 {
    const OF_THE_LIBRARY: u64 = 0b11 << 31;
    let output = fleet.ssh(node, "sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status");
    let mask = u64::from_str_radix(stdout(&output).trim(), 16).expect("a mask in hexadecimal");
    mask & !OF_THE_LIBRARY
}

/// Tries to connect, for a second at most.
fn connect_briefly(fleet: &Fleet, node: usize) -> Output {
    let config = fleet.directory().join("ssh_config");
    let mut command = fleet.client_command("ssh");
    command
        .arg("-F")
        .arg(config)
        .args(["-o", "ConnectTimeout=1", &format!("node-{node}"), "true"]);
    command.output().expect("ssh starts")
}

/// Waits until a host has another boot id than `first`.
fn next_boot_id(fleet: &Fleet, node: usize, first: &str) -> String {
    let mut next = None;
    until("the host has booted anew", || {
        next = fleet.boot_id(node).filter(|id| id != first);
        next.is_some()
    });
    next.expect("a boot id")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
