//! From byte offsets to the places that the protocol counts, and back.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

use crate::hjson::{ColumnUnit, Span};

/// The places of one text. An end of line is what the protocol calls one: `\n`, `\r\n` or `\r`.
#[derive(Clone, Debug)]
pub(super) struct Positions {
    starts: Vec<usize>,
    unit: ColumnUnit,
}

/// The unit to count in: bytes of UTF-8 where the client knows how, else units of UTF-16.
pub(super) fn unit(offered: &[PositionEncodingKind]) -> ColumnUnit {
    match offered.contains(&PositionEncodingKind::UTF8) {
        true => ColumnUnit::Utf8Byte,
        false => ColumnUnit::Utf16Unit,
    }
}

/// What the protocol calls the unit.
pub(super) fn encoding(unit: ColumnUnit) -> PositionEncodingKind {
    match unit {
        ColumnUnit::Utf8Byte => PositionEncodingKind::UTF8,
        _ => PositionEncodingKind::UTF16,
    }
}

impl Positions {
    /// Finds the lines of a text.
    pub(super) fn new(text: &str, unit: ColumnUnit) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(offset, byte)| {
            let is_lone = bytes.get(offset + 1) != Some(&b'\n');
            **byte == b'\n' || (**byte == b'\r' && is_lone)
        });
        let starts = std::iter::once(0).chain(ends.map(|(offset, _)| offset + 1));
        Self {
            starts: starts.collect(),
            unit,
        }
    }

    /// Where a byte of `text`, the text this was made from, is.
    pub(super) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = text.get(self.starts[line]..offset).unwrap_or_default();
        Position::new(narrow(line), narrow(self.unit.count(before)))
    }

    /// Where some bytes of `text` are.
    pub(super) fn range(&self, text: &str, span: Span) -> Range {
        Range::new(
            self.position(text, span.start),
            self.position(text, span.end),
        )
    }

    /// The byte of `text` at a place. A place past the end of its line is the end of the line,
    /// one past the last line is the end of the text.
    pub(super) fn offset(&self, text: &str, position: Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(start) = self.starts.get(line).copied() else {
            return text.len();
        };
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        let content = text.get(start..end).unwrap_or_default();
        let content = content.trim_end_matches(['\n', '\r']);
        let units = usize::try_from(position.character).unwrap_or(usize::MAX);
        start + self.unit.take(content, units).len()
    }

    /// The bytes of `text` in a range; ends in the wrong order are put right.
    pub(super) fn span(&self, text: &str, range: Range) -> Span {
        let (start, end) = (self.offset(text, range.start), self.offset(text, range.end));
        Span::new(start.min(end), start.max(end))
    }
}

/// A text that is read is far shorter.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_are_counted_from_zero_in_the_unit_that_was_agreed() {
        let text = "\u{feff}a\r\nb👍: x\rc";
        for (unit, column) in [(ColumnUnit::Utf16Unit, 3), (ColumnUnit::Utf8Byte, 5)] {
            let positions = Positions::new(text, unit);
            let colon = text.find(':').unwrap_or_default();
            assert_eq!(positions.position(text, colon), Position::new(1, column));
            assert_eq!(positions.offset(text, Position::new(1, column)), colon);
            assert_eq!(
                positions.position(text, text.len()),
                Position::new(2, 1),
                "`\\r` ends a line"
            );
        }
    }

    #[test]
    fn a_place_that_is_not_there_is_the_nearest_end() {
        let text = "ab\r\nc";
        let positions = Positions::new(text, ColumnUnit::Utf16Unit);
        let offset = |line, column| positions.offset(text, Position::new(line, column));
        assert_eq!((offset(0, 9), offset(1, 9), offset(9, 0)), (2, 5, 5));
        let reversed = Range::new(Position::new(1, 0), Position::new(0, 1));
        assert_eq!(positions.span(text, reversed), Span::new(1, 4));
    }

    proptest! {
        #[test]
        fn a_position_leads_back_to_its_offset(text in "[ab\r\n é👍]*", at in 0usize..64) {
            for unit in [ColumnUnit::Utf8Byte, ColumnUnit::Utf16Unit] {
                let positions = Positions::new(&text, unit);
                let offset = text.floor_char_boundary(at);
                let back = positions.offset(&text, positions.position(&text, offset));
                // Between the two characters that end a line there is no place of its own.
                prop_assert!(matches!(text.get(back..offset), Some("" | "\r")));
            }
        }
    }
}
