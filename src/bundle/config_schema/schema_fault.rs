//! What is wrong with a config schema itself.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ReferencingError, ValidationError};
use serde_json::Value;

use super::fault::message;
use super::help::help;
use super::words::{key_path, quoted, shortened};
use crate::hjson::KeyPath;

/// Something that is wrong with a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFault {
    /// Where in the schema.
    pub path: KeyPath,
    /// What is wrong, in lower case.
    pub message: String,
    /// What to write, where that is known.
    pub help: Option<String>,
}

/// Where a schema is not what JSON Schema takes for one.
pub(super) fn against_its_dialect(schema: &Value) -> Vec<SchemaFault> {
    if let Some(dialect) = schema.get("$schema").filter(|named| !is_known(named)) {
        let message = format!(
            "`$schema` names a version of JSON Schema that is not known: {}",
            quoted(dialect)
        );
        let path = KeyPath::root().key("$schema");
        let help = "write `https://json-schema.org/draft/2020-12/schema`, or leave it out";
        return vec![SchemaFault {
            path,
            message,
            help: Some(help.to_owned()),
        }];
    }
    match jsonschema::meta::validator_for(schema) {
        Ok(dialect) => {
            let errors = dialect.iter_errors(schema);
            let mut faults: Vec<SchemaFault> = errors.map(|error| of(&error, schema)).collect();
            // A dialect is made of vocabularies, and each of them says the same.
            faults.dedup();
            faults
        }
        Err(error) => vec![of(&error, schema)],
    }
}

/// Whether `$schema` names a dialect whose rules are built in.
fn is_known(named: &Value) -> bool {
    let dialect = named.as_str().unwrap_or_default().trim_end_matches('#');
    matches!(
        dialect,
        "https://json-schema.org/draft/2020-12/schema"
            | "https://json-schema.org/draft/2019-09/schema"
            | "http://json-schema.org/draft-07/schema"
            | "http://json-schema.org/draft-06/schema"
            | "http://json-schema.org/draft-04/schema"
    )
}

/// What the library says of a schema, in our words.
pub(super) fn of(error: &ValidationError<'_>, schema: &Value) -> SchemaFault {
    let Kind::Referencing(reason) = error.kind() else {
        let path = key_path(error.instance_path());
        let whole = path.below(&KeyPath::root().key("config"));
        let message = message(error, &whole.to_string());
        return SchemaFault {
            path,
            message,
            help: help(error, &Value::Null),
        };
    };
    let target = target(reason);
    let found = find_reference(schema, target, &KeyPath::root());
    let message = match reason {
        ReferencingError::Unretrievable { .. } => {
            format!("`$ref` leaves the schema, and nothing is fetched: `{target}`")
        }
        _ if target.is_empty() => format!(
            "`$ref` cannot be followed: {}",
            shortened(&reason.to_string())
        ),
        _ => format!("`$ref` leads nowhere: `{target}`"),
    };
    SchemaFault {
        path: found.unwrap_or_default(),
        message,
        help: Some("put what it leads to under `$defs`, and write `#/$defs/NAME`".to_owned()),
    }
}

/// What a reference leads to, as far as the reason says it.
fn target(reason: &ReferencingError) -> &str {
    match reason {
        ReferencingError::Unretrievable { uri, .. } => uri,
        ReferencingError::PointerToNowhere { pointer }
        | ReferencingError::InvalidPercentEncoding { pointer, .. }
        | ReferencingError::InvalidArrayIndex { pointer, .. } => pointer,
        ReferencingError::NoSuchAnchor { anchor } | ReferencingError::InvalidAnchor { anchor } => {
            anchor
        }
        _ => "",
    }
}

/// The place of a reference to a target. The parser of documents caps the depth.
fn find_reference(schema: &Value, target: &str, here: &KeyPath) -> Option<KeyPath> {
    match schema {
        Value::Object(members) => members.iter().find_map(|(key, value)| {
            let path = here.clone().key(key);
            match value {
                Value::String(reference) if key.ends_with("ef") && key.starts_with('$') => {
                    reference.ends_with(target).then_some(path)
                }
                value => find_reference(value, target, &path),
            }
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| find_reference(item, target, &here.clone().index(index))),
        _ => None,
    }
}
