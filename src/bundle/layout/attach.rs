//! Documents that are attached to a release: an artifact with one layer, which refers to the
//! release's manifest as its subject (OCI image specification 1.1).

use std::collections::HashMap;

use oci_spec::image::{ANNOTATION_REF_NAME, Descriptor, MediaType};

use super::{Layout, LayoutError};
use crate::bundle::artifact::{self, EMPTY_CONFIG};

/// A document about a release.
#[derive(Clone, Copy, Debug)]
pub(in crate::bundle) struct Attachment<'a> {
    /// Its media type.
    pub(in crate::bundle) kind: &'a str,
    /// Its bytes.
    pub(in crate::bundle) content: &'a [u8],
    /// The `NAME:TAG` that it is found by.
    pub(in crate::bundle) name: &'a str,
    /// The `NAME:TAG` of the release.
    pub(in crate::bundle) subject: &'a str,
}

impl Layout {
    /// Attaches a document, in place of what had its name.
    pub(in crate::bundle) fn attach(&self, attachment: &Attachment<'_>) -> Result<(), LayoutError> {
        let subject = self.find(attachment.subject)?.map(|mut subject| {
            subject.set_annotations(None);
            subject
        });
        let layer = self.write_blob(|out| out.write_all(attachment.content))?;
        self.write_blob(|out| out.write_all(EMPTY_CONFIG))?;
        let kind = MediaType::Other(attachment.kind.to_owned());
        let text = artifact::document(&kind, &layer, subject)?;
        let manifest = self.write_blob(|out| out.write_all(&text))?;
        let mut descriptor = artifact::describe(MediaType::ImageManifest, &manifest)?;
        descriptor.set_artifact_type(Some(kind));
        let name = attachment.name.to_owned();
        descriptor.set_annotations(Some(HashMap::from([(
            ANNOTATION_REF_NAME.to_owned(),
            name,
        )])));
        self.enter(descriptor, attachment.name)
    }

    /// Reads a document that is attached, verified like every blob.
    pub(in crate::bundle) fn attached(
        &self,
        name: &str,
        kind: &str,
    ) -> Result<Option<Vec<u8>>, LayoutError> {
        let Some(artifact) = self.find(name)? else {
            return Ok(None);
        };
        match self.manifest(&artifact)?.layers().as_slice() {
            [layer] if is_of(layer, kind) => self.read_document(layer).map(Some),
            _ => Err(LayoutError::NotAttached(name.to_owned())),
        }
    }
}

fn is_of(layer: &Descriptor, kind: &str) -> bool {
    layer.media_type().to_string() == kind
}
