//! From bytes to text: reports what is not clean UTF-8, and reads on.

use super::error::SyntaxError;
use super::error_kind::SyntaxErrorKind;
use super::parsed::{Parsed, parse};
use super::scanner::ERROR_LIMIT;
use super::span::Span;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Parses the bytes of a file. Spans refer to the tree's source, which differs from the bytes only if one of the errors
/// is `Utf16` (then it is the decoded text) or `InvalidUtf8` (then U+FFFD stands for the bytes).
pub fn parse_bytes(bytes: &[u8]) -> Parsed {
    if let Some(text) = utf16(bytes) {
        let error = SyntaxError::new(SyntaxErrorKind::Utf16, Span::new(0, 0));
        return with_errors(parse(&text), vec![error]);
    }
    match std::str::from_utf8(bytes) {
        Ok(source) => parse(source),
        Err(_) => {
            let (source, errors) = repaired(bytes);
            with_errors(parse(&source), errors)
        }
    }
}

fn with_errors(parsed: Parsed, mut errors: Vec<SyntaxError>) -> Parsed {
    errors.extend(parsed.errors);
    Parsed::new(parsed.tree, errors)
}

/// Puts U+FFFD in the place of every invalid sequence.
fn repaired(bytes: &[u8]) -> (String, Vec<SyntaxError>) {
    let mut source = String::with_capacity(bytes.len());
    let mut errors = Vec::new();
    for chunk in bytes.utf8_chunks() {
        source.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            let start = source.len();
            source.push(char::REPLACEMENT_CHARACTER);
            if errors.len() < ERROR_LIMIT {
                errors.push(SyntaxError::new(
                    SyntaxErrorKind::InvalidUtf8,
                    Span::new(start, source.len()),
                ));
            }
        }
    }
    (source, errors)
}

/// Decodes UTF-16, recognised by its byte order mark or by every second of the first four bytes being NUL.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (units, _) = bytes.as_chunks::<2>();
    let decode = |unit: fn([u8; 2]) -> u16| {
        let text = char::decode_utf16(units.iter().map(|pair| unit(*pair)));
        text.map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect::<String>()
    };
    let text = match bytes {
        [0xFF, 0xFE, ..] | [1..=255, 0, 1..=255, 0, ..] => decode(u16::from_le_bytes),
        [0xFE, 0xFF, ..] | [0, 1..=255, 0, 1..=255, ..] => decode(u16::from_be_bytes),
        _ => return None,
    };
    Some(
        text.strip_prefix(BYTE_ORDER_MARK)
            .map_or_else(|| text.clone(), str::to_owned),
    )
}

/// Returns where the text starts: behind a byte order mark.
pub(super) fn text_start(source: &str) -> usize {
    if source.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len_utf8()
    } else {
        0
    }
}

/// Finds characters that do not belong in a file: a byte order mark, and the first NUL.
pub(super) fn character_errors(source: &str) -> Vec<SyntaxError> {
    let mark = text_start(source);
    let mark =
        (mark > 0).then(|| SyntaxError::new(SyntaxErrorKind::ByteOrderMark, Span::new(0, mark)));
    let nul = source.bytes().position(|byte| byte == 0);
    let nul = nul
        .map(|start| SyntaxError::new(SyntaxErrorKind::NulCharacter, Span::new(start, start + 1)));
    mark.into_iter().chain(nul).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Vec<(SyntaxErrorKind, Span)>) {
        let parsed = parse_bytes(bytes);
        let errors = parsed
            .errors
            .into_iter()
            .map(|error| (error.kind, error.span))
            .collect();
        let value = parsed
            .tree
            .root()
            .and_then(|root| root.get("a"))
            .expect("the member was read");
        (value.text().into_owned(), errors)
    }

    fn one(kind: SyntaxErrorKind, start: usize, end: usize) -> Vec<(SyntaxErrorKind, Span)> {
        vec![(kind, Span::new(start, end))]
    }

    #[test]
    fn a_byte_order_mark_is_an_error_of_its_own() {
        assert_eq!(
            read("\u{feff}a: x".as_bytes()),
            ("x".to_owned(), one(SyntaxErrorKind::ByteOrderMark, 0, 3))
        );
    }

    #[test]
    fn utf16_is_decoded_and_reported() {
        for mark in ["\u{feff}", ""] {
            let text = format!("{mark}a: é\nb: 1");
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for bytes in [little, big] {
                assert_eq!(
                    read(&bytes),
                    ("é".to_owned(), one(SyntaxErrorKind::Utf16, 0, 0))
                );
            }
        }
    }

    #[test]
    fn invalid_utf8_is_replaced_and_reported() {
        assert_eq!(
            read(b"a: x\xFFy"),
            (
                "x\u{fffd}y".to_owned(),
                one(SyntaxErrorKind::InvalidUtf8, 4, 7)
            )
        );
    }

    #[test]
    fn the_first_nul_is_reported() {
        assert_eq!(
            read(b"a: xx\0y\0"),
            (
                "xx\0y\0".to_owned(),
                one(SyntaxErrorKind::NulCharacter, 5, 6)
            )
        );
    }
}
