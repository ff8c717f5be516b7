//! Which objects and arrays are printed on one line.

use super::{Kind, Span, Style, TokenKind, Value, gap_tokens};

/// The longest line that an array is kept on, in characters.
const LINE_LENGTH: usize = 100;

/// The text of an object or array that fits on one line: an empty one, and a list of scalars that is on one line already.
/// None of them holds a comment, a string without quotes, or a line break.
pub(super) fn one_line(value: Value<'_>, column: usize) -> Option<String> {
    let is_empty = value.behind() == value.index + 1;
    match value.kind() {
        Kind::Object if is_empty => (!has_comment(value)).then(|| "{}".to_owned()),
        Kind::Array if is_empty => (!has_comment(value)).then(|| "[]".to_owned()),
        Kind::Array if value.items().all(is_closed_scalar) => list(value, column),
        _ => None,
    }
}

fn list(value: Value<'_>, column: usize) -> Option<String> {
    if value.raw().contains(['\n', '\r']) || has_comment(value) {
        return None;
    }
    let items: Vec<&str> = value.items().map(Value::raw).collect();
    let text = format!("[ {} ]", items.join(", "));
    (column + text.chars().count() <= LINE_LENGTH).then_some(text)
}

/// Whether something can follow a value on its line.
fn is_closed_scalar(value: Value<'_>) -> bool {
    value.style().is_some_and(|style| style != Style::Quoteless)
}

fn has_comment(value: Value<'_>) -> bool {
    let span = value.span();
    let mut position = span.start + 1;
    let ends = value.items().map(Value::span).map(Some).chain([None]);
    for item in ends {
        let gap = Span::new(position, item.map_or(span.end - 1, |item| item.start));
        let mut tokens = gap_tokens(value.tree.source(), gap);
        if tokens.any(|token| token.kind == TokenKind::Comment) {
            return true;
        }
        position = item.map_or(span.end, |item| item.end);
    }
    false
}
