//! Cheap handles to what containers hold: members with their keys, and items.

use std::borrow::Cow;
use std::ops::Range;

use super::node::{Node, NodeKind, Style};
use super::span::Span;
use super::tree::Tree;
use super::value::{Value, decoded};

/// A key in a tree.
#[derive(Clone, Copy)]
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

impl std::fmt::Debug for Key<'_> {
    /// Shows the source text, not the tree around it.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Key")
            .field(&self.span())
            .field(&self.raw())
            .finish()
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
    nodes: Range<usize>,
}

impl<'tree> Members<'tree> {
    /// Lists what the nodes hold; they must be the inside of one container.
    pub(super) const fn new(tree: &'tree Tree, nodes: Range<usize>) -> Self {
        Self { tree, nodes }
    }
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
    nodes: Range<usize>,
}

impl<'tree> Items<'tree> {
    /// Lists what the nodes hold; they must be the inside of one container.
    pub(super) const fn new(tree: &'tree Tree, nodes: Range<usize>) -> Self {
        Self { tree, nodes }
    }
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
