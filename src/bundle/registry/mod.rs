//! Registries over the network: fetching the blobs of releases, and pushing them.
//!
//! Everything a registry says is untrusted. A document is read up to a limit, a blob up to the size that was promised;
//! nothing is interpreted before its digest is right. Credentials go to the registry itself, and to the token host
//! that is configured for it, and nowhere else: redirects are followed without them.
//!
//! What is fetched lies in a [`BlobStore`], by digest. Whatever was cut off goes on where it ended, also in the next run.

mod answer;
mod attach;
mod challenge;
mod client;
mod clients;
mod credentials;
mod document;
mod download;
mod error;
mod fetch;
mod give;
mod login;
mod origin;
mod partial;
mod platform;
mod push;
mod referrers;
mod release;
mod request;
mod retry;
mod runtime;
mod settings;
mod store;
mod transfer;

pub use credentials::{Credentials, CredentialsError, EnvironmentCredentials};
pub use error::{RegistryError, RegistryErrorKind};
pub use fetch::{FetchedRelease, FetchedReleases, Registries, WantedRelease};
pub use origin::RegistryOrigin;
pub use platform::Platform;
pub use push::{Overwrite, PushRequest, Pushed, PushedBlob};
pub use referrers::Subject;
pub use settings::{Encryption, RegistrySettings};
pub use store::BlobStore;
pub use transfer::{NoTransfer, Transfer};

use crate::reference::{BundleReference, Repo};

/// The repository of a bundle in its registry: `PREFIX/NAME`.
fn repository(reference: &BundleReference) -> String {
    match &reference.repo {
        Repo::Registry { prefix, .. } if !prefix.is_empty() => {
            format!("{prefix}/{}", reference.name)
        }
        _ => reference.name.to_string(),
    }
}
