//! Where the signatures of a release are kept: beside it, under a name that follows from its
//! digest, so that whoever has the release finds them without an index.
//!
//! In an OCI image layout they are an artifact that refers to the bundle's manifest, tagged
//! `sha256-HEX.ddtsig`. In a registry they are such an artifact, too, found as the OCI distribution
//! specification says: by the referrers API, or else by the index tagged `sha256-HEX`. Beside source
//! trees they are the file `NAME.ddtsig/sha256-HEX.json`.

use std::fs::File;
use std::io::{self, Read, Write};

use camino::{Utf8Path, Utf8PathBuf};

use super::signatures::{MAX_BYTES, Signatures, SignaturesError};
use crate::bundle::layout::{Attachment, Layout, LayoutError};
use crate::bundle::registry::Subject;
use crate::bundle::resolve::{ResolveError, ResolveErrorKind, Resolver};
use crate::digest::Digest;
use crate::files::{Audience, create_directory, finish_file, start_file};
use crate::name::Name;

/// The media type of the document, and the type of the artifact that holds it.
pub const MEDIA_TYPE: &str = "application/vnd.ddt.signatures.v1+json";

/// The tag under which the signatures of a bundle are kept beside it.
pub fn tag(digest: &Digest) -> String {
    format!("sha256-{}.ddtsig", digest.hex())
}

/// How often signatures are written when somebody else writes them at the same time.
const ATTEMPTS: usize = 5;

impl Resolver {
    /// Reads the signatures of a release; there are none where nobody signed.
    pub fn signatures(&self, release: &Subject) -> Result<Signatures, ResolveError> {
        let all = self.signatures_of(std::slice::from_ref(release));
        all.into_iter().next().unwrap_or(Ok(Signatures::default()))
    }

    /// Reads the signatures of releases, in their order; those in registries at the same time.
    pub fn signatures_of(&self, releases: &[Subject]) -> Vec<Result<Signatures, ResolveError>> {
        let is_remote = |release: &&Subject| self.directory(&release.reference.repo).is_none();
        let remote: Vec<_> = releases.iter().filter(is_remote).cloned().collect();
        let mut remote = self
            .registries
            .documents_about(&remote, MEDIA_TYPE)
            .into_iter();
        let read = releases.iter().map(|release| {
            let documents = match self.directory(&release.reference.repo) {
                Some(directory) => read(&directory, release).map(|one| one.into_iter().collect()),
                None => remote
                    .next()
                    .unwrap_or(Ok(Vec::new()))
                    .map_err(ResolveErrorKind::Registry),
            };
            let signatures = documents.and_then(|documents| merged(&documents));
            signatures.map_err(|kind| ResolveError::new(&release.reference, kind))
        });
        read.collect()
    }

    /// Changes the signatures of a release. Looks afterwards whether all are there that should be, and does it again if
    /// somebody else changed them at the same time.
    pub fn edit_signatures(
        &self,
        release: &Subject,
        edit: impl Fn(&mut Signatures),
    ) -> Result<(), ResolveError> {
        for _ in 0..ATTEMPTS {
            let before = self.signatures(release)?;
            let mut after = before.clone();
            edit(&mut after);
            if before.includes(&after) {
                return Ok(());
            }
            self.keep_signatures(release, &after)?;
        }
        let kind = ResolveErrorKind::SignaturesChange;
        Err(ResolveError::new(&release.reference, kind))
    }

    /// Keeps these signatures of a release, and none of those that it had.
    pub fn replace_signatures(
        &self,
        release: &Subject,
        signatures: &Signatures,
    ) -> Result<(), ResolveError> {
        self.keep_signatures(release, signatures)?;
        match self.signatures(release)? == *signatures {
            true => Ok(()),
            false => Err(ResolveError::new(
                &release.reference,
                ResolveErrorKind::SignaturesStay,
            )),
        }
    }

    fn keep_signatures(
        &self,
        release: &Subject,
        signatures: &Signatures,
    ) -> Result<(), ResolveError> {
        let allowed = signatures.check_count();
        allowed.map_err(|error| ResolveError::new(&release.reference, error.into()))?;
        let text = signatures.text();
        let kept = match self.directory(&release.reference.repo) {
            Some(directory) => write(&directory, release, text.as_bytes()),
            None => {
                let attached = self.registries.attach(release, MEDIA_TYPE, text.as_bytes());
                attached.map_err(ResolveErrorKind::Registry)
            }
        };
        kept.map_err(|kind| ResolveError::new(&release.reference, kind))
    }
}

/// The signatures of several documents about one release.
fn merged(documents: &[Vec<u8>]) -> Result<Signatures, ResolveErrorKind> {
    let mut all = Signatures::default();
    for document in documents {
        all.merge(&Signatures::read(document)?);
        all.check_count()?;
    }
    Ok(all)
}

fn write(directory: &Utf8Path, release: &Subject, bytes: &[u8]) -> Result<(), ResolveErrorKind> {
    let Subject { reference, digest } = release;
    if Layout::is_at(directory) {
        let attachment = Attachment {
            kind: MEDIA_TYPE,
            content: bytes,
            name: &name_in_layout(&reference.name, digest),
            subject: &format!("{}:{}", reference.name, reference.tag),
        };
        return Ok(Layout::at(directory).attach(&attachment)?);
    }
    let path = path(directory, &reference.name, digest);
    write_file(&path, bytes).map_err(|cause| LayoutError::Write { path, cause }.into())
}

fn read(directory: &Utf8Path, release: &Subject) -> Result<Option<Vec<u8>>, ResolveErrorKind> {
    let (bundle, digest) = (&release.reference.name, &release.digest);
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
