//! From a generated schema to one that other tools read.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::SchemaKind;

/// The schema of what ddt prints.
pub(super) fn output<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let generator = settings.into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

/// Names a schema, and leaves out what only ddt understands.
pub(super) fn finished(kind: SchemaKind, mut schema: Value) -> Value {
    polish(&mut schema);
    if let Value::Object(root) = &mut schema {
        // No host serves it: the id is a name, not an address.
        let id = format!("urn:ddt:schema:{}", kind.name());
        root.insert("$id".to_owned(), id.into());
        root.insert("title".to_owned(), kind.title().into());
    }
    schema
}

fn polish(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            without_own_format(members);
            if let Some(Value::String(text)) = members.get_mut("description") {
                *text = in_one_line(text);
            }
            members.values_mut().for_each(polish);
        }
        Value::Array(items) => items.iter_mut().for_each(polish),
        _ => {}
    }
}

/// Formats of ddt's own and those of Rust's numbers mean nothing elsewhere, and strict
/// validators refuse what they do not know; patterns and ranges say the same.
fn without_own_format(members: &mut Map<String, Value>) {
    let format = members.get("format").and_then(Value::as_str);
    if format.is_some_and(|format| format != "date-time") {
        members.remove("format");
    }
}

/// A comment's line breaks are the source's; only an empty line ends a paragraph.
fn in_one_line(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|part| part.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}
