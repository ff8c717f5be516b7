//! What rules look at.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::kind::DocumentKind;
use super::manifest_view::ManifestView;
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
}
