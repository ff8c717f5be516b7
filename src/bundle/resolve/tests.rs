#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::fs;

use super::*;
use crate::bundle::build::build;
use crate::bundle::fixture::{Directory, resolver};

/// A directory with repos, and a resolver whose cache is in it.
struct Place {
    directory: Directory,
    resolver: Resolver,
}

impl Place {
    fn new() -> Self {
        let directory = Directory::new();
        let resolver = resolver(&directory.join("cache"));
        Self {
            directory,
            resolver,
        }
    }

    fn reference(&self, text: &str) -> BundleReference {
        let reference: BundleReference = text.parse().unwrap();
        let repo = reference.repo.relative_to(self.directory.path());
        BundleReference { repo, ..reference }
    }

    fn resolve(&self, text: &str) -> ResolvedBundle {
        self.resolver.resolve(&self.reference(text), None).unwrap()
    }

    fn refused(&self, text: &str) -> String {
        let refused = self.resolver.resolve(&self.reference(text), None);
        self.directory.redact(&refused.unwrap_err().to_string())
    }
}

#[test]
fn finds_a_source_tree_by_name_and_tag() {
    let place = Place::new();
    place.directory.bundle("repo/demo", "demo", "1.0.0");
    place.directory.bundle("repo/demo/2.0.0", "demo", "2.0.0");
    for tag in ["1.0.0", "2.0.0"] {
        let bundle = place.resolve(&format!("dir:repo/demo:{tag}"));
        assert_eq!(bundle.descriptor.tag.to_string(), tag);
        let bytes = fs::read(&bundle.payload.path).unwrap();
        assert_eq!(Digest::of(&bytes), bundle.payload.archive);
    }
}

#[test]
fn gives_the_same_digests_for_a_tree_and_its_build() {
    let place = Place::new();
    place.directory.bundle("repo/demo", "demo", "1.0.0");
    let source = place.directory.join("repo/demo");
    let built = build(&source, &place.directory.join("layout")).unwrap();
    let from_tree = place.resolve("dir:repo/demo:1.0.0");
    let from_layout = place.resolve("dir:layout/demo:1.0.0");
    assert_eq!(from_tree.digest, built.digest);
    assert_eq!(from_layout.digest, built.digest);
    assert_eq!(from_layout.payload, from_tree.payload);
}

/// A long path takes more room in the archive that nodes get, which has a directory in front of it.
#[test]
fn long_paths_do_not_change_the_digest() {
    let place = Place::new();
    place.directory.bundle("repo/demo", "demo", "1.0.0");
    let long = format!("repo/demo/package/{}/{}", "a".repeat(40), "b".repeat(40));
    place.directory.file(&long, "content", 0o644);
    let built = build(
        &place.directory.join("repo/demo"),
        &place.directory.join("layout"),
    )
    .unwrap();
    let reference = place.reference("dir:repo/demo:1.0.0");
    assert_eq!(place.resolve("dir:repo/demo:1.0.0").digest, built.digest);
    assert!(
        place
            .resolver
            .resolve(&reference, Some(&built.digest))
            .is_ok()
    );
}

#[test]
fn takes_a_mirror_for_a_registry() {
    let mut place = Place::new();
    place.directory.bundle("mirror/demo", "demo", "1.0.0");
    place.directory.bundle("mirror/team/demo", "demo", "2.0.0");
    let host = "registry.example.com".parse().unwrap();
    let mirror = place.directory.join("mirror");
    place.resolver.mirrors.insert(host, mirror);
    place.resolve("registry.example.com/demo:1.0.0");
    place.resolve("registry.example.com/team/demo:2.0.0");
}

#[test]
fn refuses_another_digest_than_the_pinned_one() {
    let place = Place::new();
    place.directory.bundle("repo/demo", "demo", "1.0.0");
    let reference = place.reference("dir:repo/demo:1.0.0");
    let digest = place.resolve("dir:repo/demo:1.0.0").digest;
    assert!(place.resolver.resolve(&reference, Some(&digest)).is_ok());
    place
        .directory
        .file("repo/demo/deploy", "#!/bin/sh\n", 0o755);
    let refused = place
        .resolver
        .resolve(&reference, Some(&digest))
        .unwrap_err();
    assert!(matches!(refused.kind, ResolveErrorKind::Pin { .. }));
    let said = place.directory.redact(&refused.to_string());
    insta::assert_snapshot!(said);
}

#[test]
fn says_what_is_not_there() {
    let place = Place::new();
    place.directory.bundle("repo/demo/1.0.0", "demo", "1.0.0");
    place.directory.bundle("repo/demo/1.1.0", "demo", "1.1.0");
    place.directory.bundle("repo/moved", "demo", "1.0.0");
    let source = place.directory.join("repo/demo/1.0.0");
    build(&source, &place.directory.join("layout")).unwrap();
    let said = [
        "dir:nowhere/demo:1.0.0",
        "dir:repo/absent:1.0.0",
        "dir:repo/demo:2.0.0",
        "dir:layout/demo:2.0.0",
        "dir:repo/moved:1.0.0",
    ]
    .map(|text| place.refused(text));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn refuses_a_tree_that_is_no_bundle() {
    let place = Place::new();
    place.directory.bundle("repo/absent", "absent", "1.0.0");
    fs::remove_file(place.directory.join("repo/absent/deploy")).unwrap();
    place.directory.bundle("repo/plain", "plain", "1.0.0");
    place.directory.file("repo/plain/deploy", "", 0o644);
    place.directory.bundle("repo/wrong", "wrong", "1.0.0");
    place
        .directory
        .file("repo/wrong/bundle.hjson", "bundle: wrong\n", 0o644);
    let said =
        ["absent", "plain", "wrong"].map(|name| place.refused(&format!("dir:repo/{name}:1.0.0")));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn refuses_a_build_of_what_is_no_bundle() {
    let directory = Directory::new();
    directory.file("demo/deploy", "", 0o755);
    let refused = build(&directory.join("demo"), &directory.join("layout")).unwrap_err();
    insta::assert_snapshot!(
        directory.redact(&refused.to_string()),
        @"its descriptor is wrong: there is no file bundle.hjson at the root of the bundle"
    );
    assert!(!directory.join("layout").exists());
}
