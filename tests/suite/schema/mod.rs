//! The published schemas against what they describe: the project's documents, and what `ddt` prints.

mod documents;
mod outputs;
mod verb;

use ddt::schemas::SchemaKind;
use jsonschema::Validator;
use serde_json::Value;

/// A published schema, ready to check with.
fn schema(kind: SchemaKind) -> Validator {
    jsonschema::draft202012::new(&kind.json()).expect("a JSON Schema")
}

/// Everything that a schema does not take of a value.
fn faults(schema: &Validator, value: &Value) -> Vec<String> {
    let errors = schema.iter_errors(value);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[track_caller]
fn assert_takes(schema: &Validator, value: &Value, name: &str) {
    let faults = faults(schema, value);
    assert!(
        faults.is_empty(),
        "{name}:\n{}\n{value:#}",
        faults.join("\n")
    );
}
