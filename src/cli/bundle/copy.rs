//! A packed release, given to a layout or a registry as it is, with the signatures that it has.

use std::collections::BTreeMap;

use oci_spec::image::Descriptor;

use super::cannot_keep_signatures;
use crate::bundle::layout::{Layout, LayoutError};
use crate::bundle::registry::{Overwrite, PushRequest, Pushed, Subject};
use crate::bundle::signature::Signatures;
use crate::bundle::{PackedRelease, Resolver};
use crate::failure::Failure;
use crate::reference::{BundleReference, Repo};

/// What goes where.
pub(super) struct Copy<'a> {
    pub(super) resolver: &'a Resolver,
    pub(super) source: &'a BundleReference,
    pub(super) release: &'a PackedRelease,
    pub(super) destination: &'a BundleReference,
    pub(super) overwrite: Overwrite,
}

impl Copy<'_> {
    /// Copies, and says in a few words what happened.
    pub(super) fn run(&self) -> Result<String, Failure> {
        let signatures = self.resolver.signatures(&self.at(self.source))?;
        let said = match &self.destination.repo {
            Repo::Directory(path) => self.to_layout(&Layout::at(path.as_path())),
            Repo::Registry { .. } => self.to_registry(),
        }?;
        if signatures.count() == 0 {
            return Ok(said.to_owned());
        }
        // Not to the mirror that stands for a registry where bundles are read.
        let there = Resolver {
            mirrors: BTreeMap::new(),
            ..self.resolver.clone()
        };
        // Those that are there already stay: they may be of others.
        let merge = |known: &mut Signatures| known.merge(&signatures);
        there
            .edit_signatures(&self.at(self.destination), merge)
            .map_err(cannot_keep_signatures)?;
        Ok(format!("{said}, {}", counted(signatures.count())))
    }

    /// The release in a place.
    fn at(&self, reference: &BundleReference) -> Subject {
        Subject {
            reference: reference.clone(),
            digest: self.release.digest.clone(),
        }
    }

    fn to_layout(&self, layout: &Layout) -> Result<&'static str, Failure> {
        let BundleReference { name, tag, .. } = self.destination;
        let name = format!("{name}:{tag}");
        layout
            .copy_release(&self.release.layout, self.manifest(), &name)
            .map_err(|error| self.failure(&error))?;
        Ok("copied")
    }

    fn to_registry(&self) -> Result<&'static str, Failure> {
        let parts = self.release.layout.parts(self.manifest());
        let parts = parts.map_err(|error| self.failure(&error))?;
        let request = PushRequest {
            reference: self.destination.clone(),
            manifest: self.manifest().clone(),
            manifest_bytes: parts.manifest,
            blobs: parts.blobs,
            overwrite: self.overwrite,
        };
        let pushed = self.resolver.registries.push(request);
        let pushed = pushed.map_err(|error| {
            let message = format!("cannot push the bundle {}", self.destination);
            match error.kind.is_environment() {
                true => Failure::environment(message).because(&error),
                false => Failure::refused(message).because(&error),
            }
        })?;
        Ok(match pushed {
            Pushed::New => "pushed",
            Pushed::AlreadyThere => "already there",
        })
    }

    fn manifest(&self) -> &Descriptor {
        &self.release.manifest
    }

    fn failure(&self, error: &LayoutError) -> Failure {
        Failure::environment(format!("cannot copy the bundle to {}", self.destination))
            .because(error)
    }
}

fn counted(signatures: usize) -> String {
    match signatures {
        1 => "with 1 signature".to_owned(),
        count => format!("with {count} signatures"),
    }
}

/// A bundle is found by the name and tag that it says itself, so it gets no others.
pub(super) fn agree(found: &BundleReference, destination: &BundleReference) -> Result<(), Failure> {
    let BundleReference { name, tag, .. } = found;
    if (name, tag) == (&destination.name, &destination.tag) {
        return Ok(());
    }
    let message = format!("{destination} is no place for the bundle {name}:{tag}");
    let help = format!("write {}/{name}:{tag}", destination.repo);
    Err(Failure::refused(message).help(help))
}
