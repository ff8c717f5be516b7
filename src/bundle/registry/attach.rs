//! Attaching a document to a release: an artifact whose subject it is.

use std::sync::Arc;

use oci_spec::image::{Descriptor, ImageIndex, MediaType};
use reqwest::Method;

use super::client::Client;
use super::document::Document;
use super::error::{RegistryError, RegistryErrorKind};
use super::fetch::Registries;
use super::referrers::{About, Referrers, Subject};
use super::request::{Body, Request};
use crate::bundle::artifact::{self, EMPTY_CONFIG};
use crate::bundle::hashing::Identity;

impl Registries {
    /// Attaches a document to a release, in place of those of its kind that were there. A registry that lists referrers
    /// itself may keep those as well. Blocks.
    pub(in crate::bundle) fn attach(
        &self,
        subject: &Subject,
        kind: &str,
        content: &[u8],
    ) -> Result<(), Arc<RegistryError>> {
        let Some(host) = subject.reference.registry() else {
            return Err(RegistryError::no_registry(&subject.reference));
        };
        let client = self.client(host)?;
        let attached = client.attach(About::new(subject, kind), content);
        let ended = super::runtime::block_on(client.within_deadline(attached));
        ended
            .unwrap_or_else(|cause| Err(RegistryErrorKind::Internal(cause)))
            .map_err(|kind| RegistryError::of(host, kind))
    }
}

impl Client {
    async fn attach(&self, about: About, content: &[u8]) -> Result<(), RegistryErrorKind> {
        let before = self.referrers(&about).await?;
        let entry = self.give_artifact(&about, content).await?;
        match before {
            Referrers::Listed(entries) => {
                let others = entries.iter().filter(|one| one.digest() != entry.digest());
                for other in others {
                    self.delete(&about, other).await;
                }
                Ok(())
            }
            Referrers::AtTag(index) => self.enter(&about, *index, entry).await,
        }
    }

    /// Gives the artifact to the registry, and returns what refers to it.
    async fn give_artifact(
        &self,
        about: &About,
        content: &[u8],
    ) -> Result<Descriptor, RegistryErrorKind> {
        let About {
            repository,
            digest,
            kind,
        } = about;
        let subject = self.document(repository, &digest.to_string()).await?;
        let identity = Identity::of(content);
        for bytes in [content, EMPTY_CONFIG] {
            let body = Body::Bytes(bytes.to_owned());
            self.give_blob(repository, &Identity::of(bytes), body)
                .await?;
        }
        let bytes = artifact::document(kind, &identity, Some(subject.descriptor()?))?;
        let manifest = Document {
            identity: Identity::of(&bytes),
            media_type: MediaType::ImageManifest,
            bytes,
        };
        let at = manifest.identity.digest.to_string();
        self.give_document(repository, &at, &manifest.media_type, &manifest.bytes)
            .await?;
        let mut entry = manifest.descriptor()?;
        entry.set_artifact_type(Some(kind.clone()));
        Ok(entry)
    }

    /// Enters an artifact into the index at the tag; what is of another kind stays.
    async fn enter(
        &self,
        about: &About,
        mut index: ImageIndex,
        entry: Descriptor,
    ) -> Result<(), RegistryErrorKind> {
        let mut entries = index.manifests().clone();
        entries.retain(|other| !about.lists(other));
        entries.push(entry);
        index.set_manifests(entries);
        let text = index.to_string()?;
        let kind = MediaType::ImageIndex;
        self.give_document(&about.repository, &about.tag(), &kind, text.as_bytes())
            .await
    }

    /// Removes an artifact whose content stands in another one now. Many registries do not allow it; then it stays.
    async fn delete(&self, about: &About, entry: &Descriptor) {
        let repository = &about.repository;
        let url = self.url(&format!("{repository}/manifests/{}", entry.digest()));
        let scope = format!("repository:{repository}:delete");
        let _ = self.send(&Request::new(Method::DELETE, url, &scope)).await;
    }
}
