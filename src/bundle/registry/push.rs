//! Giving a release of a layout to a registry, byte for byte.

use std::sync::Arc;

use camino::Utf8PathBuf;
use oci_spec::image::Descriptor;

use super::client::Client;
use super::error::{RegistryError, RegistryErrorKind};
use super::fetch::Registries;
use super::give::Given;
use super::repository;
use super::request::{Body, Upload};
use super::transfer::Transfer;
use crate::bundle::hashing::Identity;
use crate::digest::Digest;
use crate::reference::BundleReference;

/// What becomes of another bundle that stands at the tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// It stays, and the push is refused: a release does not change.
    Refuse,
    /// It is replaced.
    Replace,
}

/// What is pushed, and where to. The blobs have been found right.
#[derive(Clone, Debug)]
pub struct PushRequest {
    /// Its place in a registry.
    pub reference: BundleReference,
    /// The kind of the manifest.
    pub manifest: Descriptor,
    /// Its bytes.
    pub manifest_bytes: Vec<u8>,
    /// The files of the config and the layers.
    pub blobs: Vec<PushedBlob>,
    /// What becomes of another bundle there.
    pub overwrite: Overwrite,
}

/// A file that is pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedBlob {
    /// The file.
    pub path: Utf8PathBuf,
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

/// What was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It was not there, or was another.
    New,
    /// It was there already.
    AlreadyThere,
}

/// A push that is under way.
struct Push {
    client: Arc<Client>,
    request: PushRequest,
    repository: String,
    transfer: Arc<dyn Transfer>,
}

impl Registries {
    /// Pushes a release. Blocks.
    pub fn push(&self, request: PushRequest) -> Result<Pushed, Arc<RegistryError>> {
        let reference = request.reference.clone();
        let Some(host) = reference.registry() else {
            return Err(RegistryError::no_registry(&reference));
        };
        let client = self.client(host)?;
        let repository = repository(&reference);
        let push = Push {
            client: Arc::clone(&client),
            repository,
            request,
            transfer: Arc::clone(&self.transfer),
        };
        let ended = super::runtime::block_on(client.within_deadline(push.run()));
        ended
            .unwrap_or_else(|cause| Err(RegistryErrorKind::Internal(cause)))
            .map_err(|kind| RegistryError::of(host, kind))
    }
}

impl Push {
    async fn run(self) -> Result<Pushed, RegistryErrorKind> {
        let identity = Identity::of(&self.request.manifest_bytes);
        let tag = self.request.reference.tag.to_string();
        match self.client.document(&self.repository, &tag).await {
            Ok(there) if there.identity == identity => return Ok(Pushed::AlreadyThere),
            Ok(there) if self.request.overwrite == Overwrite::Refuse => {
                return Err(RegistryErrorKind::Occupied(there.identity.digest));
            }
            Ok(_) | Err(RegistryErrorKind::NotFound) => {}
            Err(error) => return Err(error),
        }
        let blobs = &self.request.blobs;
        self.transfer
            .expect(blobs.iter().map(|blob| blob.size).sum());
        for blob in blobs {
            self.push_blob(blob).await?;
        }
        let kind = self.request.manifest.media_type();
        let bytes = &self.request.manifest_bytes;
        let given = self
            .client
            .give_document(&self.repository, &tag, kind, bytes);
        given.await?;
        Ok(Pushed::New)
    }

    async fn push_blob(&self, blob: &PushedBlob) -> Result<(), RegistryErrorKind> {
        let identity = Identity {
            digest: blob.digest.clone(),
            size: blob.size,
        };
        let upload = Upload::new(blob.path.clone(), blob.size, Arc::clone(&self.transfer));
        let body = Body::File(upload);
        let given = self.client.give_blob(&self.repository, &identity, body);
        if given.await? == Given::AlreadyThere {
            self.transfer.advance(blob.size);
        }
        Ok(())
    }
}
