//! The words of messages about a config. Values are quoted short: a config may hold what is
//! not meant for a log.

use jsonschema::paths::{Location, LocationSegment};
use serde_json::Value;

use crate::hjson::{KeyPath, Segment};

/// The longest part of a value that is quoted, in characters.
const LONGEST: usize = 24;

/// A place in a value, as a key path.
pub(super) fn key_path(location: &Location) -> KeyPath {
    let segments = location.segments().map(|segment| match segment {
        LocationSegment::Property(key) => Segment::Key(key.into_owned()),
        LocationSegment::Index(index) => Segment::Index(index),
    });
    segments.collect()
}

/// A value in a message: a scalar shortened, of anything else only its kind.
pub(super) fn quoted(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::String(text) if text.is_empty() => "an empty text".to_owned(),
        Value::String(text) => format!("`{}`", shortened(text)),
        scalar => format!("`{}`", shortened(&scalar.to_string())),
    }
}

/// The beginning of a text.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A type of JSON Schema, with its article.
pub(super) fn type_name(name: &str) -> &'static str {
    match name {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "object" => "an object",
        "array" => "an array",
        _ => "`null`",
    }
}

/// A number of things: `1 item`, `2 items`.
pub(super) fn counted(number: u64, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}

/// `a, b or c`
pub(super) fn alternatives(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [several @ .., last] => format!("{} or {last}", several.join(", ")),
    }
}
