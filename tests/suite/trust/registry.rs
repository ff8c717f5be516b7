//! Signatures in Debian's registry: beside the bundle, copied with it, and those of others stay.

use super::signed::{KERNEL, NEWER, Place, Signed, TAG};
use crate::support::docker_registry::DockerRegistry;

/// A bundle in a layout, and in a registry, from which it is deployed.
fn pushed(registry: &DockerRegistry) -> Signed {
    let signed = Signed::new(Place::Layout);
    let repo = format!("{}/team", registry.host());
    signed.push(&repo).exits(0).says("pushed\n");
    signed.moved_to(&repo)
}

impl Signed {
    fn push(&self, repo: &str) -> crate::support::process::Ended {
        let (from, to) = (
            format!("dir:bundles/{KERNEL}:{TAG}"),
            format!("{repo}/{KERNEL}:{TAG}"),
        );
        self.ddt(&["bundle", "push", &from, &to])
    }
}

#[test]
fn what_is_signed_in_a_registry_is_locked_and_deployed() {
    let Some(registry) = DockerRegistry::open() else {
        return;
    };
    let signed = pushed(&registry);
    signed.refused("it has no signature that counts");
    signed
        .sign("alice", TAG)
        .exits(0)
        .says("signed with the key");
    signed.verify(&[]).exits(0).says("signed by alice");
    signed
        .ddt(&["lock", "manifest.hjson"])
        .exits(0)
        .says("locked");
    signed.deploy(&[]).exits(0);
}

#[test]
fn the_signatures_of_others_stay() {
    let Some(registry) = DockerRegistry::open() else {
        return;
    };
    let signed = pushed(&registry);
    let two = ["--threshold", "2"];
    signed.sign("bob", TAG).exits(0);
    // Alice signs a copy that knows nothing of Bob, and pushes it.
    let copy = format!("dir:bundles/{KERNEL}:{TAG}");
    signed
        .ddt(&["bundle", "sign", &copy, "--key", "alice"])
        .exits(0);
    signed
        .verify(&two)
        .exits(2)
        .says("it has 1 of the 2 signatures it needs, by bob");
    let pushed = signed.push(&signed.repo).exits(0);
    pushed.says("already there, with 1 signature\n");
    signed.verify(&two).exits(0);
    // Signing again takes nobody's place but one's own.
    signed.sign("alice", TAG).exits(0);
    signed.verify(&two).exits(0);
    // Unless that is wanted.
    signed.sign_with("bob", TAG, &["--replace"]).exits(0);
    signed
        .verify(&two)
        .exits(2)
        .says("it has 1 of the 2 signatures it needs, by bob");
}

#[test]
fn signatures_are_copied_with_the_bundle() {
    let Some(registry) = DockerRegistry::open() else {
        return;
    };
    let signed = pushed(&registry);
    for key in ["alice", "bob"] {
        signed.sign(key, TAG).exits(0);
    }
    let pull = ["bundle", "pull", &signed.reference(TAG), "dir:copies"];
    signed
        .ddt(&pull)
        .exits(0)
        .says("copied, with 2 signatures\n");
    let copy = format!("dir:copies/{KERNEL}:{TAG}");
    let verify = ["bundle", "verify", "--threshold", "2"];
    signed.ddt(&[&verify[..], &[&copy]].concat()).exits(0);
    let elsewhere = format!("{}/elsewhere/{KERNEL}:{TAG}", registry.host());
    let push = ["bundle", "push", &copy, &elsewhere];
    signed
        .ddt(&push)
        .exits(0)
        .says("pushed, with 2 signatures\n");
    signed.ddt(&[&verify[..], &[&elsewhere]].concat()).exits(0);
}

#[test]
fn the_signature_of_another_release_does_not_count() {
    let Some(registry) = DockerRegistry::open() else {
        return;
    };
    let mut signed = pushed(&registry);
    signed.zone.release(KERNEL).tag(NEWER);
    signed.zone.write_documents();
    let newer = format!("bundles/{KERNEL}/{NEWER}");
    let to = signed.reference(NEWER);
    signed.ddt(&["bundle", "push", &newer, &to]).exits(0);
    signed.sign("alice", NEWER).exits(0);
    signed.ddt(&["bundle", "verify", &to]).exits(0);
    signed
        .verify(&[])
        .exits(2)
        .says("it has no signature that counts");
}
