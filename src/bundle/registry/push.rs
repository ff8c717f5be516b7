//! Giving a release of a layout to a registry, byte for byte.

use std::sync::Arc;

use camino::Utf8PathBuf;
use oci_spec::image::Descriptor;
use reqwest::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use reqwest::{Method, Url};

use super::client::Client;
use super::error::{RegistryError, RegistryErrorKind};
use super::fetch::Registries;
use super::repository;
use super::request::{Body, Request, Upload};
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
    scope: String,
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
            scope: format!("repository:{repository}:pull,push"),
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
        self.push_manifest(&tag, &identity).await?;
        Ok(Pushed::New)
    }

    async fn push_blob(&self, blob: &PushedBlob) -> Result<(), RegistryErrorKind> {
        let path = format!("{}/blobs/{}", self.repository, blob.digest);
        match self
            .client
            .send(&self.ask(Method::HEAD, self.client.url(&path)))
            .await
        {
            Ok(_) => {
                self.transfer.advance(blob.size);
                return Ok(());
            }
            Err(RegistryErrorKind::NotFound) => {}
            Err(error) => return Err(error),
        }
        let mut place = self.upload_place().await?;
        place
            .query_pairs_mut()
            .append_pair("digest", &blob.digest.to_string());
        let upload = Upload::new(blob.path.clone(), blob.size, Arc::clone(&self.transfer));
        let request = self
            .ask(Method::PUT, place)
            .header(
                CONTENT_TYPE,
                HeaderValue::from_static("application/octet-stream"),
            )
            .body(Body::File(upload));
        self.client.send(&request).await?;
        Ok(())
    }

    /// Where the registry wants to have a blob.
    async fn upload_place(&self) -> Result<Url, RegistryErrorKind> {
        let url = self
            .client
            .url(&format!("{}/blobs/uploads/", self.repository));
        let response = self.client.send(&self.ask(Method::POST, url)).await?;
        let location = response.headers().get(LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        let location = location.ok_or(RegistryErrorKind::Malformed {
            what: "an answer",
            cause: "it does not say where to upload to".to_owned(),
        })?;
        self.client.place(response.url(), location)
    }

    async fn push_manifest(&self, tag: &str, identity: &Identity) -> Result<(), RegistryErrorKind> {
        let url = self
            .client
            .url(&format!("{}/manifests/{tag}", self.repository));
        let kind = self.request.manifest.media_type().to_string();
        let kind = HeaderValue::try_from(kind)
            .map_err(|error| RegistryErrorKind::Internal(error.to_string()))?;
        let request = self
            .ask(Method::PUT, url)
            .header(CONTENT_TYPE, kind)
            .body(Body::Bytes(self.request.manifest_bytes.clone()));
        self.client.send(&request).await?;
        // What counts is what the registry gives away afterwards.
        let there = self.client.document(&self.repository, tag).await?;
        match there.identity == *identity {
            true => Ok(()),
            false => Err(RegistryErrorKind::Digest {
                expected: identity.digest.clone(),
                found: there.identity.digest,
            }),
        }
    }

    fn ask(&self, method: Method, url: Url) -> Request {
        Request::new(method, url, &self.scope)
    }
}
