//! The tokens of a source. They are derived from the tree on demand, so that they cost no memory.

use super::node::NodeKind;
use super::scanner::{CommentLength, comment_length, is_punctuator};
use super::span::Span;
use super::tree::Tree;

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Spaces, line breaks and control characters.
    Whitespace,
    /// A comment: `#…` and `//…` without the line break, or `/*…*/`.
    Comment,
    /// A key, quotes included.
    Key,
    /// A string, number, boolean or null, quotes included.
    Scalar,
    /// One of `{ } [ ] , :`
    Punctuator,
    /// U+FEFF at the start.
    ByteOrderMark,
    /// Text that a syntax error made unreadable.
    Skipped,
}

/// A piece of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is; never empty.
    pub span: Span,
}

/// The tokens of a source in order. Put together they are the source, byte by byte.
#[derive(Clone, Debug)]
pub struct Tokens<'tree> {
    tree: &'tree Tree,
    position: usize,
    /// The next node that is not before `position`.
    node: usize,
}

impl<'tree> Tokens<'tree> {
    pub(super) const fn new(tree: &'tree Tree) -> Self {
        Self {
            tree,
            position: 0,
            node: 0,
        }
    }

    /// Finds the next key or scalar, as a token.
    fn leaf(&mut self) -> Option<Token> {
        let nodes = self.tree.nodes.get(self.node..)?;
        let skipped = nodes
            .iter()
            .position(|node| !node.kind.is_container() && !node.span().is_empty());
        self.node += skipped.unwrap_or(nodes.len());
        let node = self.tree.nodes.get(self.node)?;
        let kind = if matches!(node.kind, NodeKind::Key(_)) {
            TokenKind::Key
        } else {
            TokenKind::Scalar
        };
        Some(Token {
            kind,
            span: node.span(),
        })
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Self::Item> {
        let leaf = self.leaf();
        let gap = Span::new(
            self.position,
            leaf.map_or(self.tree.source.len(), |leaf| leaf.span.start),
        );
        let token = match leaf {
            Some(leaf) if gap.is_empty() => {
                self.node += 1;
                leaf
            }
            _ => gap_token(gap.of(&self.tree.source), self.position)?,
        };
        self.position = token.span.end;
        Some(token)
    }
}

/// Lists the tokens of the text between two neighbouring keys, scalars or brackets.
pub(super) fn gap_tokens(source: &str, gap: Span) -> impl Iterator<Item = Token> {
    let mut position = gap.start;
    std::iter::from_fn(move || {
        let token = gap_token(Span::new(position, gap.end).of(source), position)?;
        position = token.span.end;
        Some(token)
    })
}

/// Reads the first token of the text between two keys or scalars.
fn gap_token(gap: &str, start: usize) -> Option<Token> {
    let first = gap.chars().next()?;
    let (kind, length) = match (comment_length(gap), first) {
        (Some(CommentLength::Ends(length)), _) => (TokenKind::Comment, length),
        (Some(CommentLength::Open), _) => (TokenKind::Comment, gap.len()),
        (None, '\u{feff}') if start == 0 => (TokenKind::ByteOrderMark, first.len_utf8()),
        (None, '{' | '}' | '[' | ']' | ',' | ':') => (TokenKind::Punctuator, 1),
        (None, _) if is_white(first) => (TokenKind::Whitespace, length_while(gap, is_white)),
        (None, _) => (TokenKind::Skipped, length_while(gap, is_skipped)),
    };
    Some(Token {
        kind,
        span: Span::new(start, start + length),
    })
}

fn length_while(text: &str, belongs: fn(char) -> bool) -> usize {
    let behind_first = text.char_indices().skip(1);
    behind_first
        .map(|(offset, character)| (offset, belongs(character)))
        .find(|(_, belongs)| !belongs)
        .map_or(text.len(), |(offset, _)| offset)
}

/// Whitespace between tokens: what the scanner skips, and what it trims off quoteless strings.
fn is_white(character: char) -> bool {
    character <= ' ' || character.is_whitespace()
}

fn is_skipped(character: char) -> bool {
    !is_white(character) && !u8::try_from(character).is_ok_and(is_punctuator)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::TokenKind::{ByteOrderMark, Comment, Key, Punctuator, Scalar, Skipped, Whitespace};
    use super::*;

    fn tokens(source: &str) -> Vec<(TokenKind, &str)> {
        parse(source)
            .tree
            .tokens()
            .map(|token| (token.kind, token.span.of(source)))
            .collect()
    }

    #[test]
    fn tokens_tell_what_the_text_is() {
        assert_eq!(
            tokens("\u{feff}# x\n{a : 'b'/*c*/,}"),
            [
                (ByteOrderMark, "\u{feff}"),
                (Comment, "# x"),
                (Whitespace, "\n"),
                (Punctuator, "{"),
                (Key, "a"),
                (Whitespace, " "),
                (Punctuator, ":"),
                (Whitespace, " "),
                (Scalar, "'b'"),
                (Comment, "/*c*/"),
                (Punctuator, ","),
                (Punctuator, "}"),
            ]
        );
    }

    #[test]
    fn text_behind_the_root_is_skipped() {
        assert_eq!(
            tokens("[] no, é"),
            [
                (Punctuator, "["),
                (Punctuator, "]"),
                (Whitespace, " "),
                (Skipped, "no"),
                (Punctuator, ","),
                (Whitespace, " "),
                (Skipped, "é"),
            ]
        );
    }

    #[test]
    fn whitespace_trimmed_off_a_string_is_whitespace() {
        assert_eq!(
            tokens("a:\u{a0}\n"),
            [(Key, "a"), (Punctuator, ":"), (Whitespace, "\u{a0}\n")]
        );
    }
}
