//! Tests of the published schemas: they are in the folder, good for a hover, and true.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::{SchemaKind, catalog, text};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas")
}

#[test]
fn the_folder_holds_what_the_types_say() {
    let schemas = SchemaKind::ALL.map(|kind| (kind.file_name(), kind.text()));
    let catalog = [("catalog.json".to_owned(), text(&catalog()))];
    for (name, fresh) in schemas.into_iter().chain(catalog) {
        let path = folder().join(&name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, &fresh).expect("the file can be written");
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == fresh,
            "schemas/{name} is out of date: run the tests with UPDATE_DOCS=1"
        );
    }
}

#[test]
fn every_schema_is_a_json_schema_with_a_name() {
    for kind in SchemaKind::ALL {
        let schema = kind.json();
        assert!(jsonschema::meta::is_valid(&schema), "{}", kind.name());
        let id = format!("urn:ddt:schema:{}", kind.name());
        assert_eq!(schema.get("$id"), Some(&Value::String(id)));
    }
}

/// Every key that a schema names, with its schema. The only key of one of several forms is
/// described with the form.
fn keys(schema: &Value, found: &mut Vec<(String, Value)>) {
    let properties = schema.get("properties").and_then(Value::as_object);
    let is_form =
        |keys: &Map<String, Value>| keys.len() == 1 && schema.get("description").is_some();
    if let Some(properties) = properties.filter(|keys| !is_form(keys)) {
        let named = properties.iter();
        found.extend(named.map(|(key, schema)| (key.clone(), schema.clone())));
    }
    match schema {
        Value::Object(members) => members.values().for_each(|inner| keys(inner, found)),
        Value::Array(items) => items.iter().for_each(|inner| keys(inner, found)),
        _ => {}
    }
}

#[test]
fn every_key_says_what_it_is_for() {
    for kind in SchemaKind::ALL {
        let mut found = Vec::new();
        keys(&kind.json(), &mut found);
        assert!(found.len() > 3, "{} has no keys", kind.name());
        for (key, schema) in found {
            let description = schema.get("description").and_then(Value::as_str);
            let is_tag = schema.get("const").is_some();
            assert!(
                is_tag || description.is_some_and(|text| text.len() > 5),
                "{}: `{key}` has no description",
                kind.name()
            );
        }
    }
}

#[test]
fn nothing_in_a_schema_is_only_for_readers_of_the_source() {
    for kind in SchemaKind::ALL {
        let text = kind.text();
        assert!(
            !text.contains("[`"),
            "{} has a link into the source",
            kind.name()
        );
        assert!(
            !text.contains("ddt-"),
            "{} has a format of ddt's own",
            kind.name()
        );
    }
}

#[test]
fn unknown_keys_are_refused_wherever_ddt_refuses_them() {
    for kind in [
        SchemaKind::Manifest,
        SchemaKind::Inventory,
        SchemaKind::Component,
        SchemaKind::Bundle,
        SchemaKind::Project,
        SchemaKind::Plan,
    ] {
        let schema = kind.json();
        assert_eq!(
            schema.get("additionalProperties"),
            Some(&Value::Bool(false))
        );
    }
}
