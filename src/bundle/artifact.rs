//! A release bundle as an OCI artifact: one manifest, an empty config, one layer.
//!
//! The layer is the canonical archive, so the manifest, and with it the digest that
//! identifies the bundle, depend on nothing but the tree.

use oci_spec::OciSpecError;
use oci_spec::image::{
    Descriptor, ImageIndex, ImageIndexBuilder, ImageManifest, ImageManifestBuilder, MediaType,
    Sha256Digest,
};

use super::hashing::Identity;

/// The `artifactType` of a release bundle.
pub(super) const ARTIFACT_TYPE: &str = "application/vnd.ddt.bundle.v1";

/// The config of an artifact that needs none (OCI image specification 1.1).
pub(super) const EMPTY_CONFIG: &[u8] = b"{}";

/// Writes the manifest of a bundle whose one layer is an uncompressed tar archive.
pub(super) fn manifest(layer: &Identity) -> Result<Vec<u8>, OciSpecError> {
    let config = describe(MediaType::EmptyJSON, &Identity::of(EMPTY_CONFIG))?;
    let layer = describe(MediaType::ImageLayer, layer)?;
    let manifest: ImageManifest = ImageManifestBuilder::default()
        .schema_version(2_u32)
        .media_type(MediaType::ImageManifest)
        .artifact_type(MediaType::Other(ARTIFACT_TYPE.to_owned()))
        .config(config)
        .layers([layer])
        .build()?;
    Ok(manifest.to_string()?.into_bytes())
}

/// Writes the manifest of a document about another manifest, its subject: an artifact with one layer (OCI image
/// specification 1.1).
pub(super) fn document(
    kind: &MediaType,
    content: &Identity,
    subject: Option<Descriptor>,
) -> Result<Vec<u8>, OciSpecError> {
    let config = describe(MediaType::EmptyJSON, &Identity::of(EMPTY_CONFIG))?;
    let mut manifest = ImageManifestBuilder::default()
        .schema_version(2_u32)
        .media_type(MediaType::ImageManifest)
        .artifact_type(kind.clone())
        .config(config)
        .layers([describe(kind.clone(), content)?])
        .build()?;
    manifest.set_subject(subject);
    Ok(manifest.to_string()?.into_bytes())
}

/// An index that lists nothing yet.
pub(super) fn empty_index() -> Result<ImageIndex, OciSpecError> {
    ImageIndexBuilder::default()
        .schema_version(2_u32)
        .media_type(MediaType::ImageIndex)
        .manifests([])
        .build()
}

/// Refers to a blob.
pub(super) fn describe(kind: MediaType, blob: &Identity) -> Result<Descriptor, OciSpecError> {
    let digest: Sha256Digest = blob.digest.hex().parse()?;
    Ok(Descriptor::new(kind, blob.size, digest))
}
