//! Key paths: where a value stands in a document, whatever line it is on.

/// One step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The decoded key of a member.
    Key(String),
    /// The number of an item, from 0.
    Index(usize),
}

/// The steps from the root to a value. Shown as `components.hostos.packages."odd key".flags[0]`; the root itself is
/// shown as `(root)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPath {
    segments: Vec<Segment>,
}

impl KeyPath {
    /// Returns the path of the root.
    pub const fn root() -> Self {
        Self {
            segments: Vec::new(),
        }
    }

    /// Returns the path of a member of this value.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.segments.push(Segment::Key(key.into()));
        self
    }

    /// Returns the path of an item, from 0, of this value.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.segments.push(Segment::Index(index));
        self
    }

    /// Returns the path of the value this one stands in; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, parents) = self.segments.split_last()?;
        Some(Self {
            segments: parents.to_vec(),
        })
    }

    /// Returns the same steps from another value.
    #[must_use]
    pub fn below(&self, parent: &Self) -> Self {
        let segments = parent.segments.iter().chain(&self.segments);
        segments.cloned().collect()
    }

    /// Returns the steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

impl FromIterator<Segment> for KeyPath {
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        Self {
            segments: segments.into_iter().collect(),
        }
    }
}

impl<K: Into<String>, const LENGTH: usize> From<[K; LENGTH]> for KeyPath {
    /// Makes a path of keys only.
    fn from(keys: [K; LENGTH]) -> Self {
        keys.into_iter()
            .map(|key| Segment::Key(key.into()))
            .collect()
    }
}

impl std::fmt::Display for KeyPath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.segments.is_empty() {
            return formatter.write_str("(root)");
        }
        for (number, segment) in self.segments.iter().enumerate() {
            let dot = if number == 0 { "" } else { "." };
            match segment {
                Segment::Index(index) => write!(formatter, "[{index}]")?,
                Segment::Key(key) if is_plain(key) => write!(formatter, "{dot}{key}")?,
                Segment::Key(key) => write!(formatter, "{dot}{key:?}")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_the_document() {
        let path = KeyPath::from(["components", "hostos", "odd key"])
            .key("a\"b")
            .key("flags")
            .index(3)
            .key("tag");
        assert_eq!(
            path.to_string(),
            r#"components.hostos."odd key"."a\"b".flags[3].tag"#
        );
        assert_eq!(KeyPath::root().to_string(), "(root)");
        assert_eq!(KeyPath::root().index(0).key("").to_string(), r#"[0]."""#);
    }

    #[test]
    fn the_parent_is_one_step_shorter() {
        assert_eq!(
            KeyPath::from(["a"]).index(1).parent(),
            Some(KeyPath::from(["a"]))
        );
        assert_eq!(KeyPath::root().parent(), None);
    }

    #[test]
    fn a_path_can_start_at_another_value() {
        let config = KeyPath::from(["package", "config"]);
        let path = KeyPath::root().key("peers").index(1);
        assert_eq!(path.below(&config).to_string(), "package.config.peers[1]");
        assert_eq!(path.below(&KeyPath::root()), path);
    }
}
