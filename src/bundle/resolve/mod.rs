//! From a reference to a payload: finds a release, checks it, and keeps the archive that
//! nodes are sent.

mod error;
mod repository;

pub use error::{ResolveError, ResolveErrorKind};

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::artifact;
use super::cache::PayloadCache;
use super::content::read_descriptor;
use super::descriptor::BundleDescriptor;
use super::hashing::Identity;
use super::layout::digest_of;
use super::meter::Limits;
use super::source_tree;
use super::tree::Tree;
use super::unpack::Unpacker;
use crate::digest::Digest;
use crate::node::Payload;
use crate::reference::{BundleReference, RegistryHost, Repo};
use repository::Repository;

/// Finds bundles and keeps their payloads.
#[derive(Clone, Debug)]
pub struct Resolver {
    /// Directories that stand for registries (`registries.HOST.mirror`).
    pub mirrors: BTreeMap<RegistryHost, Utf8PathBuf>,
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

/// A bundle's content, before it is known what was asked for.
struct Found {
    tree: Tree,
    origin: Utf8PathBuf,
    /// Known before packing where the bundle comes from a layout.
    digest: Option<Digest>,
}

impl Resolver {
    /// Finds a release and stores its payload. With a pin, any other digest is refused.
    ///
    /// Blocks on the disk. A relative `dir:PATH` starts at the working directory: see
    /// [`Repo::relative_to`].
    pub fn resolve(
        &self,
        reference: &BundleReference,
        pin: Option<&Digest>,
    ) -> Result<ResolvedBundle, ResolveError> {
        self.resolve_kind(reference, pin)
            .map_err(|kind| ResolveError {
                reference: Box::new(reference.clone()),
                kind,
            })
    }

    fn resolve_kind(
        &self,
        reference: &BundleReference,
        pin: Option<&Digest>,
    ) -> Result<ResolvedBundle, ResolveErrorKind> {
        let found = self.find(reference)?;
        let descriptor = found.descriptor()?;
        if descriptor.bundle != reference.name || descriptor.tag != reference.tag {
            return Err(ResolveErrorKind::Disagrees {
                origin: found.origin,
                says: format!("{}:{}", descriptor.bundle, descriptor.tag),
            });
        }
        let bundle = self.keep(&found, descriptor, reference.clone())?;
        match pin.filter(|pin| **pin != bundle.digest) {
            None => Ok(bundle),
            Some(pin) => Err(ResolveErrorKind::Pin {
                pinned: pin.clone(),
                found: bundle.digest,
            }),
        }
    }

    /// Takes the source tree in a directory, whatever its name and tag are.
    pub fn resolve_source_tree(
        &self,
        directory: &Utf8Path,
    ) -> Result<ResolvedBundle, ResolveErrorKind> {
        let found = Found {
            tree: source_tree::read(directory)?,
            origin: directory.to_owned(),
            digest: None,
        };
        let descriptor = found.descriptor()?;
        let above = directory.parent().unwrap_or(Utf8Path::new(""));
        let reference = BundleReference {
            repo: Repo::Directory(above.to_owned()),
            name: descriptor.bundle.clone(),
            tag: descriptor.tag.clone(),
        };
        self.keep(&found, descriptor, reference)
    }

    fn find(&self, reference: &BundleReference) -> Result<Found, ResolveErrorKind> {
        let directory = self.directory(&reference.repo)?;
        match Repository::find(&directory, reference)? {
            Repository::Layout(layout, release) => {
                let scratch = || self.cache.scratch();
                let spool = scratch().map_err(ResolveErrorKind::Cache)?;
                let mut unpacker = Unpacker::new(spool, self.limits);
                layout.unpack(&release, &mut unpacker, &scratch)?;
                Ok(Found {
                    tree: unpacker.finish()?,
                    origin: directory,
                    digest: Some(digest_of(&release)?),
                })
            }
            Repository::SourceTree(origin) => Ok(Found {
                tree: source_tree::read(&origin)?,
                origin,
                digest: None,
            }),
        }
    }

    /// The directory that a repo means on this machine.
    fn directory(&self, repo: &Repo) -> Result<Utf8PathBuf, ResolveErrorKind> {
        match repo {
            Repo::Directory(path) => Ok(path.clone()),
            Repo::Registry { host, prefix } => match self.mirrors.get(host) {
                Some(mirror) if prefix.is_empty() => Ok(mirror.clone()),
                Some(mirror) => Ok(mirror.join(prefix)),
                None => Err(ResolveErrorKind::NoMirror(host.clone())),
            },
        }
    }

    fn keep(
        &self,
        found: &Found,
        descriptor: BundleDescriptor,
        reference: BundleReference,
    ) -> Result<ResolvedBundle, ResolveErrorKind> {
        let payload = self.cache.store(&found.tree);
        let payload = payload.map_err(ResolveErrorKind::Cache)?;
        let digest = match &found.digest {
            Some(digest) => digest.clone(),
            None => digest_of_artifact(&payload)?,
        };
        Ok(ResolvedBundle {
            reference,
            digest,
            payload,
            descriptor,
        })
    }
}

impl Found {
    fn descriptor(&self) -> Result<BundleDescriptor, ResolveErrorKind> {
        read_descriptor(&self.tree, &self.origin).map_err(ResolveErrorKind::Descriptor)
    }
}

/// The digest that the bundle would have in an image layout.
fn digest_of_artifact(payload: &Payload) -> Result<Digest, ResolveErrorKind> {
    let layer = Identity {
        digest: payload.digest.clone(),
        size: payload.size,
    };
    Ok(Digest::of(&artifact::manifest(&layer)?))
}

#[cfg(test)]
mod tests;
