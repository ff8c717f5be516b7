//! Cheap handles to the values of a tree.

use std::borrow::Cow;

use super::member::{Items, Member, Members};
use super::node::{Node, NodeKind, Style};
use super::span::Span;
use super::text;
use super::tree::Tree;

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Members between braces, or all of a source without them.
    Object,
    /// Items between brackets.
    Array,
    /// Text in any [`Style`] but `Literal`.
    String,
    /// A JSON number that is finite.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`
    Null,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Number => "number",
            Self::Bool => "boolean",
            Self::Null => "null",
        })
    }
}

/// A value in a tree.
#[derive(Clone, Copy)]
pub struct Value<'tree> {
    pub(super) tree: &'tree Tree,
    pub(super) index: usize,
}

impl<'tree> Value<'tree> {
    pub(super) const fn new(tree: &'tree Tree, index: usize) -> Self {
        Self { tree, index }
    }

    pub(super) fn node(self) -> Node {
        self.tree.nodes[self.index]
    }

    /// The index behind this value and everything in it.
    pub(super) fn behind(self) -> usize {
        self.node().behind(self.index)
    }

    /// Returns the type.
    pub fn kind(self) -> Kind {
        match self.node().kind {
            NodeKind::Object => Kind::Object,
            NodeKind::Array => Kind::Array,
            NodeKind::String(_) | NodeKind::Key(_) => Kind::String,
            NodeKind::Number => Kind::Number,
            NodeKind::Bool => Kind::Bool,
            NodeKind::Null => Kind::Null,
        }
    }

    /// Returns how a scalar is written; `None` for objects and arrays.
    pub fn style(self) -> Option<Style> {
        match self.node().kind {
            NodeKind::Object | NodeKind::Array => None,
            NodeKind::String(style) | NodeKind::Key(style) => Some(style),
            NodeKind::Number | NodeKind::Bool | NodeKind::Null => Some(Style::Literal),
        }
    }

    /// Returns where it stands, brackets and quotes included.
    pub fn span(self) -> Span {
        self.node().span()
    }

    /// Returns the text of the whole document.
    pub fn source(self) -> &'tree str {
        &self.tree.source
    }

    /// Returns the source text of the span.
    pub fn raw(self) -> &'tree str {
        self.span().of(&self.tree.source)
    }

    /// Returns the decoded text of a string, and the source text of anything else: `3.10` stays `3.10`.
    pub fn text(self) -> Cow<'tree, str> {
        decoded(self.tree, self.node())
    }

    /// Tells whether this is an object written without braces, which only a root can be.
    pub fn is_braceless(self) -> bool {
        self.kind() == Kind::Object && !self.raw().starts_with('{')
    }

    /// Lists the members of an object in source order, repeated keys included; nothing for other kinds.
    pub fn members(self) -> Members<'tree> {
        Members::new(self.tree, self.inside(NodeKind::Object))
    }

    /// Lists the items of an array; nothing for other kinds.
    pub fn items(self) -> Items<'tree> {
        Items::new(self.tree, self.inside(NodeKind::Array))
    }

    /// Returns the member with a key; of repeated keys, the last.
    pub fn member(self, key: &str) -> Option<Member<'tree>> {
        self.members()
            .filter(|member| member.key.text() == key)
            .last()
    }

    /// Returns the value of a key; of repeated keys, the last.
    pub fn get(self, key: &str) -> Option<Value<'tree>> {
        Some(self.member(key)?.value)
    }

    fn inside(self, kind: NodeKind) -> std::ops::Range<usize> {
        let first = self.index + 1;
        if self.node().kind == kind {
            first..self.behind()
        } else {
            first..first
        }
    }
}

impl std::fmt::Debug for Value<'_> {
    /// Shows the source text, not the tree around it.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Value")
            .field(&self.span())
            .field(&self.raw())
            .finish()
    }
}

/// Decodes what is written at a node.
pub(super) fn decoded(tree: &Tree, node: Node) -> Cow<'_, str> {
    let raw = node.span().of(&tree.source);
    match node.kind {
        NodeKind::String(Style::Multiline) => Cow::Owned(text::multiline(raw, node.indentation())),
        NodeKind::String(Style::DoubleQuoted | Style::SingleQuoted)
        | NodeKind::Key(Style::DoubleQuoted | Style::SingleQuoted) => text::quoted(raw),
        _ => Cow::Borrowed(raw),
    }
}
