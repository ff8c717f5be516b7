//! Decodes the source text of strings. Total: what is malformed is kept as written, its error was reported elsewhere.

use std::borrow::Cow;

/// Decodes `"…"` or `'…'`; the closing quote may be missing.
pub(super) fn quoted(raw: &str) -> Cow<'_, str> {
    let Some(quote) = raw.chars().next() else {
        return Cow::Borrowed(raw);
    };
    let inner = &raw[quote.len_utf8()..];
    if !inner.contains('\\') {
        return Cow::Borrowed(inner.strip_suffix(quote).unwrap_or(inner));
    }
    let mut decoded = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(character) = rest.chars().next().filter(|character| *character != quote) {
        let (piece, length) = match character {
            '\\' => escape(rest).unwrap_or((character, 1)),
            _ => (character, character.len_utf8()),
        };
        decoded.push(piece);
        rest = &rest[length..];
    }
    Cow::Owned(decoded)
}

/// Reads the escape sequence at the start of `text`: what it stands for, and its length in bytes.
pub(super) fn escape(text: &str) -> Option<(char, usize)> {
    let simple = match text.as_bytes().get(1)? {
        quoted @ (b'"' | b'\'' | b'\\' | b'/') => char::from(*quoted),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode_escape(text),
        _ => return None,
    };
    Some((simple, 2))
}

/// Reads `\uXXXX`, or two of them that are one surrogate pair; half a pair is no character.
fn unicode_escape(text: &str) -> Option<(char, usize)> {
    let first = code_unit(text)?;
    if let Some(character) = char::from_u32(u32::from(first)) {
        return Some((character, 6));
    }
    let pair = [first, code_unit(text.get(6..)?)?];
    let character = char::decode_utf16(pair).next()?.ok()?;
    Some((character, 12))
}

fn code_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let all_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all_digits.then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Decodes `'''…'''`: drops the line break next to each delimiter, carriage returns, and up to `indentation` leading
/// whitespace characters of every line but the first.
pub(super) fn multiline(raw: &str, indentation: usize) -> String {
    let inner = raw.strip_prefix("'''").unwrap_or(raw);
    let inner = inner.strip_suffix("'''").unwrap_or(inner);
    let inner = inner.trim_start_matches(is_blank);
    let mut lines = inner.split('\n');
    let mut decoded = String::with_capacity(inner.len());
    push_line(&mut decoded, lines.next().unwrap_or_default());
    for (number, line) in lines.enumerate() {
        if number > 0 || !inner.starts_with('\n') {
            decoded.push('\n');
        }
        push_line(&mut decoded, unindented(line, indentation));
    }
    if decoded.ends_with('\n') {
        decoded.pop();
    }
    decoded
}

fn push_line(decoded: &mut String, line: &str) {
    decoded.extend(line.split('\r'));
}

fn unindented(line: &str, indentation: usize) -> &str {
    let blanks = line
        .chars()
        .take(indentation)
        .take_while(|character| is_blank(*character))
        .count();
    &line[blanks..]
}

/// Whitespace within a line; all of it is one byte long.
fn is_blank(character: char) -> bool {
    character <= ' ' && character != '\n'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_strings_decode_their_escapes() {
        for (raw, expected) in [
            (r#""plain""#, "plain"),
            (r"'it\'s'", "it's"),
            (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r#""\u00e9\uD83D\uDE00""#, "é😀"),
            (r#""open"#, "open"),
            (r#""open\""#, "open\""),
            (r#""half \ud83d""#, r"half \ud83d"),
            (r#""bad \x \u12""#, r"bad \x \u12"),
            (r#""\u+123é""#, r"\u+123é"),
            ("'", ""),
        ] {
            assert_eq!(quoted(raw), expected, "{raw}");
        }
    }

    #[test]
    fn multiline_strings_lose_indentation_and_outer_line_breaks() {
        for (raw, indentation, expected) in [
            ("''''''", 0, ""),
            ("'''one'''", 0, "one"),
            ("''' \n  one\n    two\n  '''", 2, "one\n  two"),
            ("'''one\r\n  two'''", 2, "one\ntwo"),
            ("'''\n one\n\n'''", 4, "one\n"),
            ("'''\n'''", 0, ""),
            ("'''\n\n'''", 0, ""),
            ("'''it''s '''", 0, "it''s "),
            ("'''open", 0, "open"),
        ] {
            assert_eq!(multiline(raw, indentation), expected, "{raw:?}");
        }
    }
}
