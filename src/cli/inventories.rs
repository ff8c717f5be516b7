//! Inventories: documents, or programs that print Ansible's.

use std::os::unix::fs::PermissionsExt;

use camino::Utf8Path;

use super::{documents, runtime};
use crate::document::{Document, Source};
use crate::failure::Failure;
use crate::inventory::{Inventory, ansible};
use crate::lint;
use crate::provider::{self, Limits, ProgramRequest};

/// Reads an inventory; `shown` is the path that messages use. A file that may be executed
/// and is not named like a document is run for it.
pub(super) fn read(path: &Utf8Path, shown: &Utf8Path) -> Result<Document<Inventory>, Failure> {
    match is_program(path) {
        true => ask(path, shown),
        false => documents::read(path, shown),
    }
}

/// On some file systems every file may be executed: a document is never run.
fn is_program(path: &Utf8Path) -> bool {
    let is_document = matches!(path.extension(), Some("hjson" | "json"));
    let metadata = path.metadata();
    !is_document
        && metadata.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

fn ask(path: &Utf8Path, shown: &Utf8Path) -> Result<Document<Inventory>, Failure> {
    let request = ProgramRequest {
        program: path,
        arguments: &["--list"],
        directory: None,
        variables: &[],
        limits: Limits::default(),
    };
    let printed = runtime()?.block_on(provider::output(request));
    let printed = printed.map_err(|error| {
        documents::refused(shown, Vec::new())
            .because(&error)
            .help(format!(
                "`{shown} --list` must print Ansible's dynamic inventory in JSON"
            ))
    })?;
    let text =
        ansible::translated(shown, &printed).map_err(|errors| documents::refused(shown, errors))?;
    let translation = format!("{shown} --list, as an inventory");
    let read = lint::read_alone(&translation, text.as_bytes());
    let document: Document<Inventory> = read
        .map_err(|errors| documents::refused(shown, errors))?
        .document;
    Ok(Document {
        source: Source::new(shown, text),
        ..document
    })
}
