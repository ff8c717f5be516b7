//! What refers to a release: documents of their own, whose subject it is (OCI distribution specification 1.1).
//!
//! A registry with the referrers API lists them itself. In others an index does, at a tag that follows from the digest of
//! the release; whoever adds a document has to enter it there.

use std::sync::Arc;

use oci_spec::image::{Descriptor, ImageIndex, ImageManifest, MediaType};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, LINK};
use reqwest::{Method, Url};

use super::client::Client;
use super::clients::several_at_a_time;
use super::document::{MAX_DOCUMENT, Whole, parse, pull_scope};
use super::error::{RegistryError, RegistryErrorKind};
use super::fetch::Registries;
use super::release::identity;
use super::repository;
use super::request::Request;
use crate::bundle::artifact;
use crate::digest::Digest;
use crate::reference::BundleReference;

/// The most documents of one kind that are read, and the most pages of a list of them.
const MAX_REFERRERS: usize = 32;

/// A release that documents are about, by its place and its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Where it is.
    pub reference: BundleReference,
    /// What it is there.
    pub digest: Digest,
}

/// Who says what refers to a release.
pub(super) enum Referrers {
    /// The registry: these, all of the kind that was asked for.
    Listed(Vec<Descriptor>),
    /// The index at the tag, which lists documents of any kind.
    AtTag(Box<ImageIndex>),
}

/// Documents of one kind about one release.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) repository: String,
    pub(super) digest: Digest,
    pub(super) kind: MediaType,
}

impl Registries {
    /// Reads the documents of a kind about releases in registries, several at a time; each result is that of the subject
    /// in its place. Blocks.
    pub(in crate::bundle) fn documents_about(
        &self,
        subjects: &[Subject],
        kind: &str,
    ) -> Vec<Result<Vec<Vec<u8>>, Arc<RegistryError>>> {
        if subjects.is_empty() {
            return Vec::new();
        }
        let clients = self.clients(subjects.iter().map(|subject| &subject.reference));
        let read = subjects.iter().map(|subject| {
            let (client, about) = (clients.of(&subject.reference), About::new(subject, kind));
            async move {
                let client = client?;
                let read = client.within_deadline(client.documents(&about)).await;
                read.map_err(|kind| RegistryError::of(&client.host, kind))
            }
        });
        super::runtime::block_on(several_at_a_time(read)).unwrap_or_else(|cause| {
            let failed = |one: &Subject| Err(RegistryError::internal(&one.reference, &cause));
            subjects.iter().map(failed).collect()
        })
    }
}

impl About {
    pub(super) fn new(subject: &Subject, kind: &str) -> Self {
        Self {
            repository: repository(&subject.reference),
            digest: subject.digest.clone(),
            kind: MediaType::Other(kind.to_owned()),
        }
    }

    /// The tag of the index where the registry has no list.
    pub(super) fn tag(&self) -> String {
        format!("sha256-{}", self.digest.hex())
    }

    /// Whether an entry of a list is of the kind.
    pub(super) fn lists(&self, entry: &Descriptor) -> bool {
        entry.artifact_type().as_ref() == Some(&self.kind)
    }
}

impl Client {
    async fn documents(&self, about: &About) -> Result<Vec<Vec<u8>>, RegistryErrorKind> {
        let listed = match self.referrers(about).await? {
            Referrers::Listed(entries) => entries,
            Referrers::AtTag(index) => of_kind(&index, about).collect(),
        };
        if listed.len() > MAX_REFERRERS {
            return Err(RegistryErrorKind::TooManyReferrers(MAX_REFERRERS));
        }
        let mut documents = Vec::new();
        for entry in listed {
            documents.push(self.content(about, &entry).await?);
        }
        Ok(documents)
    }

    /// Asks for what refers to a release.
    pub(super) async fn referrers(&self, about: &About) -> Result<Referrers, RegistryErrorKind> {
        match self.list(about).await {
            Err(RegistryErrorKind::NotFound) => {}
            listed => return listed.map(Referrers::Listed),
        }
        match self.document(&about.repository, &about.tag()).await {
            Ok(index) => Ok(Referrers::AtTag(Box::new(parse("an index", &index.bytes)?))),
            Err(RegistryErrorKind::NotFound) => {
                Ok(Referrers::AtTag(Box::new(artifact::empty_index()?)))
            }
            Err(error) => Err(error),
        }
    }

    /// The list of a registry that has the referrers API; it may have several pages.
    async fn list(&self, about: &About) -> Result<Vec<Descriptor>, RegistryErrorKind> {
        let mut url = self.url(&format!("{}/referrers/{}", about.repository, about.digest));
        url.query_pairs_mut()
            .append_pair("artifactType", about.kind.as_ref());
        let mut entries = Vec::new();
        for _ in 0..MAX_REFERRERS {
            let accepted = HeaderValue::from_static("application/vnd.oci.image.index.v1+json");
            let request = Request::new(Method::GET, url, &pull_scope(&about.repository))
                .header(ACCEPT, accepted);
            let page = self.read(&request, MAX_DOCUMENT).await?;
            let index: ImageIndex = parse("a list of referrers", &page.bytes)?;
            entries.extend(of_kind(&index, about));
            match self.next_page(&page)? {
                Some(next) => url = next,
                None => return Ok(entries),
            }
        }
        Err(RegistryErrorKind::TooManyReferrers(MAX_REFERRERS))
    }

    fn next_page(&self, page: &Whole) -> Result<Option<Url>, RegistryErrorKind> {
        let next = next_link(&page.headers);
        next.map(|link| self.place(&page.url, link)).transpose()
    }

    /// What stands in a document that refers to a release.
    async fn content(
        &self,
        about: &About,
        entry: &Descriptor,
    ) -> Result<Vec<u8>, RegistryErrorKind> {
        let manifest = identity(entry)?.digest.to_string();
        let manifest = self.document(&about.repository, &manifest).await?;
        let manifest: ImageManifest = parse("a manifest", &manifest.bytes)?;
        match manifest.layers().as_slice() {
            [layer] if *layer.media_type() == about.kind => {
                self.small_blob(&about.repository, &identity(layer)?).await
            }
            _ => Err(RegistryErrorKind::Malformed {
                what: "an artifact",
                cause: format!("it is not one layer of the kind {}", about.kind),
            }),
        }
    }
}

fn of_kind(index: &ImageIndex, about: &About) -> impl Iterator<Item = Descriptor> {
    let entries = index.manifests().iter();
    entries.filter(|entry| about.lists(entry)).cloned()
}

/// The address in `<…>; rel="next"`.
fn next_link(headers: &HeaderMap) -> Option<&str> {
    let (link, parameters) = headers.get(LINK)?.to_str().ok()?.split_once('>')?;
    parameters
        .contains("rel=\"next\"")
        .then(|| link.strip_prefix('<'))?
}
