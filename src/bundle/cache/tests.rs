#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::fs;

use super::*;
use crate::bundle::fixture::Directory;
use crate::bundle::source_tree;
use crate::digest::Digest;

fn demo() -> (Directory, Tree, PayloadCache) {
    let directory = Directory::new();
    directory.bundle("demo", "demo", "1.0.0");
    let tree = source_tree::read(&directory.join("demo")).unwrap();
    let cache = PayloadCache::new(directory.join("cache"));
    (directory, tree, cache)
}

fn store(cache: &PayloadCache, tree: &Tree) -> io::Result<Payload> {
    cache.store(tree, canonical(tree)?.digest)
}

#[test]
fn keeps_payloads_by_digest_for_their_owner_only() {
    let (directory, tree, cache) = demo();
    let payload = store(&cache, &tree).unwrap();
    let bytes = fs::read(&payload.path).unwrap();
    assert_eq!(Digest::of(&bytes), payload.archive);
    assert_eq!(bytes.len() as u64, payload.size);
    let mut canonical = Vec::new();
    archive::pack(&tree, &mut canonical).unwrap();
    assert_eq!(Digest::of(&canonical), payload.digest);
    let mut archive = tar::Archive::new(&*bytes);
    let paths = archive.entries().unwrap();
    let mut paths = paths.map(|entry| entry.unwrap().path().unwrap().into_owned());
    assert!(paths.all(|path| path.starts_with(payload.digest.hex())));
    let file = format!("cache/sha256/{}", payload.digest.hex());
    let modes = ["cache", "cache/sha256", &file].map(|path| directory.mode(path));
    assert_eq!(modes, [0o700, 0o700, 0o600]);
}

#[test]
fn replaces_a_damaged_payload() {
    let (_directory, tree, cache) = demo();
    let payload = store(&cache, &tree).unwrap();
    let bytes = fs::read(&payload.path).unwrap();
    let mut damaged = bytes.clone();
    damaged[600] ^= 1;
    fs::write(&payload.path, damaged).unwrap();
    assert_eq!(store(&cache, &tree).unwrap(), payload);
    assert_eq!(fs::read(&payload.path).unwrap(), bytes);
}

#[test]
fn leaves_nothing_of_a_failure() {
    let (directory, tree, cache) = demo();
    let digest = canonical(&tree).unwrap().digest;
    fs::remove_file(directory.join("demo/deploy")).unwrap();
    assert!(cache.store(&tree, digest).is_err());
    let left = fs::read_dir(directory.join("cache/sha256")).unwrap();
    assert_eq!(left.count(), 0);
}

#[test]
fn a_scratch_file_makes_no_directory() {
    let (directory, _, cache) = demo();
    let before = fs::read_dir(directory.join("")).unwrap().count();
    drop(cache.scratch().unwrap());
    assert_eq!(fs::read_dir(directory.join("")).unwrap().count(), before);
}

#[test]
fn narrows_a_directory_that_others_could_read() {
    let (directory, tree, cache) = demo();
    fs::create_dir(directory.join("cache")).unwrap();
    store(&cache, &tree).unwrap();
    assert_eq!(directory.mode("cache"), 0o700);
}
