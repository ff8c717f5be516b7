//! Fetching releases into the store: all manifests first, so that the bytes are known, then the blobs, several at a time.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use oci_spec::image::Descriptor;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::client::Client;
use super::credentials::EnvironmentCredentials;
use super::download::Download;
use super::error::{RegistryError, RegistryErrorKind};
use super::platform::Platform;
use super::release::Release;
use super::repository;
use super::settings::RegistrySettings;
use super::store::BlobStore;
use super::transfer::Transfer;
use crate::bundle::hashing::Identity;
use crate::digest::Digest;
use crate::reference::{BundleReference, RegistryHost, Repo};

/// How many requests are made at a time.
const AT_A_TIME: usize = 4;

/// The registries of a project, and what was fetched from them.
pub struct Registries {
    /// How they are reached; those that are not here, by the defaults.
    pub settings: BTreeMap<RegistryHost, RegistrySettings>,
    /// Credentials from the environment.
    pub environment: Option<EnvironmentCredentials>,
    /// Where blobs are kept.
    pub store: BlobStore,
    /// Which image of an index is taken.
    pub platform: Platform,
    /// Who is told how far it has come.
    pub transfer: Arc<dyn Transfer>,
    /// What was asked for before: a release is fetched once.
    pub fetched: FetchedReleases,
}

/// What was fetched, or why it could not be.
#[derive(Default)]
pub struct FetchedReleases(Mutex<HashMap<BundleReference, Outcome>>);

type Outcome = Result<FetchedRelease, Arc<RegistryError>>;

/// A release whose manifest, config and layers are in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedRelease {
    /// The digest of what the tag names.
    pub digest: Digest,
    /// Refers to the image manifest.
    pub manifest: Descriptor,
}

/// What is known about one wanted release.
struct Known {
    client: Arc<Client>,
    release: Release,
}

impl Registries {
    /// Takes one release, which is fetched unless it was asked for before. Blocks.
    pub fn fetch(&self, reference: &BundleReference) -> Outcome {
        self.fetch_all(std::slice::from_ref(reference));
        let failed = || RegistryError::no_registry(reference);
        let fetched = self
            .fetched
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        fetched
            .get(reference)
            .cloned()
            .unwrap_or_else(|| Err(failed()))
    }

    /// Fetches releases, those of registries, that were not asked for before. Blocks; each outcome is told when the
    /// release is taken.
    pub fn fetch_all(&self, references: &[BundleReference]) {
        let mut wanted: Vec<BundleReference> = Vec::new();
        let fetched = self
            .fetched
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for reference in references {
            let is_remote = matches!(reference.repo, Repo::Registry { .. });
            if is_remote && !fetched.contains_key(reference) && !wanted.contains(reference) {
                wanted.push(reference.clone());
            }
        }
        drop(fetched);
        if wanted.is_empty() {
            return;
        }
        let outcomes =
            super::runtime::block_on(self.fetch_wanted(&wanted)).unwrap_or_else(|cause| {
                let failed = |one| Err(RegistryError::internal(one, &cause));
                wanted.iter().map(failed).collect()
            });
        let mut fetched = self
            .fetched
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        fetched.extend(wanted.into_iter().zip(outcomes));
    }

    /// Prepares to speak to a registry.
    pub(super) fn client(&self, host: &RegistryHost) -> Result<Arc<Client>, Arc<RegistryError>> {
        let settings = self.settings.get(host).cloned().unwrap_or_default();
        let client = Client::new(host, &settings, self.environment.clone());
        client
            .map(Arc::new)
            .map_err(|kind| RegistryError::of(host, kind))
    }

    async fn fetch_wanted(&self, wanted: &[BundleReference]) -> Vec<Outcome> {
        let mut clients = BTreeMap::new();
        for host in wanted.iter().filter_map(|reference| reference.registry()) {
            clients.entry(host).or_insert_with(|| self.client(host));
        }
        let client = |reference: &BundleReference| {
            let client = reference.registry().and_then(|host| clients.get(host));
            let none = || Err(RegistryError::no_registry(reference));
            client.cloned().unwrap_or_else(none)
        };
        let found = wanted.iter().map(|reference| {
            let (client, reference, platform) =
                (client(reference), reference.clone(), self.platform.clone());
            async move {
                let client = client?;
                let (repository, tag) = (repository(&reference), reference.tag.to_string());
                let asked = client.release(&repository, &tag, &platform);
                let release = client.within_deadline(asked).await;
                let release = release.map_err(|kind| RegistryError::of(&client.host, kind))?;
                Ok(Known { client, release })
            }
        });
        let found = several_at_a_time(found).await;
        let failures = self.fetch_blobs(wanted, &found).await;
        let outcomes = found.into_iter();
        outcomes.map(|known| self.keep(known?, &failures)).collect()
    }

    /// Fetches what any of the releases needs, and says which blobs could not be had.
    async fn fetch_blobs(
        &self,
        wanted: &[BundleReference],
        found: &[Result<Known, Arc<RegistryError>>],
    ) -> BTreeMap<Digest, Arc<RegistryError>> {
        let mut downloads: BTreeMap<(Digest, u64), Download> = BTreeMap::new();
        for (reference, known) in wanted.iter().zip(found) {
            let Ok(Known { client, release }) = known else {
                continue;
            };
            for blob in &release.blobs {
                let key = (blob.digest.clone(), blob.size);
                downloads.entry(key).or_insert_with(|| Download {
                    client: Arc::clone(client),
                    repository: repository(reference),
                    blob: blob.clone(),
                    store: self.store.clone(),
                    transfer: Arc::clone(&self.transfer),
                });
            }
        }
        self.transfer
            .expect(downloads.keys().map(|(_, size)| size).sum());
        let ended = downloads.into_values().map(|download| async move {
            let (client, digest) = (Arc::clone(&download.client), download.blob.digest.clone());
            let ended = client.within_deadline(download.run()).await;
            let failure = ended.err()?;
            Some((digest, RegistryError::of(&client.host, failure)))
        });
        several_at_a_time(ended)
            .await
            .into_iter()
            .flatten()
            .collect()
    }

    fn keep(&self, known: Known, failures: &BTreeMap<Digest, Arc<RegistryError>>) -> Outcome {
        let Known { client, release } = known;
        let failure = |blob: &Identity| failures.get(&blob.digest).cloned();
        if let Some(failure) = release.blobs.iter().find_map(failure) {
            return Err(failure);
        }
        let kept = || {
            self.store.put(&release.manifest.bytes)?;
            Ok(FetchedRelease {
                digest: release.digest.clone(),
                manifest: release.descriptor()?,
            })
        };
        kept().map_err(|kind| RegistryError::of(&client.host, kind))
    }
}

impl RegistryError {
    pub(super) fn of(host: &RegistryHost, kind: RegistryErrorKind) -> Arc<Self> {
        let host = host.to_string();
        Arc::new(Self { host, kind })
    }

    /// A reference that leads to no registry should not have come here; it is said rather than believed.
    pub(super) fn no_registry(reference: &BundleReference) -> Arc<Self> {
        Self::internal(reference, "the reference leads to a directory")
    }

    fn internal(reference: &BundleReference, cause: &str) -> Arc<Self> {
        Arc::new(Self {
            host: reference.repo.to_string(),
            kind: RegistryErrorKind::Internal(cause.to_owned()),
        })
    }
}

/// Runs futures, only so many at a time, and gives their results in order.
async fn several_at_a_time<F>(work: impl Iterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let permits = Arc::new(Semaphore::new(AT_A_TIME));
    let mut tasks = JoinSet::new();
    for (number, future) in work.enumerate() {
        let permits = Arc::clone(&permits);
        tasks.spawn(async move {
            let _permit = permits.acquire().await;
            (number, future.await)
        });
    }
    let mut ended = tasks.join_all().await;
    ended.sort_by_key(|(number, _)| *number);
    ended.into_iter().map(|(_, output)| output).collect()
}

impl fmt::Debug for Registries {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = out.debug_struct("Registries");
        out.field("settings", &self.settings)
            .field("store", &self.store);
        out.finish_non_exhaustive()
    }
}
