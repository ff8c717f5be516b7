//! The project's own documents, as JSON.

use super::{assert_takes, faults, schema};
use ddt::hjson;
use ddt::schemas::SchemaKind;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> Value {
    let bytes = fs::read(path).expect("a document");
    let parsed = hjson::parse_bytes(&bytes);
    let root = parsed.tree.root().expect("a value");
    hjson::to_json(&root)
}

/// Every `.hjson` file below a directory.
fn below(directory: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![project().join(directory)];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => open.push(path),
                false if path.extension().is_some_and(|end| end == "hjson") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

/// The schema for a document, by the keys that only one kind has.
fn kind_of(document: &Value) -> Option<SchemaKind> {
    let has = |key: &str| document.get(key).is_some();
    let kinds = [
        ("nodes", SchemaKind::Inventory),
        ("steps", SchemaKind::Bundle),
        ("stages", SchemaKind::Component),
        ("mzone", SchemaKind::Manifest),
        ("registries", SchemaKind::Project),
    ];
    let mut known = kinds.into_iter().filter(|(key, _)| has(key));
    known.next().map(|(_, kind)| kind)
}

#[test]
fn every_shipped_document_is_taken() {
    let paths = [below("manifests"), below("schemas")].concat();
    let mut kinds = Vec::new();
    for path in paths.into_iter().chain([project().join("ddt.hjson")]) {
        let document = read(&path);
        let kind = kind_of(&document).expect("a document of a known kind");
        assert_takes(&schema(kind), &document, &path.display().to_string());
        kinds.push(kind.name());
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(
        kinds,
        ["bundle", "component", "inventory", "manifest", "project"]
    );
}

#[test]
fn every_good_example_of_a_rule_is_taken() {
    let mut taken = 0;
    for path in below("fixtures/lint") {
        let document = read(&path);
        let Some(kind) = kind_of(&document).filter(|_| path.ends_with("good.hjson")) else {
            continue;
        };
        assert_takes(&schema(kind), &document, &path.display().to_string());
        taken += 1;
    }
    assert!(taken > 30, "only {taken} examples were looked at");
}

/// The rules about shape and about single values, but for those that look beyond them:
/// unknown packages (205) and quotes (208).
const SHAPE_RULES: [&str; 11] = [
    "DDT201", "DDT202", "DDT203", "DDT204", "DDT206", "DDT207", "DDT301", "DDT302", "DDT304",
    "DDT305", "DDT503",
];

#[test]
fn every_bad_example_of_a_shape_rule_is_refused() {
    for rule in SHAPE_RULES {
        let path = project().join("fixtures/lint").join(rule).join("bad.hjson");
        let faults = faults(&schema(SchemaKind::Manifest), &read(&path));
        assert!(!faults.is_empty(), "{rule}: the bad example is taken");
    }
}

#[test]
fn twelve_mistakes_are_not_taken() {
    let path = project().join("fixtures/lint/twelve-mistakes.hjson");
    assert!(!schema(SchemaKind::Manifest).is_valid(&read(&path)));
}
