//! What stands at a place of a document.

use crate::hjson::{KeyPath, Segment, Span, Tree};

/// A key or a scalar of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The path of the key's or scalar's value.
    pub(super) path: KeyPath,
    /// Which of the two.
    pub(super) part: Part,
    /// Its bytes.
    pub(super) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Key,
    Value,
}

/// The key or scalar at an offset, or just before it.
pub(super) fn spot(tree: &Tree, offset: usize) -> Option<Spot> {
    let touches = |span: Span| span.start <= offset && offset <= span.end;
    let mut walk = tree.walk();
    while let Some(value) = walk.next() {
        let key = walk.member().map(|member| member.key.span());
        let (part, span) = match key.filter(|span| touches(*span)) {
            Some(span) => (Part::Key, span),
            None if value.style().is_some() && touches(value.span()) => (Part::Value, value.span()),
            None => continue,
        };
        let path = walk.path();
        return Some(Spot { path, part, span });
    }
    None
}

/// The keys of a path; what is behind an item is left out.
pub(super) fn keys(path: &KeyPath) -> Vec<&str> {
    let keys = path.segments().iter().map_while(|segment| match segment {
        Segment::Key(key) => Some(key.as_str()),
        Segment::Index(_) => None,
    });
    keys.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hjson::parse;

    #[test]
    fn a_place_belongs_to_the_key_or_scalar_it_touches() {
        let text = "{\n  a: {b: [1, two]}\n}";
        let tree = parse(text).tree;
        let found = |offset| spot(&tree, offset).map(|spot| (spot.path.to_string(), spot.part));
        assert_eq!(found(0), None);
        assert_eq!(found(4), Some(("a".into(), Part::Key)));
        assert_eq!(found(8), Some(("a.b".into(), Part::Key)));
        assert_eq!(found(12), Some(("a.b[0]".into(), Part::Value)));
        assert_eq!(found(999), None);
    }
}
