//! What to write where a schema does not take a value.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::fault::fault;
use super::words::{alternatives, quoted};
use crate::document::closest;

/// What to write instead, where that is known.
pub(super) fn help(error: &ValidationError<'_>, schema: &Value) -> Option<String> {
    match error.kind() {
        Kind::Required { property } => Some(format!("add `{}: …`", property.as_str()?)),
        Kind::Enum { options } => meant(error).or_else(|| Some(one_of(options.as_array()?))),
        Kind::Constant { expected_value } => Some(format!("write {}", quoted(expected_value))),
        Kind::Type { kind: wanted } => type_help(wanted, error.instance()),
        Kind::FalseSchema => Some("delete it".to_owned()),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => Some(forms(context, schema)),
        _ => None,
    }
}

/// The word that a misspelt one is meant to be.
fn meant(error: &ValidationError<'_>) -> Option<String> {
    let Kind::Enum { options } = error.kind() else {
        return None;
    };
    let words = options.as_array()?.iter().filter_map(Value::as_str);
    let meant = closest(error.instance().as_str()?, words)?;
    Some(format!("did you mean `{meant}`?"))
}

fn one_of(options: &[Value]) -> String {
    let options: Vec<String> = options.iter().map(quoted).collect();
    format!("write {}", alternatives(&options))
}

/// The mistakes that HJSON invites.
fn type_help(wanted: &TypeKind, found: &Value) -> Option<String> {
    let wants = |name: &str| match wanted {
        TypeKind::Single(one) => one.as_str() == name,
        TypeKind::Multiple(several) => several.iter().any(|one| one.as_str() == name),
    };
    match found {
        Value::String(_) if wants("boolean") => Some("write `true` or `false`".to_owned()),
        Value::String(_) if wants("integer") || wants("number") => {
            Some("write a number, without quotes, unit or comma".to_owned())
        }
        Value::Number(_) | Value::Bool(_) | Value::Null if wants("string") => {
            Some("put it in quotes".to_owned())
        }
        _ => None,
    }
}

/// What each of several forms would want.
fn forms(context: &[Vec<ValidationError<'static>>], schema: &Value) -> String {
    let wanted = context.iter().filter_map(|errors| errors.first());
    if let Some(meant) = wanted.clone().find_map(meant) {
        return meant;
    }
    let wanted: Vec<String> = wanted.map(|error| fault(error, schema).message).collect();
    format!("correct one of: {}", wanted.join("; "))
}
