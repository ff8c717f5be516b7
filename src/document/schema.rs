//! The JSON Schema of a Rust type, as the checks read it.

mod outline;

use std::ops::RangeInclusive;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value as Json};

pub use outline::{KeyOutline, Outline};

/// The schema of a document. Generated from its type, so the two cannot disagree.
#[derive(Clone, Debug)]
pub struct DocumentSchema {
    root: Json,
}

/// The schema of one value in a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape<'schema> {
    root: &'schema Json,
    here: Option<&'schema Map<String, Json>>,
}

impl DocumentSchema {
    /// Generates the schema of a type (JSON Schema 2020-12).
    pub fn of<T: JsonSchema>() -> Self {
        let generator = SchemaSettings::draft2020_12().into_generator();
        Self {
            root: generator.into_root_schema_for::<T>().to_value(),
        }
    }

    /// The schema as JSON.
    pub fn as_json(&self) -> &Json {
        &self.root
    }

    pub(super) fn shape(&self) -> Shape<'_> {
        Shape {
            root: &self.root,
            here: None,
        }
        .at(&self.root)
    }
}

impl<'schema> Shape<'schema> {
    /// The shape that a subschema describes: references are followed, and of an optional
    /// value the shape it has when it is there.
    fn at(self, schema: &'schema Json) -> Self {
        let here = schema.as_object();
        let referenced = here.and_then(|map| map.get("$ref")).and_then(Json::as_str);
        if let Some(target) =
            referenced.and_then(|path| self.root.pointer(path.trim_start_matches('#')))
        {
            return self.at(target);
        }
        match here
            .and_then(|map| map.get("anyOf"))
            .and_then(Json::as_array)
        {
            Some(choices) => match choices.iter().find(|choice| !is_null(choice)) {
                Some(choice) => self.at(choice),
                None => Self { here, ..self },
            },
            None => Self { here, ..self },
        }
    }

    fn get(self, keyword: &str) -> Option<&'schema Json> {
        self.here?.get(keyword)
    }

    /// The types a value may have, without `null`; empty where any will do.
    pub(super) fn types(self) -> Vec<&'schema str> {
        let types = match self.get("type") {
            Some(Json::String(one)) => vec![one.as_str()],
            Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
            _ if self.words().is_empty() => Vec::new(),
            _ => vec!["string"],
        };
        types.into_iter().filter(|kind| *kind != "null").collect()
    }

    /// The name of the check for a text.
    pub(super) fn format(self) -> Option<&'schema str> {
        self.get("format")?.as_str()
    }

    /// The words a text may be; empty where it is free.
    pub(super) fn words(self) -> Vec<&'schema str> {
        let listed = self
            .get("enum")
            .and_then(Json::as_array)
            .into_iter()
            .flatten();
        let described = self
            .get("oneOf")
            .and_then(Json::as_array)
            .into_iter()
            .flatten();
        listed
            .chain(described.filter_map(|choice| choice.get("const")))
            .filter_map(Json::as_str)
            .collect()
    }

    /// The whole numbers that an integer may be.
    pub(super) fn range(self) -> RangeInclusive<i64> {
        let bound = |keyword| self.get(keyword).and_then(Json::as_i64);
        let widest = match self.format() {
            Some("uint32") => i64::from(u32::MAX),
            _ => i64::MAX,
        };
        bound("minimum").unwrap_or(i64::MIN)..=bound("maximum").unwrap_or(widest)
    }

    /// The keys an object knows by name.
    pub(super) fn keys(self) -> impl Iterator<Item = &'schema str> {
        self.get("properties")
            .and_then(Json::as_object)
            .into_iter()
            .flatten()
            .map(|(key, _)| key.as_str())
    }

    /// The keys an object must have.
    pub(super) fn required(self) -> impl Iterator<Item = &'schema str> {
        self.get("required")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
    }

    /// The shape behind a key; `None` where the object may not have it.
    pub(super) fn member(self, key: &str) -> Option<Self> {
        let named = self
            .get("properties")
            .and_then(|properties| properties.get(key));
        if let Some(named) = named {
            return Some(self.at(named));
        }
        let patterned = self.get("patternProperties").and_then(Json::as_object);
        if let Some((_, schema)) = patterned.and_then(|patterns| patterns.iter().next()) {
            return Some(self.at(schema));
        }
        match self.get("additionalProperties") {
            Some(Json::Bool(false)) => None,
            Some(schema) => Some(self.at(schema)),
            None => Some(Self { here: None, ..self }),
        }
    }

    /// Whether the keys of an object are names that the document chooses.
    pub(super) fn has_named_members(self) -> bool {
        self.get("patternProperties").is_some() || self.get("propertyNames").is_some()
    }

    /// The shape of an array's items.
    pub(super) fn items(self) -> Self {
        match self.get("items") {
            Some(schema) => self.at(schema),
            None => Self { here: None, ..self },
        }
    }
}

fn is_null(schema: &Json) -> bool {
    schema.get("type").and_then(Json::as_str) == Some("null")
}
