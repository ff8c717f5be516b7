//! Which document a text is, told by its shape.

use std::sync::LazyLock;

use camino::Utf8Path;

use crate::bundle::{BundleDescriptor, LOCK_FILE_NAME};
use crate::component::ComponentDefinition;
use crate::document::DocumentSchema;
use crate::hjson::Tree;
use crate::inventory::Inventory;
use crate::manifest::Manifest;
use crate::project::{self, Project};

/// The kinds of document that ddt reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// What a zone should run.
    Manifest,
    /// Which machines a zone is.
    Inventory,
    /// How the packages of a component are deployed.
    Component,
    /// What a release bundle is.
    Bundle,
    /// The project's configuration, `ddt.hjson`.
    Project,
    /// `ddt.lock`, which nobody but ddt writes.
    Lock,
    /// None of them: only the text itself can be linted.
    Unknown,
}

impl DocumentKind {
    /// The kind whose root keys the text has most of; of equals, the one listed first.
    pub fn recognise(path: &Utf8Path, tree: &Tree) -> Self {
        match path.file_name() {
            Some(project::FILE_NAME) => return Self::Project,
            Some(LOCK_FILE_NAME) => return Self::Lock,
            _ => {}
        }
        let kinds = [
            Self::Manifest,
            Self::Inventory,
            Self::Component,
            Self::Bundle,
        ];
        let scored = kinds.map(|kind| (kind.count_known_keys(tree), kind));
        let best = scored.iter().map(|(score, _)| *score).max().unwrap_or(0);
        let first = scored.into_iter().find(|(score, _)| *score == best);
        first
            .filter(|_| best > 0)
            .map_or(Self::Unknown, |(_, kind)| kind)
    }

    fn count_known_keys(self, tree: &Tree) -> usize {
        let keys = tree.root().into_iter().flat_map(|root| root.members());
        keys.filter(|member| self.knows(&member.key.text())).count()
    }

    fn knows(self, key: &str) -> bool {
        self.schema().is_some_and(|schema| schema.has_root_key(key))
    }

    /// The schema of the kind, where the linter checks the shape. Generated once.
    pub fn schema(self) -> Option<&'static DocumentSchema> {
        static MANIFEST: LazyLock<DocumentSchema> = LazyLock::new(DocumentSchema::of::<Manifest>);
        static INVENTORY: LazyLock<DocumentSchema> = LazyLock::new(DocumentSchema::of::<Inventory>);
        static COMPONENT: LazyLock<DocumentSchema> =
            LazyLock::new(DocumentSchema::of::<ComponentDefinition>);
        static BUNDLE: LazyLock<DocumentSchema> =
            LazyLock::new(DocumentSchema::of::<BundleDescriptor>);
        static PROJECT: LazyLock<DocumentSchema> = LazyLock::new(DocumentSchema::of::<Project>);
        match self {
            Self::Manifest => Some(&MANIFEST),
            Self::Inventory => Some(&INVENTORY),
            Self::Component => Some(&COMPONENT),
            Self::Bundle => Some(&BUNDLE),
            Self::Project => Some(&PROJECT),
            Self::Lock | Self::Unknown => None,
        }
    }
}

/// A document type that has lint rules.
pub trait Linted {
    /// Its kind.
    const KIND: DocumentKind;
}

impl Linted for Manifest {
    const KIND: DocumentKind = DocumentKind::Manifest;
}

impl Linted for Inventory {
    const KIND: DocumentKind = DocumentKind::Inventory;
}

impl Linted for ComponentDefinition {
    const KIND: DocumentKind = DocumentKind::Component;
}

impl Linted for BundleDescriptor {
    const KIND: DocumentKind = DocumentKind::Bundle;
}

impl Linted for Project {
    const KIND: DocumentKind = DocumentKind::Project;
}
