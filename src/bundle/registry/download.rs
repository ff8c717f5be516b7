//! Fetching one blob: cut at its size, and continued where it broke off.

use std::sync::Arc;

use reqwest::header::{CONTENT_RANGE, HeaderValue, RANGE};
use reqwest::{Method, Response, StatusCode};

use super::client::Client;
use super::document::pull_scope;
use super::error::RegistryErrorKind;
use super::partial::{Found, Partial};
use super::request::Request;
use super::retry::Attempts;
use super::store::BlobStore;
use super::transfer::Transfer;
use crate::bundle::hashing::Identity;

/// One blob that is wanted.
pub(super) struct Download {
    pub(super) client: Arc<Client>,
    pub(super) repository: String,
    pub(super) blob: Identity,
    pub(super) store: BlobStore,
    pub(super) transfer: Arc<dyn Transfer>,
}

impl Download {
    /// Fetches it into the store, unless it is there. The transfer expects all of its bytes already.
    pub(super) async fn run(self) -> Result<(), RegistryErrorKind> {
        let (store, blob) = (self.store.clone(), self.blob.clone());
        // It waits for other processes, and reads what is there.
        let found = tokio::task::spawn_blocking(move || Partial::open(&store, &blob)).await;
        let found = found.map_err(|error| RegistryErrorKind::Internal(error.to_string()))?;
        let mut partial = match found? {
            Found::Whole => {
                self.transfer.advance(self.blob.size);
                return Ok(());
            }
            Found::Part(partial) => partial,
        };
        self.transfer.advance(partial.size());
        self.complete(&mut partial).await?;
        if partial.digest() != self.blob.digest && partial.is_resumed() {
            // What an earlier run left may be damaged.
            self.restart(&mut partial)?;
            self.complete(&mut partial).await?;
        }
        let found = partial.digest();
        if found != self.blob.digest {
            self.restart(&mut partial)?;
            return Err(RegistryErrorKind::Digest {
                expected: self.blob.digest.clone(),
                found,
            });
        }
        Ok(partial.finish()?)
    }

    fn restart(&self, partial: &mut Partial) -> Result<(), RegistryErrorKind> {
        self.transfer.lose(partial.size());
        Ok(partial.restart()?)
    }

    /// Goes on until all bytes are there. Attempts count only as long as nothing comes.
    async fn complete(&self, partial: &mut Partial) -> Result<(), RegistryErrorKind> {
        let mut attempts = Attempts::until(self.client.deadline);
        while partial.size() < self.blob.size {
            let before = partial.size();
            let failure = match self.go_on(partial).await {
                Ok(()) => continue,
                Err(error) if error.is_broken_off() => error,
                Err(error) => return Err(error),
            };
            if partial.size() > before {
                attempts.reset();
            }
            if !self.client.pause(&mut attempts, None).await {
                return Err(failure);
            }
        }
        Ok(())
    }

    async fn go_on(&self, partial: &mut Partial) -> Result<(), RegistryErrorKind> {
        let mut response = self.ask(partial).await?;
        let continues = response.status() == StatusCode::PARTIAL_CONTENT
            && range_start(&response) == Some(partial.size());
        if !continues && partial.size() > 0 {
            self.restart(partial)?;
        }
        let left = self.blob.size - partial.size();
        if let Some(found) = response.content_length().filter(|found| *found != left) {
            return Err(RegistryErrorKind::Size {
                expected: left,
                found,
            });
        }
        while let Ok(Some(chunk)) = response.chunk().await {
            if chunk.len() as u64 > self.blob.size - partial.size() {
                self.restart(partial)?;
                return Err(RegistryErrorKind::TooLong(self.blob.size));
            }
            // Blocks for as long as the page cache takes: nothing else happens on this runtime.
            partial.write(&chunk)?;
            self.transfer.advance(chunk.len() as u64);
        }
        match partial.size() == self.blob.size {
            true => Ok(()),
            false => Err(RegistryErrorKind::Cut {
                received: partial.size(),
                size: self.blob.size,
            }),
        }
    }

    /// A registry that cannot continue is asked for everything.
    async fn ask(&self, partial: &mut Partial) -> Result<Response, RegistryErrorKind> {
        let path = format!("{}/blobs/{}", self.repository, self.blob.digest);
        let request = Request::new(
            Method::GET,
            self.client.url(&path),
            &pull_scope(&self.repository),
        );
        if partial.size() == 0 {
            return self.client.send(&request).await;
        }
        let range = HeaderValue::try_from(format!("bytes={}-", partial.size()));
        let range = range.map_err(|error| RegistryErrorKind::Internal(error.to_string()))?;
        match self
            .client
            .send(&request.clone().header(RANGE, range))
            .await
        {
            Err(RegistryErrorKind::Status { status: 416, .. }) => {
                self.restart(partial)?;
                self.client.send(&request).await
            }
            other => other,
        }
    }
}

/// The first byte of an answer with a part: `bytes 5-9/10`.
fn range_start(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    let (start, _) = range.strip_prefix("bytes ")?.split_once('-')?;
    start.parse().ok()
}
