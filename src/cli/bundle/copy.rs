//! A packed release, given to a layout or a registry as it is.

use oci_spec::image::Descriptor;

use crate::bundle::layout::{Layout, LayoutError};
use crate::bundle::registry::{Overwrite, PushRequest, Pushed};
use crate::bundle::{PackedRelease, Resolver};
use crate::failure::Failure;
use crate::reference::{BundleReference, Repo};

/// What goes where.
pub(super) struct Copy<'a> {
    pub(super) resolver: &'a Resolver,
    pub(super) release: &'a PackedRelease,
    pub(super) destination: &'a BundleReference,
    pub(super) overwrite: Overwrite,
}

impl Copy<'_> {
    /// Copies, and says in a word what happened.
    pub(super) fn run(&self) -> Result<&'static str, Failure> {
        match &self.destination.repo {
            Repo::Directory(path) => self.to_layout(&Layout::at(path.as_path())),
            Repo::Registry { .. } => self.to_registry(),
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
