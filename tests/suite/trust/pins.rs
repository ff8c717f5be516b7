//! A pinned digest is compared before anything of the release is downloaded.

use std::fs;

use super::signed::{KERNEL, Place, Signed, TAG};
use crate::support::memory_registry::{MemoryRegistry, Referrers, digest};

/// A bundle in a registry, whose tag somebody has moved to another content; and the digest that it had.
fn moved(pin: impl Fn(&Signed, &str)) -> (Signed, MemoryRegistry) {
    let registry = MemoryRegistry::new(Referrers::Unknown);
    let mut signed = Signed::new(Place::Trees);
    let to = format!("{}/{KERNEL}:{TAG}", registry.host());
    let tree = format!("bundles/{KERNEL}/{TAG}");
    signed.ddt(&["bundle", "push", &tree, &to]).exits(0);
    let genuine = digest(&registry.content().documents[TAG]);
    signed
        .zone
        .release(KERNEL)
        .step("verify", "true # another content");
    signed.zone.write_documents();
    let signed = signed.moved_to(&registry.host());
    signed.project("");
    pin(&signed, &genuine);
    signed
        .ddt(&["bundle", "push", &tree, &to, "--overwrite"])
        .exits(0);
    signed.forget();
    (signed, registry)
}

impl Signed {
    /// Leaves nothing of what was fetched before.
    fn forget(&self) {
        let state = self.zone.path(".ddt");
        if state.exists() {
            fs::remove_dir_all(state).expect("removed");
        }
    }
}

/// Deploys, and returns whether blobs were asked for.
fn blobs_are_fetched(signed: &Signed, registry: &MemoryRegistry, code: i32, said: &str) -> bool {
    let before = registry.asked().len();
    signed.deploy(&[]).exits(code).says(said);
    registry.asked()[before..]
        .iter()
        .any(|asked| asked.is_blob())
}

#[test]
fn nothing_is_downloaded_of_a_release_that_is_not_the_locked_one() {
    let (signed, registry) = moved(|signed, _| {
        signed.ddt(&["lock", "manifest.hjson"]).exits(0);
    });
    let said = "has another content";
    assert!(!blobs_are_fetched(&signed, &registry, 2, said));
    let update = ["lock", "manifest.hjson", "--update", KERNEL];
    signed.ddt(&update).exits(0);
    signed.forget();
    assert!(blobs_are_fetched(&signed, &registry, 0, "done"));
}

#[test]
fn nothing_is_downloaded_of_a_release_that_is_not_the_pinned_one() {
    let (signed, registry) = moved(|signed, genuine| {
        let manifest = fs::read_to_string(signed.zone.path("manifest.hjson")).expect("a manifest");
        let tag = format!("tag: {TAG}");
        let pinned = manifest.replace(&tag, &format!("{tag}\n          digest: {genuine}"));
        signed.zone.write("manifest.hjson", pinned);
    });
    assert!(!blobs_are_fetched(&signed, &registry, 2, "it is pinned to"));
}
