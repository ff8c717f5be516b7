//! Loads the documents of a deployment, and refuses them if they have errors.

use std::collections::BTreeMap;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::context::Context;
use super::{file, inventories, locked};
use crate::bundle::LockFile;
use crate::clock;
use crate::component::{BUILT_IN, ComponentDefinition};
use crate::document::{Diagnostic, Document};
use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::lint::{self, Checked, Linted, Linter, Selection, Surroundings};
use crate::manifest::Manifest;
use crate::name::Name;
use crate::project::ProjectPaths;

/// What a deployment is made from.
#[derive(Debug)]
pub(super) struct Documents {
    /// What the zone should run.
    pub manifest: Document<Manifest>,
    /// Every component definition there is, by name.
    pub definitions: BTreeMap<Name, ComponentDefinition>,
    /// The zone's machines.
    pub inventory: Document<Inventory>,
    /// The lock file beside the manifest.
    pub lock: Option<LockFile>,
}

impl Documents {
    /// Reads and checks everything. All errors of a document are reported at once.
    pub(super) fn load(
        context: &Context,
        manifest: &Utf8Path,
        inventory: Option<&Utf8Path>,
    ) -> Result<Self, Failure> {
        let path = context.working_directory.join(manifest);
        let definitions = definitions(context)?;
        let lock = locked::beside(context, manifest)?;
        let manifest = read_manifest(context, manifest, &definitions, lock.as_ref())?;
        let inventory = find_inventory(context, &path, &manifest.value.mzone, inventory)?;
        Ok(Self {
            manifest,
            definitions,
            inventory,
            lock,
        })
    }
}

/// Reads a manifest of components that are defined, as the project wants it. What is
/// suppressed until yesterday is refused today, and so is what the lock file does not know.
pub(super) fn read_manifest(
    context: &Context,
    shown: &Utf8Path,
    definitions: &BTreeMap<Name, ComponentDefinition>,
    lock: Option<&LockFile>,
) -> Result<Document<Manifest>, Failure> {
    let directory = shown.parent().map(Utf8Path::to_owned);
    let surroundings = Surroundings {
        locks: directory.into_iter().zip(lock.cloned()).collect(),
        definitions: definitions.clone(),
        project: context.project.clone(),
        now: Some(clock::now()),
        ..Surroundings::default()
    };
    let linter = Linter {
        surroundings: &surroundings,
        selection: &selection(context),
    };
    let bytes = bytes(&context.working_directory.join(shown), shown)?;
    checked(shown, lint::read(shown.as_str(), &bytes, linter))
}

/// What the project wants to be found.
pub(super) fn selection(context: &Context) -> Selection {
    let paths = ProjectPaths::new(&context.project_directory, &context.working_directory);
    Selection::of_project(&context.project.lint, paths)
}

/// Reads a document that is understood by itself; `shown` is the path that messages use.
pub(super) fn read<T>(path: &Utf8Path, shown: &Utf8Path) -> Result<Document<T>, Failure>
where
    T: Linted + DeserializeOwned + JsonSchema,
{
    checked(
        shown,
        lint::read_alone(shown.as_str(), &bytes(path, shown)?),
    )
}

/// What `ddt lint` calls an error is refused, with all that it found.
fn checked<T>(
    shown: &Utf8Path,
    read: Result<Checked<T>, Vec<Diagnostic>>,
) -> Result<Document<T>, Failure> {
    read.map(|checked| checked.document)
        .map_err(|diagnostics| refused(shown, diagnostics))
}

fn bytes(path: &Utf8Path, shown: &Utf8Path) -> Result<Vec<u8>, Failure> {
    file::read(path).map_err(|error| {
        refused(shown, Vec::new())
            .because(&error)
            .help(error.help())
    })
}

/// Refuses a document for what is wrong with it.
pub(super) fn refused(shown: &Utf8Path, diagnostics: Vec<Diagnostic>) -> Failure {
    Failure::refused(format!("{shown} is not usable; nothing was started"))
        .with_diagnostics(diagnostics)
}

/// The definitions by component: those that are built in, and those of the project,
/// which replace them.
pub(super) fn definitions(
    context: &Context,
) -> Result<BTreeMap<Name, ComponentDefinition>, Failure> {
    let mut definitions = BTreeMap::new();
    let mut take = |document: Document<ComponentDefinition>| {
        definitions.insert(document.value.component.clone(), document.value);
    };
    for (file, text) in BUILT_IN {
        let shown = Utf8Path::new(file);
        let read = lint::read_alone(file, text.as_bytes());
        take(read.map_err(|errors| refused(shown, errors))?.document);
    }
    for path in definition_files(context)? {
        take(read(&path, context.shown(&path))?);
    }
    Ok(definitions)
}

/// The files with the project's own component definitions.
pub(super) fn definition_files(context: &Context) -> Result<Vec<Utf8PathBuf>, Failure> {
    let mut files = Vec::new();
    for directory in &context.project.components {
        let directory = context.project_directory.join(directory);
        files.extend(hjson_files(&directory).map_err(|error| {
            let shown = context.shown(&directory);
            Failure::refused(format!(
                "cannot read the component directory {shown}; nothing was started"
            ))
            .because(&error)
            .help("ddt.hjson names it in `components`")
        })?);
    }
    Ok(files)
}

/// The `.hjson` files of a directory, by name.
fn hjson_files(directory: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
    let mut files = Vec::new();
    for entry in directory.read_dir_utf8()? {
        let path = entry?.into_path();
        if path.extension() == Some("hjson") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The inventory: as given, else the project's for this zone, else the one beside the
/// manifest.
pub(super) fn find_inventory(
    context: &Context,
    manifest: &Utf8Path,
    mzone: &Name,
    given: Option<&Utf8Path>,
) -> Result<Document<Inventory>, Failure> {
    let mut candidates: Vec<Utf8PathBuf> = match given {
        Some(path) => vec![context.working_directory.join(path)],
        None => {
            let configured = context.project.inventories.iter();
            configured
                .map(|path| context.project_directory.join(path))
                .collect()
        }
    };
    if given.is_none() {
        let beside = manifest.with_file_name("inventory.hjson");
        candidates.extend(beside.symlink_metadata().is_ok().then_some(beside));
    }
    let mut others = Vec::new();
    for path in candidates {
        let shown = context.shown(&path);
        let document = inventories::read(&path, shown)?;
        if document.value.mzone == *mzone {
            return Ok(document);
        }
        others.push(format!("{shown} describes {}", document.value.mzone));
    }
    Err(no_inventory(mzone, others))
}

fn no_inventory(mzone: &Name, others: Vec<String>) -> Failure {
    let mut failure = Failure::refused(format!(
        "there is no inventory of {mzone}; nothing was started"
    ))
    .help("write inventory.hjson beside the manifest, or name one with --inventory");
    failure.causes = others;
    failure
}
