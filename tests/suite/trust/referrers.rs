//! What a registry says is attached to a bundle: a registry that lists it, one that does not, and hostile ones.

use super::signed::{KERNEL, NEWER, Place, Signed, TAG};
use crate::support::memory_registry::{
    Content, MemoryRegistry, Pages, Referrers, digest, entry, index,
};
use serde_json::{Value, json};

/// The artifact type of signatures.
const SIGNATURES: &str = "application/vnd.ddt.signatures.v1+json";

/// A registry with a bundle that Alice signed.
fn signed(referrers: Referrers) -> (Signed, MemoryRegistry) {
    let registry = MemoryRegistry::new(referrers);
    let signed = Signed::new(Place::Layout);
    let repo = registry.host();
    let (from, to) = (signed.reference(TAG), format!("{repo}/{KERNEL}:{TAG}"));
    signed.ddt(&["bundle", "push", &from, &to]).exits(0);
    let signed = signed.moved_to(&repo);
    signed.sign("alice", TAG).exits(0);
    signed.verify(&[]).exits(0).says("signed by alice");
    (signed, registry)
}

/// The tag of the index of what refers to the bundle.
fn index_tag(content: &Content) -> String {
    digest(&content.documents[TAG]).replace(':', "-")
}

/// The artifacts with signatures: digest and manifest.
fn artifacts(content: &Content) -> Vec<(String, Value)> {
    let named = content
        .documents
        .iter()
        .filter(|(name, _)| name.starts_with("sha256:"));
    let read =
        named.filter_map(|(name, bytes)| Some((name.clone(), serde_json::from_slice(bytes).ok()?)));
    read.filter(|(_, document): &(_, Value)| document["artifactType"] == SIGNATURES)
        .collect()
}

#[test]
fn a_registry_that_lists_what_is_attached_needs_no_index() {
    let (signed, registry) = signed(Referrers::Listed);
    signed.sign("bob", TAG).exits(0);
    signed.verify(&["--threshold", "2"]).exits(0);
    signed.deploy(&[]).exits(0);
    let content = registry.content();
    assert!(!content.documents.contains_key(&index_tag(&content)));
    let artifacts = artifacts(&content);
    assert_eq!(artifacts.len(), 1, "what was superseded is deleted");
    let (subject, bundle) = (&artifacts[0].1["subject"], &content.documents[TAG]);
    assert_eq!(subject["digest"], digest(bundle));
    assert_eq!(subject["size"], bundle.len());
}

#[test]
fn what_a_registry_does_not_delete_does_no_harm() {
    let (signed, registry) = signed(Referrers::ListedForEver);
    signed.sign("bob", TAG).exits(0);
    signed.sign("alice", TAG).exits(0);
    assert!(artifacts(&registry.content()).len() > 1);
    signed.verify(&["--threshold", "2"]).exits(0);
    signed
        .sign_with("bob", TAG, &["--replace"])
        .exits(2)
        .says("its registry does not let them be deleted");
}

#[test]
fn a_list_may_have_pages_but_not_without_end() {
    let (signed, registry) = signed(Referrers::ListedForEver);
    signed.sign("bob", TAG).exits(0);
    registry.content().pages = Pages::Each;
    signed.verify(&["--threshold", "2"]).exits(0);
    let asked = registry.asked();
    assert!(asked.iter().any(|asked| asked.path.ends_with("?page=1")));
    registry.content().pages = Pages::Endless;
    let verified = signed.verify(&[]).exits(2);
    verified.says("lists more than 32 documents about it");
}

#[test]
fn an_index_keeps_what_other_tools_have_attached() {
    let (signed, registry) = signed(Referrers::Unknown);
    let tag = index_tag(&registry.content());
    let foreign = json!({
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": "application/vnd.example.notes",
        "digest": digest(b"notes"),
        "size": 5,
    });
    {
        let mut content = registry.content();
        let mut listed: Value = serde_json::from_slice(&content.documents[&tag]).expect("an index");
        listed["manifests"]
            .as_array_mut()
            .expect("entries")
            .push(foreign.clone());
        content.put(&tag, listed.to_string().into_bytes());
    }
    signed.sign("bob", TAG).exits(0);
    signed.verify(&["--threshold", "2"]).exits(0);
    let listed: Value =
        serde_json::from_slice(&registry.content().documents[&tag]).expect("an index");
    let entries = listed["manifests"].as_array().expect("entries");
    assert_eq!(entries.len(), 2, "the new artifact in place of the old one");
    assert!(entries.contains(&foreign));
}

#[test]
fn the_index_of_another_release_does_not_count() {
    let (mut signed, registry) = signed(Referrers::Unknown);
    signed.zone.release(KERNEL).tag(NEWER);
    signed.zone.write_documents();
    let (tree, to) = (format!("bundles/{KERNEL}/{NEWER}"), signed.reference(NEWER));
    signed.ddt(&["bundle", "push", &tree, &to]).exits(0);
    {
        let mut content = registry.content();
        let genuine = content.documents[&index_tag(&content)].clone();
        let other = digest(&content.documents[NEWER]).replace(':', "-");
        content.put(&other, genuine);
    }
    let verify = ["bundle", "verify", &to];
    signed
        .ddt(&verify)
        .exits(2)
        .says("the statement by `alice` is about");
}

/// What is said of a registry that was changed by somebody else.
#[track_caller]
fn refused(change: impl Fn(&mut Content), reason: &str) {
    let (signed, registry) = signed(Referrers::Unknown);
    change(&mut registry.content());
    signed.verify(&[]).exits(2).says(reason);
    signed.refused_with(reason);
}

impl Signed {
    #[track_caller]
    fn refused_with(&self, reason: &str) {
        self.ddt(&["plan", "manifest.hjson"])
            .exits(2)
            .says("is not trusted")
            .says(reason);
    }
}

/// Puts another artifact in the place of the genuine one.
fn replace(content: &mut Content, edit: impl Fn(&mut Value)) {
    let (_, mut artifact) = artifacts(content).pop().expect("an artifact");
    edit(&mut artifact);
    let bytes = artifact.to_string().into_bytes();
    let entry = entry(&digest(&bytes), &bytes, &artifact);
    content.put("changed", bytes);
    let tag = index_tag(content);
    content.put(&tag, index(&[entry]).to_string().into_bytes());
}

#[test]
fn too_many_are_not_read() {
    let many = |content: &mut Content| {
        let (name, artifact) = artifacts(content).pop().expect("an artifact");
        let entry = entry(&name, &content.documents[&name], &artifact);
        let tag = index_tag(content);
        content.put(&tag, index(&vec![entry; 33]).to_string().into_bytes());
    };
    refused(many, "lists more than 32 documents about it");
}

#[test]
fn what_is_too_large_is_not_read() {
    let huge = |artifact: &mut Value| artifact["layers"][0]["size"] = json!(5_000_000);
    refused(
        |content| replace(content, huge),
        "sends a document of more than 4194304 bytes",
    );
    let small = |artifact: &mut Value| artifact["layers"][0]["size"] = json!(20);
    refused(
        |content| replace(content, small),
        "sends a document of more than 20 bytes",
    );
}

#[test]
fn something_else_does_not_count() {
    let other = |artifact: &mut Value| artifact["layers"][0]["mediaType"] = json!("text/plain");
    refused(
        |content| replace(content, other),
        "it is not one layer of the kind",
    );
    let none = |artifact: &mut Value| artifact["layers"] = json!([]);
    refused(
        |content| replace(content, none),
        "it is not one layer of the kind",
    );
    let foreign = |artifact: &mut Value| artifact["artifactType"] = json!("text/plain");
    refused(
        |content| replace(content, foreign),
        "it has no signature that counts",
    );
}

#[test]
fn a_changed_byte_is_refused() {
    let changed = |content: &mut Content| {
        let blobs = content.blobs.values_mut();
        let mut signatures =
            blobs.filter(|blob| blob.windows(11).any(|part| part == b"\"statement\""));
        signatures.next().expect("signatures")[100] ^= 1;
    };
    refused(changed, "sends something else than sha256:");
}
