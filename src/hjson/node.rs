//! How the tree is stored: one flat list of nodes in source order, 16 bytes each.

use super::span::Span;

/// How a key or a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: a string that runs to the end of its line, or a key.
    Quoteless,
    /// `"…"`
    DoubleQuoted,
    /// `'…'`
    SingleQuoted,
    /// `'''…'''`
    Multiline,
    /// A number, `true`, `false` or `null`.
    Literal,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeKind {
    Key(Style),
    Object,
    Array,
    String(Style),
    Number,
    Bool,
    Null,
}

impl NodeKind {
    pub(super) const fn is_container(self) -> bool {
        matches!(self, Self::Object | Self::Array)
    }

    pub(super) const fn is_key(self) -> bool {
        matches!(self, Self::Key(_))
    }
}

/// An entry of the list. A key stands directly before its value, a container before what it contains.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    start: u32,
    end: u32,
    /// Containers: the index behind their last descendant. Multiline strings: their indentation. Otherwise 0.
    detail: u32,
    pub(super) kind: NodeKind,
}

/// The most bytes a source may have, so that every offset and every index fits a node.
pub(super) const SOURCE_LIMIT: usize = u32::MAX as usize - 1;

impl Node {
    /// Makes a node; `span` must lie within [`SOURCE_LIMIT`].
    pub(super) fn new(kind: NodeKind, span: Span) -> Self {
        Self {
            start: narrow(span.start),
            end: narrow(span.end),
            detail: 0,
            kind,
        }
    }

    /// Makes a multiline string whose opening quotes have `indentation` characters before them on their line.
    pub(super) fn multiline(span: Span, indentation: usize) -> Self {
        Self {
            detail: narrow(indentation),
            ..Self::new(NodeKind::String(Style::Multiline), span)
        }
    }

    /// Ends a container: its last byte is before `end`, its last descendant before index `behind`.
    pub(super) fn finish(&mut self, end: usize, behind: usize) {
        self.end = narrow(end);
        self.detail = narrow(behind);
    }

    pub(super) const fn span(self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }

    /// The indentation of a multiline string, in characters.
    pub(super) const fn indentation(self) -> usize {
        self.detail as usize
    }

    /// The index behind this node, found at `index`, and all its descendants.
    pub(super) const fn behind(self, index: usize) -> usize {
        if self.kind.is_container() {
            self.detail as usize
        } else {
            index + 1
        }
    }
}

/// Offsets are checked against [`SOURCE_LIMIT`] before anything is read, so this never saturates.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_stays_small() {
        assert_eq!(size_of::<Node>(), 16);
    }
}
