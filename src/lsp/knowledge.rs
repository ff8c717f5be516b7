//! What is known besides the document that is open.

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use crate::component::{BUILT_IN, ComponentDefinition};
use crate::document::{Document, Source};
use crate::inventory::Inventory;
use crate::lint::{Selection, Surroundings};

/// What the project around a document says.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// What its rules know.
    pub surroundings: Surroundings,
    /// Which rules count.
    pub selection: Selection,
    /// Every component definition.
    pub definitions: Vec<Definition>,
    /// The inventories that zones are looked up in; their paths are absolute.
    pub inventories: Vec<Document<Inventory>>,
    /// What of the project cannot be used, as told to the user.
    pub problems: Vec<String>,
}

/// A component definition, and where it stands.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The definition. The path of a project's is absolute.
    pub document: Document<ComponentDefinition>,
    /// Where its text comes from.
    pub origin: Origin,
}

/// Where a component definition comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From a file of the project.
    Project,
    /// From ddt itself: its path is only a file name.
    BuiltIn,
}

/// The world around the server.
pub trait Workspace {
    /// What is known about a document at a path; about a text without one, what ddt knows itself.
    fn knowledge(&mut self, document: Option<&Utf8Path>) -> Knowledge;

    /// A read-only file with a definition that is built in, for the editor to show; `None` where
    /// none can be made.
    fn built_in_copy(&mut self, source: &Source) -> Option<Utf8PathBuf>;

    /// The time of day.
    fn now(&self) -> Timestamp;
}

impl Knowledge {
    /// What ddt knows by itself.
    pub fn built_in() -> Self {
        let read = BUILT_IN
            .into_iter()
            .filter_map(|(file, text)| Document::read(Source::new(file, text)).ok());
        let mut knowledge = Self::default();
        for document in read {
            knowledge.define(document, Origin::BuiltIn);
        }
        knowledge
    }

    /// Adds a definition, in the place of one of the same component.
    pub fn define(&mut self, document: Document<ComponentDefinition>, origin: Origin) {
        let name = document.value.component.clone();
        self.definitions
            .retain(|known| known.document.value.component != name);
        let definition = document.value.clone();
        self.surroundings.definitions.insert(name, definition);
        self.definitions.push(Definition { document, origin });
    }

    /// The definition of a component.
    pub(super) fn definition(&self, component: &str) -> Option<&Definition> {
        self.definitions
            .iter()
            .find(|known| known.document.value.component.as_str() == component)
    }

    /// The inventory of a zone.
    pub(super) fn inventory(&self, mzone: &str) -> Option<&Document<Inventory>> {
        self.inventories
            .iter()
            .find(|inventory| inventory.value.mzone.as_str() == mzone)
    }
}
