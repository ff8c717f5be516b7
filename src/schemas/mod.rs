//! The JSON Schemas that ddt publishes, of its documents and of its outputs: for editors, for
//! other tools, and for the folder `schemas/`.
//!
//! Each is generated from the Rust type that reads or writes the thing, so it cannot disagree
//! with it.

mod catalog;
mod publish;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub use catalog::catalog;

use crate::bundle::{BundleDescriptor, LockFile};
use crate::component::ComponentDefinition;
use crate::document::DocumentSchema;
use crate::inventory::Inventory;
use crate::lint::output::Report;
use crate::manifest::Manifest;
use crate::plan::Plan;
use crate::project::Project;
use crate::report::json::JsonLine;
use crate::report::rehearsals::Rehearsals;

/// Something whose shape is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaKind {
    /// What a zone should run.
    Manifest,
    /// The machines of a zone.
    Inventory,
    /// How the packages of a component are deployed.
    Component,
    /// `bundle.hjson`.
    Bundle,
    /// `ddt.hjson`.
    Project,
    /// `ddt.lock`.
    Lock,
    /// What `ddt plan --json` prints.
    Plan,
    /// A line of what `ddt deploy --json` prints.
    Events,
    /// What `ddt lint --output json` prints.
    LintJson,
    /// What `ddt rehearse --json` prints.
    Rehearsals,
}

impl SchemaKind {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 10] = [
        Self::Manifest,
        Self::Inventory,
        Self::Component,
        Self::Bundle,
        Self::Project,
        Self::Lock,
        Self::Plan,
        Self::Events,
        Self::LintJson,
        Self::Rehearsals,
    ];

    /// The word for it on the command line and in file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Inventory => "inventory",
            Self::Component => "component",
            Self::Bundle => "bundle",
            Self::Project => "project",
            Self::Lock => "lock",
            Self::Plan => "plan",
            Self::Events => "events",
            Self::LintJson => "lint-json",
            Self::Rehearsals => "rehearsals",
        }
    }

    /// The name of its file in the folder `schemas/`.
    pub fn file_name(self) -> String {
        format!("{}.schema.json", self.name())
    }

    /// What people see in a list of schemas.
    pub fn title(self) -> &'static str {
        match self {
            Self::Manifest => "ddt manifest",
            Self::Inventory => "ddt inventory",
            Self::Component => "ddt component definition",
            Self::Bundle => "ddt bundle descriptor",
            Self::Project => "ddt project configuration",
            Self::Lock => "ddt lock file",
            Self::Plan => "ddt plan",
            Self::Events => "ddt run event",
            Self::LintJson => "ddt lint report",
            Self::Rehearsals => "ddt rehearsals",
        }
    }

    /// The schema, in JSON Schema 2020-12.
    pub fn json(self) -> Value {
        let generated = match self {
            Self::Manifest => document::<Manifest>(),
            Self::Inventory => document::<Inventory>(),
            Self::Component => document::<ComponentDefinition>(),
            Self::Bundle => document::<BundleDescriptor>(),
            Self::Project => document::<Project>(),
            Self::Lock => document::<LockFile>(),
            Self::Plan => publish::output::<Plan>(),
            Self::Events => publish::output::<JsonLine<'_>>(),
            Self::LintJson => publish::output::<Report<'_>>(),
            Self::Rehearsals => publish::output::<Rehearsals<'_>>(),
        };
        publish::finished(self, generated)
    }

    /// The text of its file.
    pub fn text(self) -> String {
        text(&self.json())
    }
}

/// A published document as text: indented, with a line break at its end.
pub fn text(json: &Value) -> String {
    format!("{json:#}\n")
}

fn document<T: schemars::JsonSchema>() -> Value {
    DocumentSchema::of::<T>().as_json().clone()
}
