//! `ddt bundle keygen`, `sign` and `verify`, and what a zone that requires signatures refuses.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::signed::{KERNEL, NEWER, Place, Signed, TAG};

#[test]
fn what_is_signed_is_deployed_and_what_is_not_is_refused() {
    for place in [Place::Trees, Place::Layout] {
        let signed = Signed::new(place);
        signed.refused("it has no signature that counts");
        signed.sign("alice", TAG).exits(0).says("signed");
        signed.verify(&[]).exits(0).says("signed by alice");
        signed.deploy(&[]).exits(0);
    }
}

#[test]
fn a_zone_asks_for_signatures_by_its_inventory() {
    let signed = Signed::new(Place::Trees);
    signed.project("");
    signed.deploy(&["--dry-run"]).exits(0);
    let inventory = signed.zone.path("inventory.hjson");
    let text = fs::read_to_string(&inventory).expect("an inventory");
    let text = text.replace(
        "mzone: zone-1",
        "mzone: zone-1\n  require_signatures: yes\n  signature_threshold: 2",
    );
    fs::write(&inventory, text).expect("written");
    signed.sign("alice", TAG).exits(0);
    signed
        .ddt(&["plan", "manifest.hjson"])
        .exits(2)
        .says("it has 1 of the 2 signatures it needs, by alice");
    signed.sign("bob", TAG).exits(0);
    signed.deploy(&[]).exits(0);
}

#[test]
fn a_revoked_or_expired_key_counts_for_nothing() {
    let signed = Signed::new(Place::Trees);
    signed.sign("alice", TAG).exits(0);
    signed.project_with("require_signatures: yes", "revoked: yes", "");
    signed.refused("the key `alice` is revoked");
    signed.project_with("require_signatures: yes", "until: 2020-01-01T00:00:00Z", "");
    signed.refused("the key `alice` does not count any more, since 2020-01-01T00:00:00Z");
    signed.project_with("require_signatures: yes", "from: 2199-01-01T00:00:00Z", "");
    signed.refused("the key `alice` signed before 2199-01-01T00:00:00Z");
}

#[test]
fn mix_and_match_the_signature_of_one_content_for_another() {
    let mut signed = Signed::new(Place::Trees);
    signed.sign("alice", TAG).exits(0);
    let genuine = fs::read(signed.signatures()).expect("signatures");
    let old = signed.signatures();
    signed
        .zone
        .release(KERNEL)
        .step("verify", "true # another content");
    signed.zone.write_documents();
    signed.refused("it has no signature that counts");
    // Whoever holds the repo puts the genuine signature where that of the new content belongs.
    fs::remove_file(&old).expect("removed");
    signed.sign("bob", TAG).exits(0);
    let new = signed.signatures();
    fs::write(&new, genuine).expect("written");
    signed.refused("the statement by `alice` is about");
}

#[test]
fn rollback_an_older_release_needs_a_word_even_after_a_restart() {
    let mut signed = Signed::new(Place::Trees);
    signed.sign("alice", TAG).exits(0);
    signed.zone.release(KERNEL).tag(NEWER);
    signed.zone.write_documents();
    signed.sign("alice", NEWER).exits(0);
    signed.deploy(&[]).exits(0);
    // A node that knows nothing of what was there.
    fs::remove_dir_all(signed.zone.path("nodes")).expect("removed");
    signed.zone.release(KERNEL).tag(TAG);
    signed.zone.write_documents();
    signed
        .deploy(&[])
        .exits(2)
        .says("would go back to 3.1.10")
        .says("--allow-downgrade");
    assert!(!signed.zone.path("nodes").exists(), "a node was touched");
    signed.deploy(&["--allow-downgrade", KERNEL]).exits(0);
}

#[test]
fn freeze_a_statement_that_has_expired_is_refused() {
    let signed = Signed::new(Place::Trees);
    signed.sign("alice", TAG).exits(0);
    let file = signed.signatures();
    fs::write(&file, signed.signed_long_ago("alice")).expect("written");
    signed.refused("the statement by `alice` expired at 2020-03-31T00:00:00Z");
}

#[test]
fn a_statement_whose_end_was_put_off_is_refused() {
    let signed = Signed::new(Place::Trees);
    signed.sign("alice", TAG).exits(0);
    let file = signed.signatures();
    let text = fs::read_to_string(&file).expect("signatures");
    let (before, after) = text.split_once("expires 20").expect("an end");
    fs::write(&file, format!("{before}expires 21{after}")).expect("written");
    signed.refused("the signature by `alice` is wrong");
}

/// Every byte in the unit tests of `bundle::signature`; here every 37th, which meets every line.
#[test]
fn a_changed_byte_of_a_signature_is_refused() {
    let signed = Signed::new(Place::Trees);
    signed.sign("alice", TAG).exits(0);
    let file = signed.signatures();
    let bytes = fs::read(&file).expect("signatures");
    for place in (0..bytes.len()).step_by(37) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        fs::write(&file, changed).expect("written");
        signed.verify(&[]).exits(2);
    }
    fs::write(&file, bytes).expect("written");
    signed.verify(&[]).exits(0);
}

/// Every blob of a layout: payload, manifest, config, signatures and their manifest. All bytes of the
/// small ones would be a thousand runs: every 97th, and the first and the last.
#[test]
fn a_changed_byte_of_a_blob_is_refused() {
    let signed = Signed::new(Place::Layout);
    signed.sign("alice", TAG).exits(0);
    let blobs = fs::read_dir(signed.zone.path("bundles/blobs/sha256")).expect("blobs");
    for blob in blobs {
        let path = blob.expect("a blob").path();
        let bytes = fs::read(&path).expect("a blob");
        // The empty config is never read.
        if bytes == b"{}" {
            continue;
        }
        let step = (bytes.len() / 6).max(97);
        for place in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            fs::write(&path, changed).expect("written");
            signed.verify(&[]).exits(2);
            signed.ddt(&["plan", "manifest.hjson"]).exits(2);
        }
        fs::write(&path, bytes).expect("written");
    }
    signed.verify(&[]).exits(0);
}

/// No digest covers the index: what is found by it is covered. A changed byte of it is refused, or it has no effect, as in
/// the kind of an artifact: the same release is found, and the same key vouches for it. Of `oci-layout` nothing but its
/// name is read.
#[test]
fn a_changed_byte_of_the_index_is_refused_or_changes_nothing() {
    let signed = Signed::new(Place::Layout);
    signed.sign("alice", TAG).exits(0);
    let genuine = signed.verify(&[]).exits(0).stdout;
    let path = signed.zone.path("bundles/index.json");
    let bytes = fs::read(&path).expect("an index");
    let mut refused = 0;
    for place in (0..bytes.len()).step_by(5) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        fs::write(&path, changed).expect("written");
        let ended = signed.verify(&[]);
        if ended.stdout == genuine {
            ended.exits(0);
            continue;
        }
        let (stdout, stderr) = (&ended.stdout, &ended.stderr);
        assert!(
            stdout.is_empty() && stderr.starts_with("error: "),
            "{stdout}{stderr}"
        );
        refused += 1;
    }
    assert!(refused > 0, "nothing was refused");
    fs::write(&path, bytes).expect("written");
    signed.verify(&[]).exits(0);
}

#[test]
fn a_secret_key_is_private_and_never_replaced() {
    let signed = Signed::new(Place::Trees);
    let mode = |name: &str| {
        let file = fs::metadata(signed.zone.path(name)).expect("a key");
        file.permissions().mode() & 0o777
    };
    assert_eq!(mode("alice"), 0o600);
    signed
        .ddt(&["bundle", "keygen", "-o", "alice", "--no-passphrase"])
        .exits(2)
        .says("a key is never replaced");
    let open = fs::Permissions::from_mode(0o640);
    fs::set_permissions(signed.zone.path("alice"), open).expect("permissions");
    signed
        .sign("alice", TAG)
        .exits(2)
        .says("others may use the key alice");
}

#[test]
fn a_passphrase_comes_by_file_or_variable_and_is_never_shown() {
    let signed = Signed::new(Place::Trees);
    signed.zone.write("passphrase", "open sesame\n");
    let made = signed.ddt(&[
        "bundle",
        "keygen",
        "-o",
        "carol",
        "--passphrase-file",
        "passphrase",
    ]);
    made.exits(0).does_not_say("open sesame");
    let reference = format!("dir:bundles/{KERNEL}:{TAG}");
    let sign = ["bundle", "sign", &reference, "--key", "carol"];
    signed
        .ddt(&sign)
        .exits(2)
        .says("the key needs a passphrase");
    let mut command = signed.zone.ddt(&sign);
    command.env("DDT_PASSPHRASE", "wrong");
    let output = command.output().expect("ddt runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("the passphrase is wrong"), "{said}");
    signed
        .ddt(&[&sign[..], &["--passphrase-file", "passphrase"]].concat())
        .exits(0)
        .does_not_say("open sesame");
    signed
        .verify(&["--key", "carol.pub"])
        .exits(0)
        .says("signed by");
    signed.verify(&[]).exits(2).says("is not in `trusted_keys`");
}
