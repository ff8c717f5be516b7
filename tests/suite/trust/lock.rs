//! `ddt lock`, and what a lock file makes `deploy`, `plan` and `lint` refuse.

use std::fs;

use crate::support::zone::Zone;

const BOOT: &str = "hostos-boot-release";

fn locked() -> Zone {
    let zone = Zone::hostos(&["node-1"]);
    zone.write_documents();
    zone.run(&["lock", "manifest.hjson"])
        .exits(0)
        .says("ddt.lock: 7 packages changed");
    zone
}

fn lock_file(zone: &Zone) -> String {
    fs::read_to_string(zone.path("ddt.lock")).expect("a lock file")
}

/// Pushes another content under a tag that is in use.
fn move_tag(zone: &mut Zone) {
    zone.release(BOOT).step("verify", "true # another content");
    zone.write_documents();
}

#[test]
fn what_is_locked_is_deployed() {
    let zone = locked();
    let written = lock_file(&zone);
    zone.run(&["lock", "manifest.hjson"])
        .exits(0)
        .says("ddt.lock is up to date");
    zone.run(&["lock", "manifest.hjson", "--check"])
        .exits(0)
        .says("ddt.lock is up to date");
    zone.run(&["lint", "manifest.hjson", "--select", "DDT701,DDT702"])
        .exits(0);
    assert_eq!(written, lock_file(&zone));
    zone.deploy(&[]).exits(0);
}

#[test]
fn a_tag_that_moved_is_refused_until_somebody_has_looked() {
    let mut zone = locked();
    let written = lock_file(&zone);
    move_tag(&mut zone);
    for verb in ["deploy", "plan", "lock"] {
        zone.run(&[verb, "manifest.hjson"])
            .exits(2)
            .says(&format!("the tag of `{BOOT}` moved"))
            .says("when it was locked, and is now sha256:")
            .says(&format!("ddt lock manifest.hjson --update {BOOT}"));
    }
    assert_eq!(written, lock_file(&zone), "the lock file was changed");
    assert!(!zone.path("nodes").exists(), "a node was touched");
    zone.run(&["lock", "manifest.hjson", "--check"])
        .exits(1)
        .says("ddt.lock is not up to date");
    zone.run(&["lock", "manifest.hjson", "--update", BOOT])
        .exits(0)
        .says("ddt.lock: 1 package changed");
    zone.deploy(&[]).exits(0);
}

#[test]
fn another_tag_than_the_locked_one_is_refused_with_its_place() {
    let mut zone = locked();
    zone.release(BOOT).tag("3.0.7-20220702T124916Z_887ca14");
    for verb in ["deploy", "plan"] {
        zone.write_documents();
        zone.run(&[verb, "manifest.hjson"])
            .exits(2)
            .says("DDT702")
            .says("3.0.7-20220702T124916Z_887ca14, in ddt.lock it is 3.0.6");
    }
    zone.run(&["lint", "manifest.hjson"])
        .exits(1)
        .says("DDT702");
    zone.run(&["lock", "manifest.hjson"])
        .exits(0)
        .says("ddt.lock: 1 package changed");
    zone.deploy(&[]).exits(0);
}

#[test]
fn a_manifest_beside_a_lock_file_is_in_it() {
    let zone = locked();
    let other = zone.manifest().replace("zone-1", "zone-2");
    zone.write("other.hjson", other);
    zone.run(&["lint", "other.hjson"])
        .exits(1)
        .says("`zone-2` is not in ddt.lock");
    zone.run(&["lock", "other.hjson"]).exits(0);
    zone.run(&["lock", "manifest.hjson", "--check"]).exits(0);
    zone.run(&["lint", "other.hjson", "manifest.hjson", "--ignore", "DDT5"])
        .exits(0);
}

/// Every byte of the file in the unit tests of `bundle::lock`; here, what becomes of it: a line's
/// first, middle and last byte.
#[test]
fn a_changed_byte_of_the_lock_file_is_refused() {
    let zone = locked();
    let written = lock_file(&zone);
    let mut start = 0;
    for line in written.split_inclusive('\n').take(18) {
        for place in [start, start + line.len() / 2, start + line.len() - 1] {
            let mut changed = written.clone().into_bytes();
            changed[place] ^= 1;
            zone.write("ddt.lock", changed);
            zone.run(&["plan", "manifest.hjson"]).exits(2);
        }
        start += line.len();
    }
    zone.write("ddt.lock", written);
    zone.run(&["plan", "manifest.hjson"]).exits(0);
}

#[test]
fn an_edited_lock_file_says_where() {
    let zone = locked();
    zone.write(
        "ddt.lock",
        lock_file(&zone).replace("lock: 1\n", "lock: 1 \n"),
    );
    zone.deploy(&[])
        .exits(2)
        .says("ddt.lock is not usable")
        .says("changed by something else than `ddt lock`, at line 3");
    assert!(!zone.path("nodes").exists(), "a node was touched");
}

#[test]
fn a_package_that_is_not_there_cannot_be_updated() {
    locked()
        .run(&["lock", "manifest.hjson", "--update", "absent"])
        .exits(2)
        .says("--update absent: the manifest has no such package");
}
