//! The lines of a text, by byte offsets.

/// Where the line of an offset begins.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    before.rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the next line begins, or the text ends.
pub(super) fn next_line(text: &str, offset: usize) -> usize {
    let behind = text.get(offset..).unwrap_or_default();
    behind
        .find('\n')
        .map_or(text.len(), |newline| offset + newline + 1)
}

/// What stands before an offset on its line, if that is white space only.
pub(super) fn indentation(text: &str, offset: usize) -> Option<&str> {
    let before = text.get(line_start(text, offset)..offset)?;
    before.trim().is_empty().then_some(before)
}

/// The line break that a text uses.
pub(in crate::lint) fn line_break(text: &str) -> &'static str {
    let first = text.find('\n').and_then(|newline| text.get(..newline));
    match first.is_some_and(|line| line.ends_with('\r')) {
        true => "\r\n",
        false => "\n",
    }
}

/// Whether what follows an entry on its line belongs to it: at most a comma and a comment.
pub(super) fn is_end_of_entry(rest: &str) -> bool {
    let rest = rest.trim_start();
    let rest = rest.strip_prefix(',').unwrap_or(rest).trim();
    let is_block = rest.strip_prefix("/*").is_some_and(|comment| {
        comment
            .strip_suffix("*/")
            .is_some_and(|inner| !inner.contains("*/"))
    });
    rest.is_empty() || is_line_comment(rest) || is_block
}

/// Whether a text begins like a comment that ends with its line.
pub(super) fn is_line_comment(text: &str) -> bool {
    text.starts_with('#') || text.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_offset() {
        let text = "ab\r\n  cd\n";
        assert_eq!([0, 3, 4, 7].map(|at| line_start(text, at)), [0, 0, 4, 4]);
        assert_eq!([0, 4, 9].map(|at| next_line(text, at)), [4, 9, 9]);
        assert_eq!(indentation(text, 6), Some("  "));
        assert_eq!(indentation(text, 7), None);
        assert_eq!([text, "a\nb\r\n", ""].map(line_break), ["\r\n", "\n", "\n"]);
    }

    #[test]
    fn only_a_comma_and_a_comment_belong_to_an_entry() {
        for rest in ["", " \r\n", ",", " , # x", "// }", "/* x */", ", /* x */\n"] {
            assert!(is_end_of_entry(rest), "{rest:?}");
        }
        for rest in ["}", ", a: 1", "/* x", "/* x */ }", "/* x */ /* y */", ",,"] {
            assert!(!is_end_of_entry(rest), "{rest:?}");
        }
    }
}
