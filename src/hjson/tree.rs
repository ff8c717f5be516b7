//! The syntax tree of one source.

use super::key_path::{KeyPath, Segment};
use super::member::Member;
use super::node::Node;
use super::span::Span;
use super::token::Tokens;
use super::value::Value;
use super::walk::Walk;

/// A source text and everything found in it. Keeps every byte: its tokens, put together, are the source.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) source: Box<str>,
    /// In source order, so the root comes first and dropping the tree needs no recursion.
    pub(super) nodes: Vec<Node>,
}

impl Tree {
    pub(super) fn new(source: &str, nodes: Vec<Node>) -> Self {
        Self {
            source: source.into(),
            nodes,
        }
    }

    /// Returns the text that all spans refer to.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the root value; `None` only if the source was too large to be read. An empty source is an empty object.
    pub fn root(&self) -> Option<Value<'_>> {
        (!self.nodes.is_empty()).then_some(Value::new(self, 0))
    }

    /// Finds the value at a key path; of repeated keys, the last.
    pub fn find(&self, path: &KeyPath) -> Option<Value<'_>> {
        self.find_segments(path.segments())
    }

    /// Finds the span of the key a path ends with; `None` if nothing is there or the path ends with an index.
    pub fn key_span(&self, path: &KeyPath) -> Option<Span> {
        Some(self.member(path)?.key.span())
    }

    /// Finds the member a path ends with; of repeated keys, the last.
    pub fn member(&self, path: &KeyPath) -> Option<Member<'_>> {
        let (last, parents) = path.segments().split_last()?;
        match last {
            Segment::Key(key) => self.find_segments(parents)?.member(key),
            Segment::Index(_) => None,
        }
    }

    /// Visits every value in source order, parents before children, repeated keys included.
    pub fn walk(&self) -> Walk<'_> {
        Walk::new(self)
    }

    /// Lists the tokens of the source, whitespace and comments included.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens::new(self)
    }

    fn find_segments(&self, segments: &[Segment]) -> Option<Value<'_>> {
        segments
            .iter()
            .try_fold(self.root()?, |value, segment| match segment {
                Segment::Key(key) => value.get(key),
                Segment::Index(index) => value.items().nth(*index),
            })
    }
}
