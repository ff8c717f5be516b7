//! From a tag to the blobs of a release.

use oci_spec::image::{Descriptor, ImageIndex, ImageManifest, MediaType};

use super::client::Client;
use super::document::{Document, parse};
use super::error::RegistryErrorKind;
use super::fetch::WantedRelease;
use super::platform::Platform;
use super::repository;
use crate::bundle::hashing::Identity;
use crate::digest::Digest;

/// Docker's name for an image manifest.
pub(super) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// Docker's name for an index.
const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

/// What stands at a tag.
#[derive(Clone, Debug)]
pub(super) struct Release {
    /// The digest of what the tag names: that of the index, where there is one.
    pub(super) digest: Digest,
    pub(super) manifest: Document,
    /// The config and the layers, lowest first.
    pub(super) blobs: Vec<Identity>,
}

impl Client {
    /// Finds out what stands at a tag, for a platform.
    pub(super) async fn release(
        &self,
        wanted: &WantedRelease,
        platform: &Platform,
    ) -> Result<Release, RegistryErrorKind> {
        let repository = &repository(&wanted.reference);
        let tag = wanted.reference.tag.to_string();
        let named = self.document(repository, &tag).await?;
        let digest = named.identity.digest.clone();
        if let Some(pinned) = wanted.pin.as_ref().filter(|pinned| **pinned != digest) {
            let (pinned, found) = (pinned.clone(), digest);
            return Err(RegistryErrorKind::Pin { pinned, found });
        }
        let manifest = match &named.media_type {
            MediaType::ImageIndex => self.image(repository, &named, platform).await?,
            MediaType::Other(kind) if kind == DOCKER_INDEX => {
                self.image(repository, &named, platform).await?
            }
            _ => named,
        };
        Ok(Release {
            digest,
            blobs: blobs(&manifest)?,
            manifest,
        })
    }

    async fn image(
        &self,
        repository: &str,
        index: &Document,
        platform: &Platform,
    ) -> Result<Document, RegistryErrorKind> {
        let index: ImageIndex = parse("an index", &index.bytes)?;
        let chosen = identity(platform.choose(&index)?)?;
        let manifest = self
            .document(repository, &chosen.digest.to_string())
            .await?;
        match manifest.identity.size == chosen.size {
            true => Ok(manifest),
            false => Err(RegistryErrorKind::Size {
                expected: chosen.size,
                found: manifest.identity.size,
            }),
        }
    }
}

impl Release {
    /// Refers to the manifest.
    pub(super) fn descriptor(&self) -> Result<Descriptor, RegistryErrorKind> {
        self.manifest.descriptor()
    }
}

fn blobs(manifest: &Document) -> Result<Vec<Identity>, RegistryErrorKind> {
    match &manifest.media_type {
        MediaType::ImageManifest => {}
        MediaType::Other(kind) if kind == DOCKER_MANIFEST => {}
        other => {
            let kind = other.to_string().escape_debug().to_string();
            return Err(RegistryErrorKind::NotAManifest(kind));
        }
    }
    let image: ImageManifest = parse("a manifest", &manifest.bytes)?;
    let blobs = std::iter::once(image.config()).chain(image.layers());
    blobs.map(identity).collect()
}

/// The digest and the size that a document promises.
pub(super) fn identity(descriptor: &Descriptor) -> Result<Identity, RegistryErrorKind> {
    let text = descriptor.digest().to_string();
    let digest = text
        .parse()
        .map_err(|_| RegistryErrorKind::DigestAlgorithm(text.escape_debug().to_string()))?;
    Ok(Identity {
        digest,
        size: descriptor.size(),
    })
}
