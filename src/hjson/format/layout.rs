//! How a value is printed: on one line or on several.

use std::borrow::Cow;

use super::super::scanner::comment_length;
use super::one_line::one_line;
use super::quotes::{self, Quotes};
use super::{Kind, Span, Style, Value};

/// The lines that a value takes.
pub(super) enum Layout<'tree> {
    /// One, with this text.
    Line(Cow<'tree, str>),
    /// Those of a `'''` string with this value.
    Lines(String),
    /// A bracket, then what is in it on lines of its own.
    Open,
}

impl<'tree> Layout<'tree> {
    /// Decides for a value that would start at a column.
    pub(super) fn of(value: Value<'tree>, quotes: Quotes, column: usize) -> Self {
        match value.kind() {
            Kind::Object | Kind::Array => {
                one_line(value, column).map_or(Self::Open, |text| Self::Line(Cow::Owned(text)))
            }
            Kind::String => Self::of_string(value, quotes),
            Kind::Number | Kind::Bool | Kind::Null => Self::Line(Cow::Borrowed(value.raw())),
        }
    }

    /// Decides for a root, which without quotes could be read as an object.
    pub(super) fn of_root(value: Value<'tree>) -> Self {
        match value.style() {
            Some(Style::Quoteless) if !quotes::is_quoteless_root(value.raw()) => {
                Self::Line(Cow::Owned(quotes::double_quoted(value.raw())))
            }
            _ => Self::of(value, Quotes::Kept, 0),
        }
    }

    fn of_string(value: Value<'tree>, quotes: Quotes) -> Self {
        let text = value.text();
        match value.style() {
            Some(Style::Multiline) if value.raw().contains('\n') => match text.is_empty() {
                true => Self::Line(Cow::Borrowed("''''''")),
                false => Self::Lines(text.into_owned()),
            },
            Some(Style::DoubleQuoted | Style::SingleQuoted) if quotes == Quotes::Needed => {
                if quotes::reads_well_without(&text) && !has_comment_behind(value) {
                    Self::Line(text)
                } else if quotes::reads_well_in_lines(&text) {
                    Self::Lines(text.into_owned())
                } else {
                    Self::Line(Cow::Borrowed(value.raw()))
                }
            }
            Some(Style::Quoteless) if !quotes::is_quoteless(&text) => {
                Self::Line(Cow::Owned(quotes::double_quoted(&text)))
            }
            _ => Self::Line(Cow::Borrowed(value.raw())),
        }
    }
}

/// Whether a comment stands behind a value on its line; without quotes the value would swallow it.
fn has_comment_behind(value: Value<'_>) -> bool {
    let source = value.tree.source();
    let behind = Span::new(value.span().end, source.len()).of(source);
    let is_passed = |character: char| {
        character == ',' || (character <= ' ' && !matches!(character, '\n' | '\r'))
    };
    comment_length(behind.trim_start_matches(is_passed)).is_some()
}
