//! What the schema says about a place in a document, for the people who write there.

use serde_json::{Map, Value as Json};

use super::{DocumentSchema, Shape};
use crate::hjson::{KeyPath, Segment};

/// A value that a document may have, as its schema describes it.
#[derive(Clone, Copy, Debug)]
pub struct Outline<'schema> {
    shape: Shape<'schema>,
    /// The description of the key, which says more than that of its type.
    description: Option<&'schema str>,
}

/// A key that an object may have.
#[derive(Clone, Copy, Debug)]
pub struct KeyOutline<'schema> {
    /// The key.
    pub key: &'schema str,
    /// Whether the object needs it.
    pub is_required: bool,
    /// What it is for.
    pub description: Option<&'schema str>,
}

impl DocumentSchema {
    /// What is known of the value at a path; `None` where the document may not have one.
    pub fn outline(&self, path: &KeyPath) -> Option<Outline<'_>> {
        let root = Outline {
            shape: self.shape(),
            description: description(self.root.as_object()),
        };
        let mut steps = path.segments().iter();
        steps.try_fold(root, |outline, segment| outline.step(segment))
    }
}

impl<'schema> Outline<'schema> {
    /// What the value is for.
    pub fn description(&self) -> Option<&'schema str> {
        self.description
    }

    /// The keys that an object knows by name, by name.
    pub fn keys(&self) -> impl Iterator<Item = KeyOutline<'schema>> + use<'schema> {
        let outline = *self;
        outline.shape.keys().map(move |key| KeyOutline {
            key,
            is_required: outline.shape.required().any(|required| required == key),
            description: outline.named(key).and_then(|named| named.description),
        })
    }

    /// Whether an object needs a key.
    pub fn requires(&self, key: &str) -> bool {
        self.shape.required().any(|required| required == key)
    }

    /// The words that a text may be; empty where it is free.
    pub fn words(&self) -> Vec<&'schema str> {
        match self.shape.format() {
            Some("ddt-yes-no") => vec!["yes", "no"],
            _ if self.shape.types() == ["boolean"] => vec!["true", "false"],
            _ => self.shape.words(),
        }
    }

    fn step(self, segment: &Segment) -> Option<Self> {
        match segment {
            Segment::Key(key) => self
                .named(key)
                .or_else(|| Some(Self::of(self.shape.member(key)?, None))),
            Segment::Index(_) => Some(Self::of(self.shape.items(), None)),
        }
    }

    /// What is known of a key that the schema names.
    fn named(self, key: &str) -> Option<Self> {
        let properties = self.shape.get("properties")?.as_object()?;
        let own = description(properties.get(key)?.as_object());
        Some(Self::of(self.shape.member(key)?, own))
    }

    fn of(shape: Shape<'schema>, own: Option<&'schema str>) -> Self {
        Self {
            shape,
            description: own.or_else(|| description(shape.here)),
        }
    }
}

fn description(schema: Option<&Map<String, Json>>) -> Option<&str> {
    schema?.get("description")?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Inventory;
    use crate::manifest::Manifest;

    fn described(schema: &DocumentSchema, path: KeyPath) -> Option<String> {
        let outline = schema.outline(&path)?;
        Some(outline.description()?.to_owned())
    }

    #[test]
    fn a_key_is_described_by_its_own_words() {
        let schema = DocumentSchema::of::<Manifest>();
        let package = KeyPath::from(["components", "hostos", "packages", "any"]);
        assert_eq!(
            described(&schema, package.clone().key("tag")).as_deref(),
            Some(
                "The release to run: `MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`, such as\n\
                 `3.0.6-20220602T124916Z_887ca13`."
            )
        );
        assert_eq!(
            described(&schema, package.clone()).as_deref(),
            Some("One package of a component: a release bundle at a tag.")
        );
        assert!(schema.outline(&package.key("no")).is_none());
    }

    #[test]
    fn keys_and_words_are_what_the_type_has() {
        let schema = DocumentSchema::of::<Inventory>();
        let outline = |path| schema.outline(&path).expect("it may be there");
        let root = outline(KeyPath::root());
        let keys: Vec<_> = root.keys().map(|key| (key.key, key.is_required)).collect();
        assert_eq!(
            keys,
            [
                ("defaults", false),
                ("fetch", false),
                ("groups", false),
                ("mzone", true),
                ("nodes", true),
                ("protected", false),
                ("require_signatures", false),
                ("signature_threshold", false),
            ]
        );
        assert_eq!(outline(KeyPath::from(["protected"])).words(), ["yes", "no"]);
        let transport = outline(KeyPath::from(["nodes", "n1", "transport"]));
        assert_eq!(transport.words(), ["ssh", "local"]);
    }
}
