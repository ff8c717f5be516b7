//! Places in a source text: byte ranges, and the lines and columns people count.

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

/// A place as people count it: both numbers start at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line number, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// Counts the place of a byte offset, in time linear in `offset`; a [`LineIndex`] is faster for many.
    pub fn of(source: &str, offset: usize) -> Self {
        let before = prefix(source, offset);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
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

    /// Returns the place of a byte offset in `source`, the text this index was made from.
    pub fn position(&self, source: &str, offset: usize) -> Position {
        let line = self.line(offset);
        let line_start = self.line_start(line).unwrap_or_default();
        let before = prefix(source, offset);
        Position {
            line,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}

/// The text before `offset`, moved back to a character boundary.
fn prefix(source: &str, offset: usize) -> &str {
    let end = source.floor_char_boundary(offset);
    &source[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "a: é\n\nb: 1";

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
            assert_eq!(Position::of(SOURCE, offset), expected, "offset {offset}");
            assert_eq!(
                LineIndex::new(SOURCE).position(SOURCE, offset),
                expected,
                "offset {offset} by index"
            );
        }
    }

    #[test]
    fn an_offset_inside_a_character_belongs_to_that_character() {
        assert_eq!(Position::of(SOURCE, 4), Position { line: 1, column: 4 });
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
