//! Cheap handles into a tree: values, keys and members.

use std::borrow::Cow;

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
#[derive(Clone, Copy, Debug)]
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
        Members {
            tree: self.tree,
            nodes: self.inside(NodeKind::Object),
        }
    }

    /// Lists the items of an array; nothing for other kinds.
    pub fn items(self) -> Items<'tree> {
        Items {
            tree: self.tree,
            nodes: self.inside(NodeKind::Array),
        }
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

/// A key in a tree.
#[derive(Clone, Copy, Debug)]
pub struct Key<'tree> {
    tree: &'tree Tree,
    index: usize,
}

impl<'tree> Key<'tree> {
    pub(super) const fn new(tree: &'tree Tree, index: usize) -> Self {
        Self { tree, index }
    }

    fn node(self) -> Node {
        self.tree.nodes[self.index]
    }

    /// Returns the decoded text.
    pub fn text(self) -> Cow<'tree, str> {
        decoded(self.tree, self.node())
    }

    /// Returns where it stands, quotes included.
    pub fn span(self) -> Span {
        self.node().span()
    }

    /// Returns the source text, quotes included.
    pub fn raw(self) -> &'tree str {
        self.span().of(&self.tree.source)
    }

    /// Returns how it is written: `Quoteless`, `DoubleQuoted` or `SingleQuoted`.
    pub fn style(self) -> Style {
        match self.node().kind {
            NodeKind::Key(style) => style,
            _ => Style::Quoteless,
        }
    }
}

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub struct Member<'tree> {
    /// The key.
    pub key: Key<'tree>,
    /// The value.
    pub value: Value<'tree>,
}

/// The members of an object, in source order. Leaves out what a syntax error left without key or value.
#[derive(Clone, Debug)]
pub struct Members<'tree> {
    tree: &'tree Tree,
    nodes: std::ops::Range<usize>,
}

impl<'tree> Iterator for Members<'tree> {
    type Item = Member<'tree>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.nodes.is_empty() {
            let index = self.nodes.start;
            let node = self.tree.nodes[index];
            self.nodes.start = node.behind(index);
            let value = Value::new(self.tree, self.nodes.start);
            if node.kind.is_key() && !self.nodes.is_empty() && !value.node().kind.is_key() {
                self.nodes.start = value.behind();
                return Some(Member {
                    key: Key {
                        tree: self.tree,
                        index,
                    },
                    value,
                });
            }
        }
        None
    }
}

/// The items of an array, in order.
#[derive(Clone, Debug)]
pub struct Items<'tree> {
    tree: &'tree Tree,
    nodes: std::ops::Range<usize>,
}

impl<'tree> Iterator for Items<'tree> {
    type Item = Value<'tree>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.nodes.is_empty() {
            return None;
        }
        let value = Value::new(self.tree, self.nodes.start);
        self.nodes.start = value.behind();
        Some(value)
    }
}

fn decoded(tree: &Tree, node: Node) -> Cow<'_, str> {
    let raw = node.span().of(&tree.source);
    match node.kind {
        NodeKind::String(Style::Multiline) => Cow::Owned(text::multiline(raw, node.indentation())),
        NodeKind::String(Style::DoubleQuoted | Style::SingleQuoted)
        | NodeKind::Key(Style::DoubleQuoted | Style::SingleQuoted) => text::quoted(raw),
        _ => Cow::Borrowed(raw),
    }
}
