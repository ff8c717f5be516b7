//! Fetching releases into the store: all manifests first, so that the bytes are known, then the blobs, several at a time.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use oci_spec::image::Descriptor;

use super::client::Client;
use super::clients::several_at_a_time;
use super::credentials::EnvironmentCredentials;
use super::download::Download;
use super::error::RegistryError;
use super::platform::Platform;
use super::release::Release;
use super::repository;
use super::settings::RegistrySettings;
use super::store::BlobStore;
use super::transfer::Transfer;
use crate::bundle::hashing::Identity;
use crate::digest::Digest;
use crate::reference::{BundleReference, RegistryHost, Repo};

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

/// A release that is wanted from a registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WantedRelease {
    /// Where it is.
    pub reference: BundleReference,
    /// The digest that it must have. Nothing is fetched of another one.
    pub pin: Option<Digest>,
}

/// What was fetched, or why it could not be.
#[derive(Default)]
pub struct FetchedReleases(Mutex<HashMap<WantedRelease, Outcome>>);

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
    pub fn fetch(&self, wanted: &WantedRelease) -> Outcome {
        self.fetch_all(std::slice::from_ref(wanted));
        let failed = || RegistryError::no_registry(&wanted.reference);
        let fetched = self
            .fetched
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        fetched
            .get(wanted)
            .cloned()
            .unwrap_or_else(|| Err(failed()))
    }

    /// Fetches releases, those of registries, that were not asked for before. Blocks; each outcome is told when the
    /// release is taken.
    pub fn fetch_all(&self, releases: &[WantedRelease]) {
        let mut wanted: Vec<WantedRelease> = Vec::new();
        let fetched = self
            .fetched
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for release in releases {
            let is_remote = matches!(release.reference.repo, Repo::Registry { .. });
            if is_remote && !fetched.contains_key(release) && !wanted.contains(release) {
                wanted.push(release.clone());
            }
        }
        drop(fetched);
        if wanted.is_empty() {
            return;
        }
        let outcomes =
            super::runtime::block_on(self.fetch_wanted(&wanted)).unwrap_or_else(|cause| {
                let failed =
                    |one: &WantedRelease| Err(RegistryError::internal(&one.reference, &cause));
                wanted.iter().map(failed).collect()
            });
        let mut fetched = self
            .fetched
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        fetched.extend(wanted.into_iter().zip(outcomes));
    }

    async fn fetch_wanted(&self, wanted: &[WantedRelease]) -> Vec<Outcome> {
        let clients = self.clients(wanted.iter().map(|one| &one.reference));
        let found = wanted.iter().map(|wanted| {
            let client = clients.of(&wanted.reference);
            let (wanted, platform) = (wanted.clone(), self.platform.clone());
            async move {
                let client = client?;
                let asked = client.release(&wanted, &platform);
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
        wanted: &[WantedRelease],
        found: &[Result<Known, Arc<RegistryError>>],
    ) -> BTreeMap<Digest, Arc<RegistryError>> {
        let mut downloads: BTreeMap<(Digest, u64), Download> = BTreeMap::new();
        for (wanted, known) in wanted.iter().zip(found) {
            let Ok(Known { client, release }) = known else {
                continue;
            };
            for blob in &release.blobs {
                let key = (blob.digest.clone(), blob.size);
                downloads.entry(key).or_insert_with(|| Download {
                    client: Arc::clone(client),
                    repository: repository(&wanted.reference),
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

impl fmt::Debug for Registries {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = out.debug_struct("Registries");
        out.field("settings", &self.settings)
            .field("store", &self.store);
        out.finish_non_exhaustive()
    }
}
