//! Manifests and indexes of a registry: read up to a limit, and right by their digest.

use oci_spec::image::MediaType;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Response};
use serde::Deserialize;

use super::client::Client;
use super::error::RegistryErrorKind;
use super::request::Request;
use super::retry::Attempts;
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
        let mut attempts = Attempts::until(self.deadline);
        loop {
            let ended = self.read_document(repository, at).await;
            let broken_off = matches!(&ended, Err(error) if error.is_broken_off());
            if !broken_off || !self.pause(&mut attempts, None).await {
                return ended;
            }
        }
    }

    async fn read_document(
        &self,
        repository: &str,
        at: &str,
    ) -> Result<Document, RegistryErrorKind> {
        let url = self.url(&format!("{repository}/manifests/{at}"));
        let request = Request::new(Method::GET, url, &pull_scope(repository))
            .header(ACCEPT, HeaderValue::from_static(ACCEPTED));
        let response = self.send(&request).await?;
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let kind = header(CONTENT_TYPE.as_str());
        let promised = at
            .parse()
            .ok()
            .or_else(|| header(DIGEST_HEADER)?.parse().ok());
        let bytes = read_capped(response, MAX_DOCUMENT).await?;
        let document = Document::new(bytes, kind)?;
        document.check(promised.as_ref())?;
        Ok(document)
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

    fn check(&self, promised: Option<&Digest>) -> Result<(), RegistryErrorKind> {
        match promised {
            Some(expected) if *expected != self.identity.digest => Err(RegistryErrorKind::Digest {
                expected: expected.clone(),
                found: self.identity.digest.clone(),
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
