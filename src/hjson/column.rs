//! What a column counts. Editors, protocols and terminals disagree; one byte offset serves them all.

use unicode_width::UnicodeWidthChar;

/// The width at which ddt shows a tab.
const TAB_CELLS: usize = 4;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnUnit {
    /// Unicode code points: what ddt shows, and most formats of CI systems.
    Character,
    /// Bytes of UTF-8: rdjson.
    Utf8Byte,
    /// Units of UTF-16: editors that speak the language server protocol.
    Utf16Unit,
    /// Cells of a terminal: wide characters take two, combining ones none, tabs four.
    TerminalCell,
}

impl ColumnUnit {
    /// Counts the units of a text that stands on one line.
    pub fn count(self, text: &str) -> usize {
        text.chars().map(|character| self.size(character)).sum()
    }

    /// Returns the longest beginning of a line that takes no more than so many units.
    pub fn take(self, line: &str, units: usize) -> &str {
        let mut taken = 0;
        let end = line.char_indices().find(|(_, character)| {
            taken += self.size(*character);
            taken > units
        });
        end.map_or(line, |(offset, _)| &line[..offset])
    }

    /// Returns how many bytes at the start of a source take no column. No editor shows a byte order mark; a client of
    /// the language server protocol that sends one counts it.
    pub(super) fn uncounted(self, source: &str) -> usize {
        match self {
            Self::Utf16Unit => 0,
            _ if source.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len_utf8(),
            _ => 0,
        }
    }

    fn size(self, character: char) -> usize {
        match self {
            Self::Character => 1,
            Self::Utf8Byte => character.len_utf8(),
            Self::Utf16Unit => character.len_utf16(),
            Self::TerminalCell if character == '\t' => TAB_CELLS,
            Self::TerminalCell => character.width().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ColumnUnit::{Character, TerminalCell, Utf8Byte, Utf16Unit};

    #[test]
    fn one_text_has_four_widths() {
        for (text, characters, bytes, units, cells) in [
            ("tag", 3, 3, 3, 3),
            ("\ta", 2, 2, 2, 5),
            ("検査", 2, 6, 2, 4),
            ("e\u{301}", 2, 3, 2, 1),
            ("👍", 1, 4, 2, 2),
            ("a\r", 2, 2, 2, 1),
        ] {
            let widths =
                [Character, Utf8Byte, Utf16Unit, TerminalCell].map(|unit| unit.count(text));
            assert_eq!(widths, [characters, bytes, units, cells], "{text:?}");
        }
    }

    #[test]
    fn a_beginning_ends_between_characters() {
        assert_eq!(Utf16Unit.take("a👍b", 2), "a");
        assert_eq!(Utf16Unit.take("a👍b", 3), "a👍");
        assert_eq!(Utf8Byte.take("é", 1), "");
        assert_eq!(Character.take("ab", 9), "ab");
        assert_eq!(TerminalCell.take("検e\u{301}x", 3), "検e\u{301}");
    }
}
