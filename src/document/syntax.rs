//! Syntax errors as diagnostics, under the codes of the lint catalogue.

use super::diagnostic::Diagnostic;
use super::fix::Fix;
use super::source::Source;
use crate::hjson::{Edit, Span, SyntaxError, SyntaxErrorKind};

const BYTE_ORDER_MARK: char = '\u{feff}';

pub(super) fn diagnostic(source: &Source, error: &SyntaxError) -> Diagnostic {
    let diagnostic = Diagnostic::error(error.to_string())
        .code(code(&error.kind))
        .at(source, error.span, "");
    let related = error.related.iter();
    let diagnostic = related
        .fold(diagnostic, |diagnostic, related| {
            diagnostic.at(source, related.span, &related.note)
        })
        .help(error.help());
    let is_mark = error.kind == SyntaxErrorKind::ByteOrderMark;
    let fix = is_mark.then(|| without_mark(source.text()));
    Diagnostic { fix, ..diagnostic }
}

/// Deletes the byte order mark. A second one would take its place, where it has been text before.
fn without_mark(text: &str) -> Fix {
    let (title, mark) = (
        "delete the byte order mark",
        Span::new(0, BYTE_ORDER_MARK.len_utf8()),
    );
    let edits = vec![Edit::delete(mark)];
    match text.chars().nth(1) == Some(BYTE_ORDER_MARK) {
        true => Fix::guess(title, edits),
        false => Fix::safe(title, edits),
    }
}

/// Whether a text with this error still has the members and items that its author meant,
/// but for the one that is wrong.
pub fn keeps_structure(error: &SyntaxError) -> bool {
    use SyntaxErrorKind as Kind;
    matches!(
        error.kind,
        Kind::ByteOrderMark
            | Kind::Utf16
            | Kind::InvalidUtf8
            | Kind::NulCharacter
            | Kind::MissingColon { .. }
            | Kind::WhitespaceInKey { .. }
            | Kind::MissingValue { .. }
            | Kind::UnexpectedComma
            | Kind::UnexpectedColon
            | Kind::UnterminatedString
            | Kind::BadEscape { .. }
    )
}

fn code(kind: &SyntaxErrorKind) -> &'static str {
    use SyntaxErrorKind as Kind;
    match kind {
        Kind::ByteOrderMark | Kind::Utf16 | Kind::InvalidUtf8 | Kind::NulCharacter => "DDT003",
        Kind::UnclosedDelimiter { .. } => "DDT002",
        Kind::UnterminatedComment => "DDT004",
        Kind::TooDeep { .. } => "DDT005",
        _ => "DDT001",
    }
}
