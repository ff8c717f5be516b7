//! Finds out what could be written at a place where the text is still incomplete.
//!
//! A half-written line means something else to HJSON than to its author: `tag:` takes its value from the next line. So
//! the word at the place is replaced by a word that is surely whole, and where that stands in the tree is what counts.

use crate::hjson::{self, KeyPath, Kind, Segment, Span, Tree};

/// A word that nobody writes.
const WORD: &str = "ddt-completes-here";

/// What could stand at a place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Whether it is a key, or a value.
    pub(super) wanted: Wanted,
    /// The bytes of the word that is there.
    pub(super) word: Span,
    /// The text with the word replaced.
    pub(super) tree: Tree,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A key of the object at a path; the colon may be there already.
    Key { object: KeyPath, has_colon: bool },
    /// The value at a path.
    Value(KeyPath),
}

/// Looks at the place; `None` in comments, and wherever no single word could stand.
pub(super) fn place(text: &str, offset: usize) -> Option<Place> {
    let word = word(text, offset)?;
    let (before, after) = (&text[..word.start], &text[word.end..]);
    let has_colon = after.trim_start_matches([' ', '\t']).starts_with(':');
    // As a key, so that it is found in objects; an array and a key take it as a text.
    let inserted = match before.trim_end_matches([' ', '\t']).ends_with(':') {
        true => format!("\"{WORD}\""),
        false if has_colon => WORD.to_owned(),
        false => format!("{WORD}: 0\n"),
    };
    let tree = hjson::parse(&format!("{before}{inserted}{after}")).tree;
    let wanted = wanted(&tree, has_colon)?;
    Some(Place { wanted, word, tree })
}

/// The word around an offset; `None` where the offset is not in the text.
fn word(text: &str, offset: usize) -> Option<Span> {
    let (before, after) = text.split_at_checked(offset)?;
    let is_word = |character: char| character.is_alphanumeric() || "-_.".contains(character);
    let start = before.trim_end_matches(is_word).len();
    let length = after.len() - after.trim_start_matches(is_word).len();
    Some(Span::new(start, offset + length))
}

fn wanted(tree: &Tree, has_colon: bool) -> Option<Wanted> {
    let mut walk = tree.walk();
    while let Some(value) = walk.next() {
        if walk.member().is_some_and(|member| member.key.raw() == WORD) {
            let object = walk.path().parent()?;
            return Some(Wanted::Key { object, has_colon });
        }
        let is_item = matches!(walk.path().segments().last(), Some(Segment::Index(_)));
        let is_whole = value.kind() == Kind::String && value.text() == WORD;
        if is_whole || (is_item && value.raw().starts_with(WORD)) {
            return Some(Wanted::Value(walk.path()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is wanted at the bar.
    fn at_bar(text: &str) -> String {
        let offset = text.find('|').expect("a bar");
        match place(&text.replacen('|', "", 1), offset).map(|place| place.wanted) {
            Some(Wanted::Key { object, has_colon }) => format!("key of {object}, {has_colon}"),
            Some(Wanted::Value(path)) => format!("value of {path}"),
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn half_written_lines_are_understood() {
        for (text, expected) in [
            ("|", "key of (root), false"),
            ("{\n  a: {\n    t|\n  }\n}", "key of a, false"),
            ("{ a: { t|", "key of a, false"),
            ("{\n  a: x\n  b|: y\n}", "key of (root), true"),
            ("{\n  tag:|\n  artifrepo: host\n}", "value of tag"),
            ("{\n  reboot: y| # why\n}", "value of reboot"),
            ("{\n  list: [ o|\n}", "value of list[0]"),
            ("{\n  list: [\n    one\n    t|\n  ]\n}", "value of list[1]"),
            ("{\n  # not h|ere\n  a: x\n}", "nothing"),
            ("{\n  a: two words|\n}", "nothing"),
            ("{\n  a: host:50|\n}", "nothing"),
        ] {
            assert_eq!(at_bar(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_place_of_any_text_may_be_asked_about(text in "[a:{}\\[\\]\n '\"#é,]*", at in 0usize..40) {
            if let Some(place) = place(&text, at) {
                prop_assert!(place.word.start <= at && at <= place.word.end);
            }
        }
    }
}
