//! The catalogue: which schema is for which files, as editors and SchemaStore read it.

use serde_json::{Value, json};

use super::SchemaKind;

/// The entries of the documents and outputs that are files. The addresses are relative to the
/// catalogue.
pub fn catalog() -> Value {
    let entries = SchemaKind::ALL.into_iter().filter_map(entry);
    json!({
        "$schema": "https://json.schemastore.org/schema-catalog.json",
        "version": 1,
        "schemas": entries.collect::<Vec<_>>(),
    })
}

fn entry(kind: SchemaKind) -> Option<Value> {
    let files = files(kind);
    (!files.is_empty()).then(|| {
        json!({
            "name": kind.title(),
            "description": description(kind),
            "fileMatch": files,
            "url": kind.file_name(),
        })
    })
}

fn files(kind: SchemaKind) -> &'static [&'static str] {
    match kind {
        SchemaKind::Manifest => &["**/manifests/*.hjson", "*.manifest.hjson"],
        SchemaKind::Inventory => &["inventory.hjson", "**/inventories/*.hjson"],
        SchemaKind::Component => &["**/components/*.hjson"],
        SchemaKind::Bundle => &["bundle.hjson"],
        SchemaKind::Project => &["ddt.hjson"],
        SchemaKind::Lock => &["ddt.lock"],
        SchemaKind::Plan => &["**/deploy_logs/*/plan.json"],
        SchemaKind::Events | SchemaKind::LintJson | SchemaKind::Rehearsals => &[],
    }
}

fn description(kind: SchemaKind) -> String {
    let schema = kind.json();
    let text = schema.get("description").and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}
