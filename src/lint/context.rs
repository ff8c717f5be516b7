//! What rules look at.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use super::compared::Compared;
use super::defaults::CommandLine;
use super::kind::DocumentKind;
use super::manifest_view::{ComponentView, ManifestView, PackageView};
use super::recorded::Recorded;
use crate::bundle::{LockFile, LockedRelease};
use crate::component::{BUILT_IN, ComponentDefinition};
use crate::document::{Document, Source};
use crate::hjson::Tree;
use crate::inventory::Inventory;
use crate::name::Name;
use crate::project::Project;

/// What is known besides the document that is linted.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The component definitions, by component.
    pub definitions: BTreeMap<Name, ComponentDefinition>,
    /// The inventories of the zones that are known; none means nothing is known of zones.
    pub inventories: Vec<Inventory>,
    /// What the project says; nothing where there is none.
    pub project: Project,
    /// What the nodes are taken to be.
    pub deployment: Deployment,
    /// What is recorded of zones.
    pub recorded: Recorded,
    /// What the documents were at an earlier revision.
    pub earlier: Option<Earlier>,
    /// The lock files that stand beside manifests, by directory.
    pub locks: BTreeMap<Utf8PathBuf, LockFile>,
    /// The verbs and their flags, where they are known.
    pub command_line: Option<CommandLine>,
    /// The time, where it is known.
    pub now: Option<Timestamp>,
}

impl Surroundings {
    /// What ddt knows by itself: the definitions that are built in.
    pub fn built_in() -> Self {
        let read = BUILT_IN.into_iter().filter_map(|(file, text)| {
            Document::<ComponentDefinition>::read(Source::new(file, text)).ok()
        });
        let definitions = read.map(|document| document.value);
        Self {
            definitions: definitions
                .map(|definition| (definition.component.clone(), definition))
                .collect(),
            ..Self::default()
        }
    }
}

impl Surroundings {
    /// The lock file that stands beside a document.
    pub(super) fn lock_beside(&self, path: &Utf8Path) -> Option<&LockFile> {
        self.locks.get(path.parent()?)
    }

    /// The manifest that a document was at the earlier revision.
    pub(super) fn earlier_manifest(&self, path: &Utf8Path) -> Option<EarlierManifest<'_>> {
        let earlier = self.earlier.as_ref()?;
        let tree = earlier.documents.get(path)?;
        Some(EarlierManifest {
            revision: &earlier.revision,
            manifest: ManifestView::new(tree, self)?,
        })
    }
}

/// What the linted documents were at an earlier revision.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// The revision, as the user named it.
    pub revision: String,
    /// What the parser made of the documents that were there, by path.
    pub documents: BTreeMap<Utf8PathBuf, Tree>,
}

/// A manifest as it was at an earlier revision.
#[derive(Clone, Debug)]
pub(super) struct EarlierManifest<'a> {
    /// The revision, as the user named it.
    pub(super) revision: &'a str,
    /// The manifest.
    pub(super) manifest: ManifestView<'a>,
}

/// What a manifest is going to be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deployment {
    /// Nobody knows.
    #[default]
    Any,
    /// Nodes on which nothing is deployed yet.
    Fresh,
}

impl Deployment {
    /// Whether the nodes are known to be new.
    pub fn is_fresh(self) -> bool {
        self == Self::Fresh
    }
}

/// The text of a document.
#[derive(Clone, Copy, Debug)]
pub struct TextContext<'a> {
    /// The text.
    pub source: &'a Source,
    /// What the parser made of it.
    pub tree: &'a Tree,
    /// What it is taken for.
    pub kind: DocumentKind,
}

/// A manifest and what is known besides.
#[derive(Clone, Copy, Debug)]
pub struct ManifestContext<'a> {
    /// The manifest, as far as it can be understood.
    pub manifest: &'a ManifestView<'a>,
    /// What is known besides.
    pub surroundings: &'a Surroundings,
    /// What its packages want against what was there before.
    pub comparisons: &'a [Compared<'a>],
    /// The lock file beside it.
    pub lock: Option<&'a LockFile>,
}

impl ManifestContext<'_> {
    /// What the lock file says of a package of the manifest's zone.
    pub(super) fn locked(
        &self,
        component: &ComponentView<'_>,
        package: &PackageView<'_>,
    ) -> Option<&LockedRelease> {
        let mzone = self.manifest.mzone.as_ref()?;
        self.lock?.release(mzone, &component.name, &package.name)
    }
}
