//! Manifests, indexes and small blobs of a registry: read up to a limit, and right by their digest.

use oci_spec::image::{Descriptor, MediaType};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Response, Url};
use serde::Deserialize;

use super::client::Client;
use super::error::RegistryErrorKind;
use super::request::Request;
use super::retry::Attempts;
use crate::bundle::artifact;
use crate::bundle::hashing::Identity;
use crate::digest::Digest;

/// The most bytes of a manifest or an index.
pub(super) const MAX_DOCUMENT: u64 = 4 << 20;

/// What ddt can read.
const ACCEPTED: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, \
    application/vnd.docker.distribution.manifest.list.v2+json";

/// The header in which registries say a digest.
const DIGEST_HEADER: &str = "docker-content-digest";

/// A manifest or an index.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) bytes: Vec<u8>,
    pub(super) identity: Identity,
    pub(super) media_type: MediaType,
}

/// An answer that was read to its end.
pub(super) struct Whole {
    /// Where it came from, after all redirects.
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Vec<u8>,
}

/// What all of them have.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "mediaType")]
    media_type: Option<String>,
}

impl Client {
    /// Reads what stands at a tag, or at a digest, whose bytes are right then.
    pub(super) async fn document(
        &self,
        repository: &str,
        at: &str,
    ) -> Result<Document, RegistryErrorKind> {
        let url = self.url(&format!("{repository}/manifests/{at}"));
        let request = Request::new(Method::GET, url, &pull_scope(repository))
            .header(ACCEPT, HeaderValue::from_static(ACCEPTED));
        let Whole { headers, bytes, .. } = self.read(&request, MAX_DOCUMENT).await?;
        let header = |name: &str| {
            let value = headers.get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let kind = header(CONTENT_TYPE.as_str());
        let promised = at
            .parse()
            .ok()
            .or_else(|| header(DIGEST_HEADER)?.parse().ok());
        let document = Document::new(bytes, kind)?;
        document.identity.check(promised.as_ref())?;
        Ok(document)
    }

    /// Reads a small blob, whose bytes are right then.
    pub(super) async fn small_blob(
        &self,
        repository: &str,
        blob: &Identity,
    ) -> Result<Vec<u8>, RegistryErrorKind> {
        if blob.size > MAX_DOCUMENT {
            return Err(RegistryErrorKind::DocumentTooLarge(MAX_DOCUMENT));
        }
        let url = self.url(&format!("{repository}/blobs/{}", blob.digest));
        let request = Request::new(Method::GET, url, &pull_scope(repository));
        let Whole { bytes, .. } = self.read(&request, blob.size).await?;
        Identity::of(&bytes).check(Some(&blob.digest))?;
        Ok(bytes)
    }

    /// Reads an answer of at most so many bytes, from the beginning if it breaks off.
    pub(super) async fn read(
        &self,
        request: &Request,
        limit: u64,
    ) -> Result<Whole, RegistryErrorKind> {
        let mut attempts = Attempts::until(self.deadline);
        loop {
            let ended = self.read_once(request, limit).await;
            let broken_off = matches!(&ended, Err(error) if error.is_broken_off());
            if !broken_off || !self.pause(&mut attempts, None).await {
                return ended;
            }
        }
    }

    async fn read_once(&self, request: &Request, limit: u64) -> Result<Whole, RegistryErrorKind> {
        let response = self.send(request).await?;
        Ok(Whole {
            url: response.url().clone(),
            headers: response.headers().clone(),
            bytes: read_capped(response, limit).await?,
        })
    }
}

impl Document {
    fn new(bytes: Vec<u8>, content_type: Option<String>) -> Result<Self, RegistryErrorKind> {
        let head: Head = parse("a manifest", &bytes)?;
        // The document's own word counts: headers are not covered by a digest.
        let kind = head.media_type.or(content_type).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        Ok(Self {
            identity: Identity::of(&bytes),
            media_type: MediaType::from(kind),
            bytes,
        })
    }

    /// Refers to it.
    pub(super) fn descriptor(&self) -> Result<Descriptor, RegistryErrorKind> {
        Ok(artifact::describe(self.media_type.clone(), &self.identity)?)
    }
}

impl Identity {
    /// Refuses bytes that are not those that were promised.
    pub(super) fn check(&self, promised: Option<&Digest>) -> Result<(), RegistryErrorKind> {
        match promised {
            Some(expected) if *expected != self.digest => Err(RegistryErrorKind::Digest {
                expected: expected.clone(),
                found: self.digest.clone(),
            }),
            _ => Ok(()),
        }
    }
}

/// The right to read a repository.
pub(super) fn pull_scope(repository: &str) -> String {
    format!("repository:{repository}:pull")
}

/// Reads a JSON document.
pub(super) fn parse<'a, T: Deserialize<'a>>(
    what: &'static str,
    bytes: &'a [u8],
) -> Result<T, RegistryErrorKind> {
    serde_json::from_slice(bytes).map_err(|error| RegistryErrorKind::Malformed {
        what,
        cause: error.to_string(),
    })
}

/// Reads an answer of at most so many bytes.
pub(super) async fn read_capped(
    mut response: Response,
    limit: u64,
) -> Result<Vec<u8>, RegistryErrorKind> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(RegistryErrorKind::broken)? {
        if (bytes.len() + chunk.len()) as u64 > limit {
            return Err(RegistryErrorKind::DocumentTooLarge(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
