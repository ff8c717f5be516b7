//! Where the signatures of a release are kept: beside it, under a name that follows from its
//! digest, so that whoever has the release finds them without an index.
//!
//! In an OCI image layout they are an artifact that refers to the bundle's manifest, tagged
//! `sha256-HEX.ddtsig`; a registry can hold it the same way. Beside source trees they are the
//! file `NAME.ddtsig/sha256-HEX.json`.

use std::fs::File;
use std::io::{self, Read, Write};

use camino::{Utf8Path, Utf8PathBuf};

use super::signatures::{MAX_BYTES, Signatures, SignaturesError};
use crate::bundle::layout::{Attachment, Layout, LayoutError};
use crate::bundle::resolve::{ResolveError, ResolveErrorKind, Resolver};
use crate::digest::Digest;
use crate::files::{Audience, create_directory, finish_file, start_file};
use crate::name::Name;
use crate::reference::BundleReference;

/// The media type of the document, and the type of the artifact that holds it.
pub const MEDIA_TYPE: &str = "application/vnd.ddt.signatures.v1+json";

/// The tag under which the signatures of a bundle are kept beside it.
pub fn tag(digest: &Digest) -> String {
    format!("sha256-{}.ddtsig", digest.hex())
}

impl Resolver {
    /// Reads the signatures of a release; there are none where nobody signed.
    pub fn signatures(
        &self,
        reference: &BundleReference,
        digest: &Digest,
    ) -> Result<Signatures, ResolveError> {
        let read = || {
            let directory = self.signed_directory(reference)?;
            match read(&directory, &reference.name, digest)? {
                Some(bytes) => Ok(Signatures::read(&bytes)?),
                None => Ok(Signatures::default()),
            }
        };
        read().map_err(|kind: ResolveErrorKind| ResolveError::new(reference, kind))
    }

    /// The directory that has the signatures of a repo.
    fn signed_directory(
        &self,
        reference: &BundleReference,
    ) -> Result<Utf8PathBuf, ResolveErrorKind> {
        let directory = self.directory(&reference.repo);
        directory.ok_or(ResolveErrorKind::SignaturesInRegistry)
    }

    /// Keeps the signatures of a release, in place of those that it had.
    pub fn keep_signatures(
        &self,
        reference: &BundleReference,
        digest: &Digest,
        signatures: &Signatures,
    ) -> Result<(), ResolveError> {
        let write = || {
            let directory = self.signed_directory(reference)?;
            let text = signatures.text();
            if Layout::is_at(&directory) {
                let attachment = Attachment {
                    kind: MEDIA_TYPE,
                    content: text.as_bytes(),
                    name: &name_in_layout(&reference.name, digest),
                    subject: &format!("{}:{}", reference.name, reference.tag),
                };
                return Ok(Layout::at(directory).attach(&attachment)?);
            }
            let path = path(&directory, &reference.name, digest);
            write_file(&path, text.as_bytes())
                .map_err(|cause| LayoutError::Write { path, cause }.into())
        };
        write().map_err(|kind: ResolveErrorKind| ResolveError::new(reference, kind))
    }
}

fn read(
    directory: &Utf8Path,
    bundle: &Name,
    digest: &Digest,
) -> Result<Option<Vec<u8>>, ResolveErrorKind> {
    if Layout::is_at(directory) {
        let name = name_in_layout(bundle, digest);
        return Ok(Layout::at(directory).attached(&name, MEDIA_TYPE)?);
    }
    let path = path(directory, bundle, digest);
    match File::open(&path) {
        Ok(file) => {
            let mut bytes = Vec::new();
            file.take(MAX_BYTES + 1)
                .read_to_end(&mut bytes)
                .map_err(|cause| LayoutError::Read { path, cause })?;
            Ok(Some(bytes))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(LayoutError::Read { path, cause }.into()),
    }
}

fn name_in_layout(bundle: &Name, digest: &Digest) -> String {
    format!("{bundle}:{}", tag(digest))
}

fn path(directory: &Utf8Path, bundle: &Name, digest: &Digest) -> Utf8PathBuf {
    let beside = directory.join(format!("{bundle}.ddtsig"));
    beside.join(format!("sha256-{}.json", digest.hex()))
}

fn write_file(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Utf8Path::new("."));
    create_directory(directory, Audience::Everyone)?;
    let mut file = start_file(directory)?;
    file.write_all(bytes)?;
    finish_file(file, path.to_owned(), Audience::Everyone).map(|_| ())
}

impl From<SignaturesError> for ResolveErrorKind {
    fn from(error: SignaturesError) -> Self {
        Self::Signatures(error)
    }
}
