//! The way in: a source text becomes a tree and its errors.

use super::encoding;
use super::error::SyntaxError;
use super::error_kind::SyntaxErrorKind;
use super::node::SOURCE_LIMIT;
use super::parser::parse_document;
use super::scanner::ERROR_LIMIT;
use super::span::Span;
use super::tree::Tree;

/// What a source turned out to be.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Everything that could be understood.
    pub tree: Tree,
    /// What could not, by place; at most [`ERROR_LIMIT`] of them. Empty for correct HJSON.
    pub errors: Vec<SyntaxError>,
}

impl Parsed {
    pub(super) fn new(tree: Tree, mut errors: Vec<SyntaxError>) -> Self {
        errors.sort_by_key(|error| error.span);
        errors.truncate(ERROR_LIMIT);
        Self { tree, errors }
    }
}

/// Parses a source. Never fails as a whole and never panics; time and memory are linear in the length of the source.
pub fn parse(source: &str) -> Parsed {
    if source.len() > SOURCE_LIMIT {
        let kind = SyntaxErrorKind::TooLarge {
            limit: SOURCE_LIMIT,
        };
        let error = SyntaxError::new(kind, Span::new(0, 0));
        return Parsed::new(Tree::new(source, Vec::new()), vec![error]);
    }
    let (nodes, mut errors) = parse_document(source, encoding::text_start(source));
    errors.extend(encoding::character_errors(source));
    Parsed::new(Tree::new(source, nodes), errors)
}
