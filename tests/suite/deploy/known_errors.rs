//! The failures that HostOS is known for: a step that prints one yields its cause, its fix and who can help.

use crate::support::zone::Zone;

fn fails_saying(package: &str, text: &str) -> Zone {
    let mut zone = Zone::hostos(&["node-1"]);
    let body = format!("echo '{text}' >&2; exit 1");
    zone.release(package).step("deploy", &body);
    zone
}

#[track_caller]
fn explained(package: &str, text: &str, words: [&str; 3]) {
    let [cause, fix, owner] = words;
    fails_saying(package, text)
        .deploy(&[])
        .exits(4)
        .says(&format!("cause: {cause}"))
        .says(&format!("fix: {fix}"))
        .says(&format!("owner: {owner}"));
}

#[test]
fn the_bmc_does_not_answer() {
    explained(
        "hostos-boot-release",
        "ERROR: Unable to connect to BMC 10.0.0.7",
        [
            "the machine's BMC interface",
            "check the mzone's nodes",
            "infra management team",
        ],
    );
}

#[test]
fn a_personality_cannot_be_morphed() {
    explained(
        "hostos-config-release",
        "unable to morph node personality to master from compute",
        [
            "the node has other personalities",
            "make NODE_TYPES in",
            "whoever keeps the platform",
        ],
    );
}

#[test]
fn the_node_type_is_not_found_by_its_mac() {
    explained(
        "hostos-config-release",
        "Failure getting nodetype from get_node_type()",
        [
            "a MAC address in the inventory",
            "correct the node",
            "whoever keeps the platform",
        ],
    );
}

#[test]
fn a_vault_secret_has_expired() {
    explained(
        "hostos-config-release",
        "vault: permission denied, the token has expired",
        [
            "the vault access token",
            "renew the vault token",
            "whoever issues the vault",
        ],
    );
}

#[test]
fn a_package_dependency_is_not_met() {
    for text in [
        "The following packages have unmet dependencies:",
        "dpkg: dependency problems",
    ] {
        let words = [
            "packages on the node were removed",
            "restore the packages",
            "HostOS team",
        ];
        explained("hostos-base-net-sw-release", text, words);
    }
}

#[test]
fn a_live_patch_meets_a_busy_task() {
    explained(
        "hostos-kernel-patch-release",
        "kpatch: Device or resource busy",
        [
            "a running task holds",
            "follow the kernel patch failure runbook",
            "HostOS team",
        ],
    );
}
