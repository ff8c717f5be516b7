//! The JSON Schema of a Rust type, as the checks read it.

mod outline;

use std::ops::RangeInclusive;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
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
        let settings = SchemaSettings::draft2020_12();
        let generator = settings
            .with_transform(RecursiveTransform(without_null))
            .into_generator();
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
    /// The shape that a subschema describes; references are followed.
    fn at(self, schema: &'schema Json) -> Self {
        let here = schema.as_object();
        let referenced = here.and_then(|map| map.get("$ref")).and_then(Json::as_str);
        if let Some(target) =
            referenced.and_then(|path| self.root.pointer(path.trim_start_matches('#')))
        {
            return self.at(target);
        }
        Self { here, ..self }
    }

    fn get(self, keyword: &str) -> Option<&'schema Json> {
        self.here?.get(keyword)
    }

    /// The types a value may have; empty where any will do.
    pub(super) fn types(self) -> Vec<&'schema str> {
        match self.get("type") {
            Some(Json::String(one)) => vec![one.as_str()],
            Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
            _ if self.words().is_empty() => Vec::new(),
            _ => vec!["string"],
        }
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

/// A key that may be left out is not written as `null`: what is there has its own shape.
fn without_null(schema: &mut Schema) {
    let Some(here) = schema.as_object_mut() else {
        return;
    };
    if here.get("default").is_some_and(Json::is_null) {
        here.remove("default");
    }
    if let Some(Json::Array(types)) = here.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            here.insert("type".to_owned(), one);
        }
    }
    let Some(Json::Array(choices)) = here.remove("anyOf") else {
        return;
    };
    // Only optional values have choices: `untagged` is not used in documents.
    for choice in choices.into_iter().filter(|choice| !is_null(choice)) {
        for (keyword, value) in choice.as_object().into_iter().flatten() {
            here.entry(keyword).or_insert_with(|| value.clone());
        }
    }
}

fn is_null(schema: &Json) -> bool {
    schema.get("type").and_then(Json::as_str) == Some("null")
}
