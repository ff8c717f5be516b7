//! Writing a layout: blobs appear whole, and the index changes at once, under a lock.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};

use oci_spec::image::{ANNOTATION_REF_NAME, Descriptor, ImageIndex, MediaType};

use super::{INDEX, Layout, LayoutError, MARKER, digest_of, ref_name};
use crate::bundle::archive;
use crate::bundle::artifact::{self, EMPTY_CONFIG};
use crate::bundle::hashing::{HashingWriter, Identity};
use crate::bundle::tree::Tree;
use crate::digest::Digest;
use crate::files::{Audience, create_directory, finish_file, start_file};

impl Layout {
    /// Adds a bundle under `NAME:TAG`, in place of what had that name, and returns the
    /// digest of its manifest. The directory becomes a layout if it is none yet.
    pub fn add(&self, tree: &Tree, name: &str) -> Result<Digest, LayoutError> {
        self.create()?;
        let layer = self.write_blob(|out| archive::pack(tree, out))?;
        self.write_blob(|out| out.write_all(EMPTY_CONFIG))?;
        let manifest = artifact::manifest(&layer)?;
        let manifest = self.write_blob(|out| out.write_all(&manifest))?;
        let mut descriptor = artifact::describe(MediaType::ImageManifest, &manifest)?;
        descriptor.set_artifact_type(Some(artifact::ARTIFACT_TYPE.into()));
        self.enter_as(descriptor, name)?;
        Ok(manifest.digest)
    }

    /// Gives a manifest a name, and takes it from the one that had it.
    pub(super) fn enter_as(&self, mut release: Descriptor, name: &str) -> Result<(), LayoutError> {
        let name_of_it = HashMap::from([(ANNOTATION_REF_NAME.to_owned(), name.to_owned())]);
        release.set_annotations(Some(name_of_it));
        self.enter(release, name)
    }

    pub(super) fn create(&self) -> Result<(), LayoutError> {
        let failed = |cause| self.write_error(cause);
        create_directory(&self.root, Audience::Everyone).map_err(failed)?;
        if !Self::is_at(&self.root) {
            let mut entries = self.root.read_dir_utf8().map_err(failed)?;
            if entries.next().is_some() {
                return Err(LayoutError::Occupied(self.root.clone()));
            }
            self.replace(MARKER, br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        }
        for directory in ["blobs", "blobs/sha256"] {
            create_directory(&self.root.join(directory), Audience::Everyone).map_err(failed)?;
        }
        Ok(())
    }

    pub(super) fn write_blob(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Identity, LayoutError> {
        let blobs = self.root.join("blobs/sha256");
        let write_all = || {
            let mut file = start_file(&blobs)?;
            let mut out = HashingWriter::new(BufWriter::new(file.as_file_mut()));
            write(&mut out)?;
            out.flush()?;
            let (_, identity) = out.finish();
            let path = blobs.join(identity.digest.hex());
            finish_file(file, path, Audience::Everyone)?;
            io::Result::Ok(identity)
        };
        write_all().map_err(|cause| self.write_error(cause))
    }

    /// Enters a manifest into the index. Two builds at a time do not lose each other's.
    pub(super) fn enter(&self, descriptor: Descriptor, name: &str) -> Result<(), LayoutError> {
        let lock = File::open(&self.root).and_then(|directory| {
            directory.lock()?;
            Ok(directory)
        });
        let _lock = lock.map_err(|cause| self.write_error(cause))?;
        let mut index = self.index_or_empty()?;
        let mut manifests = index.manifests().clone();
        manifests.retain(|other| ref_name(other) != Some(name));
        manifests.push(descriptor);
        manifests.sort_by_cached_key(|one| {
            let digest = digest_of(one).map(|digest| digest.to_string());
            (ref_name(one).map(str::to_owned), digest.ok())
        });
        index.set_manifests(manifests);
        let text = index.to_string_pretty()?;
        self.replace(INDEX, text.as_bytes())
    }

    fn index_or_empty(&self) -> Result<ImageIndex, LayoutError> {
        if self.root.join(INDEX).exists() {
            return self.index();
        }
        Ok(artifact::empty_index()?)
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), LayoutError> {
        let replace = || {
            let mut file = start_file(&self.root)?;
            file.write_all(bytes)?;
            finish_file(file, self.root.join(name), Audience::Everyone)
        };
        replace()
            .map(|_| ())
            .map_err(|cause| self.write_error(cause))
    }

    fn write_error(&self, cause: io::Error) -> LayoutError {
        LayoutError::Write {
            path: self.root.clone(),
            cause,
        }
    }
}
