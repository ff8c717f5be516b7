//! One client for each registry that something is asked of, and several questions at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::client::Client;
use super::error::{RegistryError, RegistryErrorKind};
use super::fetch::Registries;
use crate::reference::{BundleReference, RegistryHost};

/// How many requests are made at a time.
const AT_A_TIME: usize = 4;

/// One way to each of some registries, or why there is none.
pub(super) struct Clients(BTreeMap<RegistryHost, Result<Arc<Client>, Arc<RegistryError>>>);

impl Registries {
    /// Prepares to speak to a registry.
    pub(super) fn client(&self, host: &RegistryHost) -> Result<Arc<Client>, Arc<RegistryError>> {
        let settings = self.settings.get(host).cloned().unwrap_or_default();
        let client = Client::new(host, &settings, self.environment.clone());
        client
            .map(Arc::new)
            .map_err(|kind| RegistryError::of(host, kind))
    }

    /// Prepares to speak to the registries of some references.
    pub(super) fn clients<'a>(
        &self,
        references: impl Iterator<Item = &'a BundleReference>,
    ) -> Clients {
        let mut clients = BTreeMap::new();
        for host in references.filter_map(BundleReference::registry) {
            let client = || self.client(host);
            clients.entry(host.clone()).or_insert_with(client);
        }
        Clients(clients)
    }
}

impl Clients {
    /// The one that a reference leads to.
    pub(super) fn of(
        &self,
        reference: &BundleReference,
    ) -> Result<Arc<Client>, Arc<RegistryError>> {
        let client = reference.registry().and_then(|host| self.0.get(host));
        let none = || Err(RegistryError::no_registry(reference));
        client.cloned().unwrap_or_else(none)
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

    pub(super) fn internal(reference: &BundleReference, cause: &str) -> Arc<Self> {
        Arc::new(Self {
            host: reference.repo.to_string(),
            kind: RegistryErrorKind::Internal(cause.to_owned()),
        })
    }
}

/// Runs futures, only so many at a time, and gives their results in order.
pub(super) async fn several_at_a_time<F>(work: impl Iterator<Item = F>) -> Vec<F::Output>
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
