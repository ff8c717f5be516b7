//! Makes text from outside safe to show: a node's output, an error, a document.
//!
//! Nothing that a terminal would act on is left: control characters, escape sequences,
//! invisible characters and those that change the direction of writing are written out.
//! This is for reading; where every byte counts, read the log file, which is raw.

use std::fmt::Write;

/// The longest line that is shown, in bytes.
pub const LONGEST_LINE: usize = 500;

/// Writes out everything that is not plain text; a byte that is not UTF-8 becomes `\xNN`,
/// a tab four spaces. The result is one line without control characters.
pub fn escape(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            push(&mut shown, character);
        }
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// Like [`escape`], but says how much is left out after [`LONGEST_LINE`] bytes.
pub fn line(bytes: &[u8]) -> String {
    if bytes.len() <= LONGEST_LINE {
        return escape(bytes);
    }
    let (shown, rest) = bytes.split_at(whole_characters(bytes, LONGEST_LINE));
    format!("{}... ({} more bytes)", escape(shown), rest.len())
}

/// Like [`escape`], but keeps the ends of lines.
pub fn lines(text: &str) -> String {
    let shown: Vec<String> = text.lines().map(|line| escape(line.as_bytes())).collect();
    shown.join("\n")
}

/// The last lines of a log, each as [`line()`] shows it.
pub fn last_lines(bytes: &[u8], count: usize) -> Vec<String> {
    let mut shown: Vec<String> = bytes
        .trim_ascii_end()
        .rsplit(|byte| *byte == b'\n')
        .take(count)
        .map(|text| line(text.trim_ascii_end()))
        .collect();
    shown.reverse();
    shown
}

fn push(shown: &mut String, character: char) {
    match character {
        '\t' => shown.push_str("    "),
        character if is_unseen(character) => shown.extend(character.escape_default()),
        character => shown.push(character),
    }
}

/// Controls, and characters that are invisible or reorder the line they stand in.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// The last place at or before `limit` that is not inside a character.
fn whole_characters(bytes: &[u8], limit: usize) -> usize {
    let is_inside = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
    (limit.saturating_sub(3)..=limit)
        .rev()
        .find(|at| !is_inside(at))
        .unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_out_what_a_terminal_would_act_on() {
        assert_eq!(escape(b"\x1b[31mred\x07"), r"\u{1b}[31mred\u{7}");
        assert_eq!(escape("\u{9b}2J".as_bytes()), r"\u{9b}2J");
        assert_eq!(
            escape("a\u{202e}b\u{200b}".as_bytes()),
            r"a\u{202e}b\u{200b}"
        );
        assert_eq!(escape(b"10%\r20%\n"), r"10%\r20%\n");
        assert_eq!(escape(b"a\tb"), "a    b");
    }

    #[test]
    fn keeps_text_of_any_language() {
        assert_eq!(
            escape("Überprüfung 検査 ✓".as_bytes()),
            "Überprüfung 検査 ✓"
        );
    }

    #[test]
    fn shows_bytes_that_are_not_text() {
        assert_eq!(escape(b"ab\xff\xfe\xc3"), r"ab\xff\xfe\xc3");
    }

    #[test]
    fn bounds_a_line_between_characters() {
        let text = format!("{}é{}", "x".repeat(LONGEST_LINE - 1), "y".repeat(10));
        let expected = format!("{}... (12 more bytes)", "x".repeat(LONGEST_LINE - 1));
        assert_eq!(line(text.as_bytes()), expected);
    }

    #[test]
    fn takes_the_last_lines_of_a_log() {
        let log = b"one\r\ntwo\r\nthree\r\n\r\n";
        assert_eq!(last_lines(log, 2), ["two", "three"]);
        assert_eq!(last_lines(log, 9), ["one", "two", "three"]);
        assert_eq!(last_lines(b"", 9), [""]);
    }

    proptest! {
        #[test]
        fn never_lets_a_control_character_through(
            bytes in prop::collection::vec(any::<u8>(), 0..2000)
        ) {
            for shown in [escape(&bytes), line(&bytes), last_lines(&bytes, 20).concat()] {
                prop_assert!(!shown.chars().any(is_unseen), "{shown:?}");
            }
        }

        #[test]
        fn never_lets_a_control_character_of_text_through(text in "\\PC*|\\p{C}*|.*") {
            prop_assert!(!escape(text.as_bytes()).chars().any(is_unseen));
            let kept: String = lines(&text).chars().filter(|character| *character != '\n').collect();
            prop_assert!(!kept.chars().any(is_unseen));
        }

        #[test]
        fn bounds_every_line(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            // One byte becomes at most four; the note about the rest is short.
            prop_assert!(line(&bytes).len() <= LONGEST_LINE * 5 + 40);
        }
    }
}
