//! What several rules need to look at a text.

use super::context::TextContext;
use super::finding::Finding;
use crate::hjson::{Member, Span, Style, Value, Walk};

impl<'a> TextContext<'a> {
    /// Looks at every value, in source order; parents come first.
    pub(super) fn each_value(
        &self,
        look: impl Fn(&Walk<'a>, Value<'a>) -> Option<Finding>,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut walk = self.tree.walk();
        while let Some(value) = walk.next() {
            findings.extend(look(&walk, value));
        }
        findings
    }

    /// The text between two places of the source.
    pub(super) fn between(&self, start: usize, end: usize) -> &'a str {
        Span::new(start, end).of(self.source.text())
    }
}

/// A member whose value is text that stands on a later line and reads like a member.
pub(super) struct Swallower<'a> {
    /// The member that has no value of its own.
    pub(super) member: Member<'a>,
    /// The comment behind its colon, where there is one on its line.
    pub(super) comment: Option<Span>,
}

/// Recognises a member that swallowed the next one.
pub(super) fn swallower<'a>(text: &TextContext<'a>, member: Member<'a>) -> Option<Swallower<'a>> {
    let (key, value) = (member.key.span(), member.value);
    if value.style() != Some(Style::Quoteless) || !reads_like_member(value.raw()) {
        return None;
    }
    let gap = text.between(key.end, value.span().start);
    let (first_line, _) = gap.split_once('\n')?;
    let behind_colon = first_line.trim_end().trim_start_matches([' ', '\t', ':']);
    let end = key.end + first_line.trim_end().len();
    let comment = !behind_colon.is_empty();
    Some(Swallower {
        member,
        comment: comment.then(|| Span::new(end - behind_colon.len(), end)),
    })
}

/// Whether a text could be `key: value`. A URL could not.
fn reads_like_member(text: &str) -> bool {
    let Some((key, value)) = text.split_once(':') else {
        return false;
    };
    let is_word = |character: char| character.is_alphanumeric() || "-_.".contains(character);
    let key = key.trim_end();
    !key.is_empty()
        && key.chars().all(is_word)
        && (value.is_empty() || value.starts_with([' ', '\t']))
}

/// Where an entry begins: at its key, where it has one.
pub(super) fn entry_start(walk: &Walk<'_>, value: Value<'_>) -> usize {
    let key = walk.member().map(|member| member.key.span().start);
    key.unwrap_or(value.span().start)
}

/// How messages name a value: by its key, where it has one.
pub(super) fn value_of(walk: &Walk<'_>) -> String {
    match walk.member() {
        Some(member) => format!("the value of `{}`", shorten(&member.key.text())),
        None => "the item".to_owned(),
    }
}

/// A text as messages quote it: one line, at most 40 characters, nothing invisible.
pub(super) fn shorten(text: &str) -> String {
    const LENGTH: usize = 40;
    let visible = |character: char| !character.is_control() && invisible_name(character).is_none();
    let mut characters = text.chars().filter(|character| visible(*character));
    let mut shown: String = characters.by_ref().take(LENGTH).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// The name of a character that cannot be seen, or that changes how others are seen.
pub(super) fn invisible_name(character: char) -> Option<&'static str> {
    match character {
        '\u{a0}' => Some("no-break space"),
        '\u{ad}' => Some("soft hyphen"),
        '\u{200b}' => Some("zero width space"),
        '\u{200c}' | '\u{200d}' => Some("zero width joiner"),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some("text direction mark")
        }
        '\u{2028}' | '\u{2029}' => Some("line separator"),
        '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some("special space"),
        '\u{2060}' | '\u{feff}' => Some("word joiner"),
        _ => None,
    }
}
