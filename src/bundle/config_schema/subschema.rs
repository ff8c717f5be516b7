//! The part of a schema that refused a value: what it says besides.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

/// The subschema whose keyword refused a value; empty where it is not found.
pub(super) struct Subschema<'schema> {
    here: Option<&'schema Value>,
    is_secret: bool,
}

impl<'schema> Subschema<'schema> {
    /// The subschema that an error came from.
    pub(super) fn of(error: &ValidationError<'_>, schema: &'schema Value) -> Self {
        let keyword = error.schema_path().as_str();
        let parent = keyword.rsplit_once('/').map(|(parent, _)| parent);
        Self {
            here: parent.and_then(|parent| schema.pointer(parent)),
            is_secret: marks_secret(schema, keyword)
                || marks_secret(schema, error.evaluation_path().as_str()),
        }
    }

    /// The keys it knows by name.
    pub(super) fn properties(&self) -> impl Iterator<Item = &'schema str> {
        let properties = self.get("properties").and_then(Value::as_object);
        properties
            .into_iter()
            .flat_map(|known| known.keys().map(String::as_str))
    }

    /// What it says of the value, or of the key that is missing there.
    pub(super) fn description(&self, error: &ValidationError<'_>) -> Option<String> {
        let meant = match error.kind() {
            Kind::Required { property } => self.get("properties")?.get(property.as_str()?)?,
            _ => self.here?,
        };
        let text = meant.get("description").or_else(|| meant.get("title"))?;
        Some(text.as_str()?.to_owned())
    }

    /// Whether its author marked the value, or one around it, as one that nobody should see.
    pub(super) fn is_secret(&self) -> bool {
        self.is_secret
    }

    fn get(&self, keyword: &str) -> Option<&'schema Value> {
        self.here?.get(keyword)
    }
}

/// Whether a subschema on the way to a keyword marks its value as a secret. A way through a
/// `$ref` ends there; where that leads to is the keyword's own place.
fn marks_secret(schema: &Value, keyword: &str) -> bool {
    let ends = keyword.match_indices('/').map(|(end, _)| end);
    let mut on_the_way = ends.filter_map(|end| schema.pointer(&keyword[..end]));
    on_the_way.any(|subschema| {
        let write_only = subschema.get("writeOnly").and_then(Value::as_bool);
        let format = subschema.get("format").and_then(Value::as_str);
        write_only == Some(true) || format == Some("password")
    })
}
