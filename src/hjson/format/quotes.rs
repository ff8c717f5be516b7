//! When a key or a string needs quotes.

use std::borrow::Cow;

use super::super::canonical::print_string;
use super::super::encoding::text_start;
use super::super::node::NodeKind;
use super::super::parsed::parse;
use super::super::scanner::{Scanner, comment_length, is_punctuator};
use super::{Key, Style};

/// What becomes of quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// They stay as they are.
    Kept,
    /// Those that nobody would miss are left out, and text of several lines becomes a `'''` string: from JSON to HJSON.
    Needed,
}

/// The text of a key.
pub(super) fn key<'tree>(key: Key<'tree>, quotes: Quotes) -> Cow<'tree, str> {
    let is_quoted = key.style() != Style::Quoteless;
    if is_quoted && quotes == Quotes::Needed && is_word(&key.text()) {
        return key.text();
    }
    // At the start of a file this would be a byte order mark.
    if !is_quoted && text_start(key.raw()) > 0 {
        return Cow::Owned(double_quoted(&key.text()));
    }
    Cow::Borrowed(key.raw())
}

/// Prints a text in double quotes.
pub(super) fn double_quoted(text: &str) -> String {
    let mut printed = String::with_capacity(text.len() + 2);
    print_string(text, &mut printed);
    printed
}

/// Whether a line with nothing but this text is read as this text. What a string without quotes says may need them if it
/// stands elsewhere: behind a no-break space, `true` and `#` are text.
pub(super) fn is_quoteless(text: &str) -> bool {
    let starts_plainly = text
        .bytes()
        .next()
        .is_some_and(|byte| byte > b' ' && !is_punctuator(byte));
    if !starts_plainly || text_start(text) > 0 || comment_length(text).is_some() {
        return false;
    }
    let (node, _) = Scanner::new(text, 0).scalar();
    node.kind == NodeKind::String(Style::Quoteless) && node.span().len() == text.len()
}

/// Whether a document with nothing but this text is read as this text.
pub(super) fn is_quoteless_root(text: &str) -> bool {
    let parsed = parse(text);
    let root = parsed.tree.root().filter(|_| parsed.errors.is_empty());
    root.is_some_and(|root| root.style() == Some(Style::Quoteless) && root.raw() == text)
}

/// Whether a text without quotes is also read rightly by people: nothing in it seems to end it.
pub(super) fn reads_well_without(text: &str) -> bool {
    let is_doubtful = |character: char| {
        character.is_control()
            || matches!(character, '{' | '}' | '[' | ']' | ',' | '#' | '"' | '\'')
    };
    is_quoteless(text)
        && !text.contains(is_doubtful)
        && !text.contains(" //")
        && !text.contains("/*")
}

/// Whether a `'''` string can have this value, and should.
pub(super) fn reads_well_in_lines(text: &str) -> bool {
    let is_doubtful = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    text.contains('\n') && !text.contains(is_doubtful) && !text.contains("'''")
}

fn is_word(text: &str) -> bool {
    let belongs = |character: char| character.is_alphanumeric() || "-_.+$@".contains(character);
    !text.is_empty() && text.chars().all(belongs)
}
