//! Where nodes read payloads themselves: at the address to which the registry sends ddt.
//!
//! ddt logs in, and follows redirects, as it does for itself; a node is told the last address, and credentials only for
//! the registry's own, over TLS. Nodes therefore need neither to be redirected nor a login of their own.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::Method;
use reqwest::header::{HeaderValue, RANGE};
use tokio::sync::Mutex;

use super::client::{Client, read_authorities};
use super::document::pull_scope;
use super::error::{RegistryError, RegistryErrorKind};
use super::fetch::Registries;
use super::repository;
use super::request::Request;
use crate::clock;
use crate::digest::Digest;
use crate::node::{PayloadOrigin, RemoteArchive};
use crate::reference::BundleReference;
use crate::secret::SecretValue;

/// How long an answer is good for. Tokens are issued for a minute at least.
const KEPT: Duration = Duration::from_secs(30);

/// The releases whose payloads nodes read in registries.
pub struct RegistryOrigin {
    registries: Arc<Registries>,
    releases: BTreeMap<Digest, BundleReference>,
    located: Mutex<HashMap<Digest, (Instant, Located)>>,
}

type Located = Result<RemoteArchive, String>;

impl RegistryOrigin {
    /// Takes the release of each payload; those that are not in a registry are left out.
    pub fn new(registries: Arc<Registries>, releases: BTreeMap<Digest, BundleReference>) -> Self {
        Self {
            registries,
            releases,
            located: Mutex::default(),
        }
    }

    async fn look(&self, payload: &Digest) -> Located {
        let release = self.releases.get(payload);
        let (release, host) = release
            .and_then(|release| Some((release, release.registry()?)))
            .ok_or("its bundle is not in a registry")?;
        let client = self.registries.client(host);
        let client = client.map_err(|error| error.to_string())?;
        let repository = repository(release);
        let looked = client.within_deadline(client.remote_archive(&repository, payload));
        looked.await.map_err(|kind| match kind {
            RegistryErrorKind::NotFound => {
                format!("the registry {host} has {release} in another form than `ddt bundle` packs")
            }
            kind => RegistryError::of(host, kind).to_string(),
        })
    }
}

#[async_trait]
impl PayloadOrigin for RegistryOrigin {
    async fn locate(&self, payload: &Digest) -> Located {
        // While one asks, the others wait for what it learns.
        let mut located = self.located.lock().await;
        if let Some((since, known)) = located.get(payload)
            && clock::moment().duration_since(*since) < KEPT
        {
            return known.clone();
        }
        let found = self.look(payload).await;
        located.insert(payload.clone(), (clock::moment(), found.clone()));
        found
    }
}

impl Client {
    /// Finds out where a payload's archive is, and who one must be there, by reading one byte of it.
    async fn remote_archive(
        &self,
        repository: &str,
        payload: &Digest,
    ) -> Result<RemoteArchive, RegistryErrorKind> {
        let url = self.url(&format!("{repository}/blobs/{payload}"));
        let scope = pull_scope(repository);
        let request = Request::new(Method::GET, url, &scope)
            .header(RANGE, HeaderValue::from_static("bytes=0-0"));
        let answer = self.send(&request).await?;
        let url = answer.url();
        let authorization = match self.is_own(url) {
            true => self.authorization(&scope).await,
            false => None,
        };
        let is_encrypted = url.scheme() == "https";
        if authorization.is_some() && !is_encrypted {
            return Err(RegistryErrorKind::Unencrypted);
        }
        Ok(RemoteArchive {
            url: SecretValue::new(url.as_str().into()),
            scheme: if is_encrypted { "https" } else { "http" },
            authorization: authorization.map(|header| SecretValue::new(header.as_bytes().into())),
            authorities: self.authorities()?,
            timeout: self.settings.timeout,
        })
    }

    fn authorities(&self) -> Result<Option<Arc<[u8]>>, RegistryErrorKind> {
        let ca = self.settings.ca.as_deref();
        let read = |path| read_authorities(path).map(Arc::from);
        ca.map(read).transpose()
    }
}

impl fmt::Debug for RegistryOrigin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = out.debug_struct("RegistryOrigin");
        out.field("releases", &self.releases)
            .finish_non_exhaustive()
    }
}
