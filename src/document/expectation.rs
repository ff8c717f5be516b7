//! What a document's schema expects at a key path.

use super::schema::{DocumentSchema, Shape};
use crate::hjson::{KeyPath, Segment};

impl DocumentSchema {
    /// Whether a scalar at a place is taken as the text that is written there: `3.10` is `3.10`, with or without quotes.
    pub fn takes_text(&self, path: &KeyPath) -> bool {
        self.expected(path)
            .is_some_and(|shape| shape.types().contains(&"string"))
    }

    /// Whether only some texts are accepted at a place.
    pub fn checks_text(&self, path: &KeyPath) -> bool {
        self.expected(path)
            .is_some_and(|shape| shape.format().is_some() || !shape.words().is_empty())
    }

    /// Whether only some keys are accepted in the object at a place.
    pub fn checks_keys(&self, path: &KeyPath) -> bool {
        self.expected(path)
            .is_some_and(|shape| shape.has_named_members() || shape.keys().next().is_some())
    }

    fn expected(&self, path: &KeyPath) -> Option<Shape<'_>> {
        let mut segments = path.segments().iter();
        segments.try_fold(self.shape(), |shape, segment| match segment {
            Segment::Key(key) => shape.member(key),
            Segment::Index(_) => Some(shape.items()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    #[test]
    fn a_manifest_is_strict_but_for_its_configuration() {
        let schema = DocumentSchema::of::<Manifest>();
        let package = KeyPath::from(["components", "hostos", "packages", "x"]);
        let flag = package.clone().key("flags").index(0);
        let free = package.clone().key("config").key("release");
        assert!(schema.takes_text(&package.clone().key("tag")));
        assert!(schema.takes_text(&flag) && !schema.takes_text(&free));
        assert!(schema.checks_text(&package.clone().key("tag")));
        assert!(!schema.checks_text(&flag) && !schema.checks_text(&free));
        assert!(schema.checks_keys(&package) && schema.checks_keys(&KeyPath::root()));
        assert!(!schema.checks_keys(&package.key("config")));
        assert!(!schema.takes_text(&KeyPath::from(["nothing", "here"])));
    }
}
