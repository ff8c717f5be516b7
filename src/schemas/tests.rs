//! Tests of the published schemas: they are in the folder, good for a hover, and true.

use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

use proptest::prelude::*;
use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::{SchemaKind, catalog, text};
use crate::address::{Address, MacAddress};
use crate::bundle::{StepPath, Timeout};
use crate::digest::Digest;
use crate::document::YesNo;
use crate::name::Name;
use crate::reference::Repo;
use crate::share::Share;
use crate::tag::ReleaseTag;

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
                is_tag || description.is_some_and(|text| !text.is_empty()),
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
        SchemaKind::Lock,
        SchemaKind::Plan,
    ] {
        let schema = kind.json();
        assert_eq!(
            schema.get("additionalProperties"),
            Some(&Value::Bool(false))
        );
    }
}

/// Whether a schema takes a text.
fn takes<T: JsonSchema>(value: &Value) -> bool {
    let schema = super::document::<T>();
    let schema = jsonschema::draft202012::new(&schema).expect("a JSON Schema");
    schema.is_valid(value)
}

#[test]
fn what_is_no_text_of_its_type_is_refused() {
    for tag in [
        "",
        "latest",
        "3.0",
        "3.05.1",
        "3.0.6-20221302T124916Z_887ca13",
        "3.0.6-x",
    ] {
        assert!(!takes::<ReleaseTag>(&tag.into()), "{tag}");
    }
    for word in ["on", "1", "y", ""] {
        assert!(!takes::<YesNo>(&word.into()), "{word}");
    }
    for repo in ["", "dir:", "https://a/b", "a/", "a//b", "A"] {
        assert!(!takes::<Repo>(&repo.into()), "{repo}");
    }
    for name in ["", "-rf", ".a", "a b", "é"] {
        assert!(!takes::<Name>(&name.into()), "{name}");
    }
    for timeout in ["", "0", "soon", "1d"] {
        assert!(!takes::<Timeout>(&timeout.into()), "{timeout}");
    }
    for path in ["", "/bin/sh", "../x", "a/../b", "."] {
        assert!(!takes::<StepPath>(&path.into()), "{path}");
    }
    for mac in ["", "52:54:00:12:34", "52:54:00:12:34:5g"] {
        assert!(!takes::<MacAddress>(&mac.into()), "{mac}");
    }
}

/// A schema refuses nothing that ddt takes.
fn agrees<T: JsonSchema + FromStr>(text: &str) {
    if text.parse::<T>().is_ok() {
        assert!(takes::<T>(&text.into()), "{text:?} is refused");
    }
}

proptest! {
    #[test]
    fn what_ddt_takes_is_taken(
        tag in r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9](-202[0-9]{5}T[0-2][0-9][0-5][0-9]{3}Z_[0-9a-f]{6,9})?",
        repo in r"(dir:)?[a-z0-9.-]{1,8}(:[0-9]{1,5})?(/[a-z0-9._-]{1,6}){0,2}",
        name in "[A-Za-z0-9._-]{0,130}",
        word in "(?i)(yes|no|true|false|on)",
        timeout in "[0-9]{1,6}[smhd]?",
        share in "[0-9]{1,9}|[0-9]{1,4}%",
        path in "[a-z./]{1,10}",
        address in "[0-9a-fA-F:._-]{1,16}|[a-z0-9._-]{1,20}",
        mac in "([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}",
        digest in "sha256:[0-9a-f]{63,65}",
    ) {
        agrees::<ReleaseTag>(&tag);
        agrees::<Repo>(&repo);
        agrees::<Name>(&name);
        agrees::<YesNo>(&word);
        agrees::<Timeout>(&timeout);
        agrees::<Share>(&share);
        agrees::<StepPath>(&path);
        agrees::<Address>(&address);
        agrees::<MacAddress>(&mac);
        agrees::<Digest>(&digest);
    }
}
