//! Changes of a source text, said in spans of it.

use super::span::Span;

/// Puts a text where a span was. An empty span inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// What comes in their place.
    pub replacement: String,
}

impl Edit {
    /// Puts `replacement` where `span` was.
    pub fn new(span: Span, replacement: impl Into<String>) -> Self {
        Self {
            span,
            replacement: replacement.into(),
        }
    }

    /// Deletes a span.
    pub fn delete(span: Span) -> Self {
        Self::new(span, "")
    }

    /// Inserts a text before the byte at `offset`.
    pub fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::new(Span::new(offset, offset), text)
    }
}

/// Applies edits to a source; `None` if two of them overlap or one does not fit the source. The same edit twice is one
/// edit; different insertions at one place come in the order given.
pub fn apply(source: &str, edits: &[Edit]) -> Option<String> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    sorted.dedup();
    let mut edited = String::with_capacity(source.len());
    let mut position = 0;
    for edit in sorted {
        edited.push_str(source.get(position..edit.span.start)?);
        source.get(edit.span.start..edit.span.end)?;
        edited.push_str(&edit.replacement);
        position = edit.span.end;
    }
    edited.push_str(source.get(position..)?);
    Some(edited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_applied_in_the_order_of_the_source() {
        let edits = [
            Edit::new(Span::new(3, 4), "two"),
            Edit::insert(0, "<"),
            Edit::delete(Span::new(1, 2)),
            Edit::delete(Span::new(1, 2)),
            Edit::insert(5, ">"),
        ];
        assert_eq!(apply("a b c", &edits).as_deref(), Some("<abtwoc>"));
    }

    #[test]
    fn edits_that_overlap_or_do_not_fit_are_refused() {
        let over = [Edit::delete(Span::new(0, 2)), Edit::delete(Span::new(1, 3))];
        assert_eq!(apply("abc", &over), None);
        assert_eq!(apply("abc", &[Edit::delete(Span::new(2, 4))]), None);
        assert_eq!(apply("é", &[Edit::insert(1, "x")]), None);
    }
}
