//! The hash by which GitHub follows a finding from commit to commit: of the hundred characters from the start of its
//! line on, spaces and tabs left out. It is the one of GitHub's own `codeql-action`, so results of both agree.

use std::collections::{BTreeMap, VecDeque};

/// How many units of UTF-16 a hash covers.
const BLOCK: usize = 100;
const FACTOR: u64 = 37;
const LINE_FEED: u16 = 0x0a;
const CARRIAGE_RETURN: u16 = 0x0d;
const SPACE: u16 = 0x20;
const TAB: u16 = 0x09;
/// Stands for the end of the text.
const END: u16 = 0xffff;

/// The hashes of the lines of a text.
pub(super) struct LineHashes {
    lines: Vec<String>,
}

/// The units that a hash covers, without spaces, and the line that each one begins.
struct Units {
    values: Vec<u16>,
    /// For every line, where it begins in `values`.
    starts: Vec<usize>,
}

impl LineHashes {
    /// Hashes every line, in time linear in the text.
    pub(super) fn new(text: &str) -> Self {
        let units = Units::new(text);
        let hashes = block_hashes(&units.values);
        let mut seen = BTreeMap::new();
        let lines = units.starts.iter().map(|start| {
            let hash = hashes.get(*start).copied().unwrap_or_default();
            let occurrence = seen.entry(hash).or_insert(0usize);
            *occurrence += 1;
            format!("{hash:x}:{occurrence}")
        });
        Self {
            lines: lines.collect(),
        }
    }

    /// The hash of a line, from 1.
    pub(super) fn line(&self, line: usize) -> Option<&str> {
        let index = line.checked_sub(1)?;
        self.lines.get(index).map(String::as_str)
    }
}

impl Units {
    fn new(text: &str) -> Self {
        let mut units = Self {
            values: Vec::with_capacity(text.len() + 1),
            starts: Vec::new(),
        };
        let mut previous = LINE_FEED;
        let mut begins = true;
        for unit in text.encode_utf16().chain([END]) {
            let ends_pair = previous == CARRIAGE_RETURN && unit == LINE_FEED;
            previous = unit;
            if ends_pair || unit == SPACE || unit == TAB {
                continue;
            }
            if begins {
                units.starts.push(units.values.len());
            }
            let value = if unit == CARRIAGE_RETURN {
                LINE_FEED
            } else {
                unit
            };
            begins = value == LINE_FEED;
            units.values.push(value);
        }
        units
    }
}

/// For every position the hash of the block that begins there; zeros follow the end.
fn block_hashes(values: &[u16]) -> Vec<u64> {
    let oldest_factor = (0..BLOCK).fold(1u64, |product, _| product.wrapping_mul(FACTOR));
    let mut window: VecDeque<u64> = std::iter::repeat_n(0, BLOCK).collect();
    let mut hash = 0u64;
    let padded = values
        .iter()
        .copied()
        .chain(std::iter::repeat_n(0, BLOCK - 1));
    let ends = padded.map(|value| {
        let value = u64::from(value);
        let oldest = window.pop_front().unwrap_or_default();
        window.push_back(value);
        hash = hash
            .wrapping_mul(FACTOR)
            .wrapping_add(value)
            .wrapping_sub(oldest_factor.wrapping_mul(oldest));
        hash
    });
    ends.skip(BLOCK - 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../../../manifests/hostos/mzone7204.hjson");

    fn hash(text: &str, line: usize) -> Option<String> {
        LineHashes::new(text).line(line).map(str::to_owned)
    }

    #[test]
    fn knows_the_hash_of_the_sample() {
        assert_eq!(hash(SAMPLE, 6).as_deref(), Some("7d9acf3c5629df62:1"));
    }

    #[test]
    fn layout_and_line_ends_do_not_count() {
        let expected = hash("a: 1\nb: 2\n", 2);
        assert!(expected.is_some());
        assert_eq!(hash("a: 1\r\n\t b :2\r\n", 2), expected);
        assert_eq!(hash("a: 1\rb: 2\r", 2), expected);
        assert_ne!(hash("a: 1\nb: 3\n", 2), expected);
    }

    #[test]
    fn lines_that_read_the_same_are_numbered() {
        let block = format!("{}\n", "x".repeat(BLOCK));
        let text = block.repeat(2);
        let first = hash(&text, 1);
        let number =
            |hash: Option<String>| hash.and_then(|hash| Some(hash.split_once(':')?.1.to_owned()));
        assert_eq!(number(first.clone()).as_deref(), Some("1"));
        assert_eq!(number(hash(&text, 2)).as_deref(), Some("2"));
        assert_eq!(hash(&text, 4), None);
        assert!(hash("", 1).is_some(), "the end is a line");
    }
}
