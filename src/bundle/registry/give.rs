//! Giving a registry blobs and manifests.

use oci_spec::image::MediaType;
use reqwest::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use reqwest::{Method, Url};

use super::client::Client;
use super::error::RegistryErrorKind;
use super::request::{Body, Request};
use crate::bundle::hashing::Identity;

/// What a registry did with a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// It took it.
    Sent,
    /// It had it.
    AlreadyThere,
}

impl Client {
    /// Gives a blob to a repository that does not have it.
    pub(super) async fn give_blob(
        &self,
        repository: &str,
        blob: &Identity,
        body: Body,
    ) -> Result<Given, RegistryErrorKind> {
        let scope = push_scope(repository);
        let url = self.url(&format!("{repository}/blobs/{}", blob.digest));
        match self.send(&Request::new(Method::HEAD, url, &scope)).await {
            Ok(_) => return Ok(Given::AlreadyThere),
            Err(RegistryErrorKind::NotFound) => {}
            Err(error) => return Err(error),
        }
        let mut place = self.upload_place(repository).await?;
        place
            .query_pairs_mut()
            .append_pair("digest", &blob.digest.to_string());
        let kind = HeaderValue::from_static("application/octet-stream");
        let request = Request::new(Method::PUT, place, &scope)
            .header(CONTENT_TYPE, kind)
            .body(body);
        self.send(&request).await?;
        Ok(Given::Sent)
    }

    /// Where the registry wants to have a blob.
    async fn upload_place(&self, repository: &str) -> Result<Url, RegistryErrorKind> {
        let url = self.url(&format!("{repository}/blobs/uploads/"));
        let request = Request::new(Method::POST, url, &push_scope(repository));
        let response = self.send(&request).await?;
        let location = response.headers().get(LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        let location = location.ok_or(RegistryErrorKind::Malformed {
            what: "an answer",
            cause: "it does not say where to upload to".to_owned(),
        })?;
        self.place(response.url(), location)
    }

    /// Gives a manifest or an index, to stand at a tag or at its digest. What the registry has there afterwards counts.
    pub(super) async fn give_document(
        &self,
        repository: &str,
        at: &str,
        kind: &MediaType,
        bytes: &[u8],
    ) -> Result<(), RegistryErrorKind> {
        let url = self.url(&format!("{repository}/manifests/{at}"));
        let kind = HeaderValue::try_from(kind.to_string())
            .map_err(|error| RegistryErrorKind::Internal(error.to_string()))?;
        let request = Request::new(Method::PUT, url, &push_scope(repository))
            .header(CONTENT_TYPE, kind)
            .body(Body::Bytes(bytes.to_owned()));
        self.send(&request).await?;
        let there = self.document(repository, at).await?;
        there.identity.check(Some(&Identity::of(bytes).digest))
    }
}

/// The right to change a repository.
fn push_scope(repository: &str) -> String {
    format!("repository:{repository}:pull,push")
}
