//! From a reference to a payload: finds a release, checks it, and keeps the archive that
//! nodes are sent.

mod error;
mod repository;

pub use error::{ResolveError, ResolveErrorKind};

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use oci_spec::image::Descriptor;

use super::artifact;
use super::cache::{PayloadCache, canonical};
use super::content::read_descriptor;
use super::descriptor::BundleDescriptor;
use super::hashing::Identity;
use super::layout::Layout;
use super::meter::Limits;
use super::registry::{Registries, RegistryOrigin, Subject, WantedRelease};
use super::source_tree;
use super::tree::Tree;
use super::unpack::Unpacker;
use crate::digest::Digest;
use crate::node::Payload;
use crate::reference::{BundleReference, RegistryHost, Repo};
use repository::Place;

/// Finds bundles and keeps their payloads.
#[derive(Clone, Debug)]
pub struct Resolver {
    /// Directories that stand for registries (`registries.HOST.mirror`).
    pub mirrors: BTreeMap<RegistryHost, Utf8PathBuf>,
    /// The registries that nothing stands for.
    pub registries: Arc<Registries>,
    /// Where payloads are kept.
    pub cache: PayloadCache,
    /// What one bundle may hold.
    pub limits: Limits,
}

/// A release, ready to be sent.
#[derive(Clone, Debug)]
pub struct ResolvedBundle {
    /// What was asked for.
    pub reference: BundleReference,
    /// The digest of the bundle: that of its OCI manifest.
    pub digest: Digest,
    /// The archive that nodes are sent.
    pub payload: Payload,
    /// What the bundle says of itself.
    pub descriptor: BundleDescriptor,
}

/// A release that was found and is as it should be; nothing of it is stored yet.
#[derive(Clone, Debug)]
pub struct FoundBundle {
    /// What was asked for.
    pub reference: BundleReference,
    /// What the bundle says of itself.
    pub descriptor: BundleDescriptor,
    content: Content,
}

/// A release in a layout, whatever it holds.
#[derive(Clone, Debug)]
pub struct PackedRelease {
    /// The layout, which may be the store of what was fetched.
    pub layout: Layout,
    /// Refers to the image manifest.
    pub manifest: Descriptor,
    /// The digest of what the reference names.
    pub digest: Digest,
    /// Where it was found, for messages.
    pub origin: Utf8PathBuf,
}

/// A bundle's content, before it is known what was asked for.
#[derive(Clone, Debug)]
struct Content {
    tree: Tree,
    origin: Utf8PathBuf,
    /// Known before packing where the bundle comes from a layout.
    digest: Option<Digest>,
}

impl Resolver {
    /// Finds a release and stores its payload: [`find`](Self::find), then [`keep`](Self::keep).
    pub fn resolve(
        &self,
        reference: &BundleReference,
        pin: Option<&Digest>,
    ) -> Result<ResolvedBundle, ResolveError> {
        self.keep(self.find(reference, pin)?)
    }

    /// Finds a release and checks it. With a pin, any other digest is refused.
    ///
    /// Blocks on the disk. A relative `dir:PATH` starts at the working directory: see
    /// [`Repo::relative_to`].
    pub fn find(
        &self,
        reference: &BundleReference,
        pin: Option<&Digest>,
    ) -> Result<FoundBundle, ResolveError> {
        self.checked(reference, pin)
            .map_err(|kind| ResolveError::new(reference, kind))
    }

    /// Stores the payload of a release that was found.
    pub fn keep(&self, found: FoundBundle) -> Result<ResolvedBundle, ResolveError> {
        let reference = found.reference.clone();
        self.store(found)
            .map_err(|kind| ResolveError::new(&reference, kind))
    }

    fn checked(
        &self,
        reference: &BundleReference,
        pin: Option<&Digest>,
    ) -> Result<FoundBundle, ResolveErrorKind> {
        let content = self.content(reference, pin)?;
        let descriptor = content.descriptor()?;
        if descriptor.bundle != reference.name || descriptor.tag != reference.tag {
            return Err(ResolveErrorKind::Disagrees {
                origin: content.origin,
                says: format!("{}:{}", descriptor.bundle, descriptor.tag),
            });
        }
        // What is packed was held against the pin before it was unpacked.
        if pin.is_some() && content.digest.is_none() {
            check_pin(pin, &content.digest(&content.layer()?)?)?;
        }
        Ok(FoundBundle {
            reference: reference.clone(),
            descriptor,
            content,
        })
    }

    /// Takes the source tree in a directory, whatever its name and tag are.
    pub fn resolve_source_tree(
        &self,
        directory: &Utf8Path,
    ) -> Result<ResolvedBundle, ResolveErrorKind> {
        let content = Content {
            tree: source_tree::read(directory)?,
            origin: directory.to_owned(),
            digest: None,
        };
        let descriptor = content.descriptor()?;
        let above = directory.parent().unwrap_or(Utf8Path::new(""));
        let reference = BundleReference {
            repo: Repo::Directory(above.to_owned()),
            name: descriptor.bundle.clone(),
            tag: descriptor.tag.clone(),
        };
        self.store(FoundBundle {
            reference,
            descriptor,
            content,
        })
    }

    /// Fetches the releases of registries, several at a time, so that finding them does not wait. What fails is told
    /// when it is found.
    pub fn prefetch(&self, releases: &[WantedRelease]) {
        let remote = releases
            .iter()
            .filter(|release| self.directory(&release.reference.repo).is_none());
        self.registries
            .fetch_all(&remote.cloned().collect::<Vec<_>>());
    }

    /// Finds a release that is packed, to be copied as it is. Its content is not looked at.
    pub fn packed(&self, reference: &BundleReference) -> Result<PackedRelease, ResolveError> {
        let packed = match self.place(reference, None) {
            Ok(Place::Packed(packed)) => Ok(*packed),
            Ok(Place::SourceTree(path)) => Err(ResolveErrorKind::NotPacked(path)),
            Err(kind) => Err(kind),
        };
        packed.map_err(|kind| ResolveError::new(reference, kind))
    }

    /// Where nodes read the payloads of releases themselves: those that came from registries.
    pub fn origin<'a>(&self, bundles: impl Iterator<Item = &'a ResolvedBundle>) -> RegistryOrigin {
        let remote = bundles.filter(|bundle| self.directory(&bundle.reference.repo).is_none());
        let releases = remote
            .map(|bundle| (bundle.payload.digest.clone(), bundle.reference.clone()))
            .collect();
        RegistryOrigin::new(Arc::clone(&self.registries), releases)
    }

    fn content(
        &self,
        reference: &BundleReference,
        pin: Option<&Digest>,
    ) -> Result<Content, ResolveErrorKind> {
        match self.place(reference, pin)? {
            Place::Packed(release) => {
                check_pin(pin, &release.digest)?;
                let scratch = || self.cache.scratch();
                let spool = scratch().map_err(ResolveErrorKind::Cache)?;
                let mut unpacker = Unpacker::new(spool, self.limits);
                let PackedRelease {
                    layout, manifest, ..
                } = &*release;
                layout.unpack(manifest, &mut unpacker, &scratch)?;
                Ok(Content {
                    tree: unpacker.finish()?,
                    origin: release.origin,
                    digest: Some(release.digest),
                })
            }
            Place::SourceTree(origin) => Ok(Content {
                tree: source_tree::read(&origin)?,
                origin,
                digest: None,
            }),
        }
    }

    /// Where a release is, which is fetched if it has to be.
    fn place(
        &self,
        reference: &BundleReference,
        pin: Option<&Digest>,
    ) -> Result<Place, ResolveErrorKind> {
        if let Some(directory) = self.directory(&reference.repo) {
            return Place::find(&directory, reference);
        }
        let fetched = self.registries.fetch(&WantedRelease {
            reference: reference.clone(),
            pin: pin.cloned(),
        })?;
        Ok(Place::Packed(Box::new(PackedRelease {
            layout: self.registries.store.layout(),
            origin: reference.to_string().into(),
            digest: fetched.digest,
            manifest: fetched.manifest,
        })))
    }

    /// The directory that a repo means on this machine; none if it is in a registry.
    pub(super) fn directory(&self, repo: &Repo) -> Option<Utf8PathBuf> {
        match repo {
            Repo::Directory(path) => Some(path.clone()),
            Repo::Registry { host, prefix } => match self.mirrors.get(host) {
                Some(mirror) if prefix.is_empty() => Some(mirror.clone()),
                mirror => mirror.map(|mirror| mirror.join(prefix)),
            },
        }
    }

    fn store(&self, found: FoundBundle) -> Result<ResolvedBundle, ResolveErrorKind> {
        let layer = found.content.layer()?;
        let digest = found.content.digest(&layer)?;
        let payload = self.cache.store(&found.content.tree, layer.digest);
        Ok(ResolvedBundle {
            reference: found.reference,
            digest,
            payload: payload.map_err(ResolveErrorKind::Cache)?,
            descriptor: found.descriptor,
        })
    }
}

impl ResolvedBundle {
    /// What signatures of the release are about.
    pub fn subject(&self) -> Subject {
        Subject {
            reference: self.reference.clone(),
            digest: self.digest.clone(),
        }
    }
}

impl Content {
    fn descriptor(&self) -> Result<BundleDescriptor, ResolveErrorKind> {
        read_descriptor(&self.tree, &self.origin).map_err(ResolveErrorKind::Descriptor)
    }

    /// The layer that the tree is in a layout. It is packed for this, to nowhere.
    fn layer(&self) -> Result<Identity, ResolveErrorKind> {
        canonical(&self.tree).map_err(ResolveErrorKind::Cache)
    }

    /// The digest that the bundle has in an image layout, or would have with its layer.
    fn digest(&self, layer: &Identity) -> Result<Digest, ResolveErrorKind> {
        match &self.digest {
            Some(digest) => Ok(digest.clone()),
            None => Ok(Digest::of(&artifact::manifest(layer)?)),
        }
    }
}

/// Refuses another digest than the pinned one.
fn check_pin(pin: Option<&Digest>, found: &Digest) -> Result<(), ResolveErrorKind> {
    match pin {
        Some(pinned) if pinned != found => Err(ResolveErrorKind::Pin {
            pinned: pinned.clone(),
            found: found.clone(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
