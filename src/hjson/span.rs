//! Places in a source text: byte ranges, and the lines and columns people count.

use super::column::ColumnUnit;

/// A range of bytes of the source: `start` is inside, `end` is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset just behind the last byte.
    pub end: usize,
}

impl Span {
    /// Makes the range from `start` up to, not including, `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Counts the bytes.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Tells whether the range holds no byte.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Tells whether the byte at `offset` is in the range.
    pub const fn contains(self, offset: usize) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Returns the part of `source` the range covers; empty if it does not fit there.
    pub fn of(self, source: &str) -> &str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// A place as people count it: both numbers start at 1, columns count characters unless another unit is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line number, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl Position {
    /// Counts the place of a byte offset, in time linear in `offset`; a [`LineIndex`] is faster for many.
    pub fn of(source: &str, offset: usize) -> Self {
        let before = &source[..source.floor_char_boundary(offset)];
        LineIndex::new(before).position(source, offset, ColumnUnit::Character)
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// The line starts of one source, to turn many offsets into positions.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Finds every line of `source`; a line ends with `\n`.
    pub fn new(source: &str) -> Self {
        let newlines = source
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n');
        Self {
            starts: std::iter::once(0)
                .chain(newlines.map(|(offset, _)| offset + 1))
                .collect(),
        }
    }

    /// Returns the line number of a byte offset, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Returns the offset at which a line (from 1) starts, if the source has that line.
    pub fn line_start(&self, line: usize) -> Option<usize> {
        self.starts.get(line.checked_sub(1)?).copied()
    }

    /// Returns the place of a byte offset in `source`, the text this index was made from. An offset past the end is the
    /// end, one inside a character is that character's start.
    pub fn position(&self, source: &str, offset: usize, unit: ColumnUnit) -> Position {
        let line = self.line(offset);
        let start = self.first_column(source, line, unit);
        let end = source.floor_char_boundary(offset);
        Position {
            line,
            column: unit.count(source.get(start..end).unwrap_or_default()) + 1,
        }
    }

    /// Returns the byte offset of a place in `source`, the text this index was made from. A place past the end of its
    /// line is the end of the line, one past the last line is the end of the source.
    pub fn offset(&self, source: &str, position: Position, unit: ColumnUnit) -> usize {
        let start = self.first_column(source, position.line, unit);
        let rest = source.get(start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        start + unit.take(line, position.column.saturating_sub(1)).len()
    }

    /// Returns the offset of the first column of a line, from 1; of a line that is not there, the end.
    fn first_column(&self, source: &str, line: usize, unit: ColumnUnit) -> usize {
        match self.line_start(line) {
            Some(0) => unit.uncounted(source),
            Some(start) => start,
            None => source.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOURCE: &str = "a: é\n\nb: 1";

    fn position(source: &str, offset: usize, unit: ColumnUnit) -> Position {
        LineIndex::new(source).position(source, offset, unit)
    }

    #[test]
    fn positions_count_lines_and_characters() {
        for (offset, line, column) in [
            (0, 1, 1),
            (3, 1, 4),
            (5, 1, 5),
            (6, 2, 1),
            (7, 3, 1),
            (11, 3, 5),
            (99, 3, 5),
        ] {
            let expected = Position { line, column };
            assert_eq!(
                position(SOURCE, offset, ColumnUnit::Character),
                expected,
                "offset {offset}"
            );
        }
    }

    #[test]
    fn an_offset_inside_a_character_belongs_to_that_character() {
        let expected = Position { line: 1, column: 4 };
        assert_eq!(position(SOURCE, 4, ColumnUnit::Character), expected);
    }

    #[test]
    fn one_offset_has_a_column_for_every_unit() {
        let source = "a: 1\r\n\t検e\u{301}👍: x\r\n";
        let offset = source.find(": x").unwrap_or_default();
        for (unit, column) in [
            (ColumnUnit::Character, 6),
            (ColumnUnit::Utf8Byte, 12),
            (ColumnUnit::Utf16Unit, 7),
            (ColumnUnit::TerminalCell, 10),
        ] {
            let expected = Position { line: 2, column };
            assert_eq!(position(source, offset, unit), expected, "{unit:?}");
            assert_eq!(
                LineIndex::new(source).offset(source, expected, unit),
                offset,
                "{unit:?}"
            );
        }
    }

    #[test]
    fn a_byte_order_mark_has_no_column_where_people_count() {
        let source = "\u{feff}a: 1\n\u{feff}b: 2";
        let column = |offset, unit| position(source, offset, unit).column;
        for unit in [
            ColumnUnit::Character,
            ColumnUnit::Utf8Byte,
            ColumnUnit::TerminalCell,
        ] {
            assert_eq!((column(0, unit), column(3, unit)), (1, 1), "{unit:?}");
        }
        assert_eq!(column(3, ColumnUnit::Utf16Unit), 2);
        assert_eq!(column(11, ColumnUnit::Character), 2, "only at the start");
    }

    #[test]
    fn a_place_that_is_not_there_is_the_nearest_end() {
        let index = LineIndex::new("ab\r\nc");
        let offset = |line, column| {
            let place = Position { line, column };
            index.offset("ab\r\nc", place, ColumnUnit::Utf16Unit)
        };
        assert_eq!((offset(1, 99), offset(2, 99), offset(9, 1)), (2, 5, 5));
        assert_eq!((offset(0, 0), offset(1, 0)), (5, 0));
    }

    proptest! {
        #[test]
        fn a_position_leads_back_to_its_offset(source in "[a-c\r\n\t é検👍]*", at in 0usize..64) {
            let index = LineIndex::new(&source);
            let offset = source.floor_char_boundary(at.min(source.len()));
            for unit in [ColumnUnit::Character, ColumnUnit::Utf8Byte, ColumnUnit::Utf16Unit] {
                let place = index.position(&source, offset, unit);
                let back = index.offset(&source, place, unit);
                // Between the two characters that end a line there is no place of its own.
                let skipped = source.get(back..offset).unwrap_or("?");
                prop_assert!(matches!(skipped, "" | "\r"), "{offset} is {place}, which is {back}");
            }
        }
    }

    #[test]
    fn a_span_that_does_not_fit_covers_nothing() {
        assert_eq!(Span::new(4, 5).of(SOURCE), "");
        assert_eq!(Span::new(5, 3).of(SOURCE), "");
        assert_eq!(Span::new(3, 5).of(SOURCE), "é");
        assert!(Span::new(5, 3).is_empty());
    }

    #[test]
    fn lines_are_found_by_number() {
        let index = LineIndex::new(SOURCE);
        assert_eq!(index.line_start(3), Some(7));
        assert_eq!(index.line_start(0), None);
        assert_eq!(index.line_start(4), None);
    }
}
