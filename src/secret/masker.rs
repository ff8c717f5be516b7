//! Covers secrets in a stream of bytes, wherever it is cut.

use std::borrow::Cow;
use std::sync::Arc;

use super::mask::{COVER, Mask};

/// What stands for what is covered, however long that is.
const COVERED: &[u8] = b"***";

/// Replaces the pieces of a mask by `***` in a stream. What it gives does not depend on how the stream is cut into
/// chunks: what may be the beginning of a piece is kept back until more is known, or the stream ends.
///
/// A byte that the node has covered already counts as the one it was, so that a piece is found whose other half was
/// read before it was covered there.
#[derive(Debug)]
pub struct Masker {
    mask: Arc<Mask>,
    /// Bytes a piece may begin with.
    begins: Box<[bool; 256]>,
    kept: Vec<u8>,
    /// How many of the bytes that are kept belong to a piece that began before them.
    covered: usize,
    /// Whether the last byte that was given belongs to a cover.
    in_cover: bool,
}

/// What stands at the beginning of a text.
enum Found {
    /// Nothing of a piece.
    Nothing,
    /// A piece of this length; no longer one.
    Piece(usize),
    /// Too little of it to say.
    Unknown,
}

impl Masker {
    /// Covers what a mask says.
    pub fn new(mask: Arc<Mask>) -> Self {
        let mut begins = Box::new([false; 256]);
        for first in mask.pieces().filter_map(<[u8]>::first) {
            begins[usize::from(*first)] = true;
            begins[usize::from(COVER)] = true;
        }
        Self {
            mask,
            begins,
            kept: Vec::new(),
            covered: 0,
            in_cover: false,
        }
    }

    /// Takes the next bytes and gives what can be shown by now.
    pub fn take<'bytes>(&mut self, bytes: &'bytes [u8]) -> Cow<'bytes, [u8]> {
        let is_plain = |byte: &u8| !self.begins[usize::from(*byte)];
        if self.kept.is_empty() && bytes.iter().all(is_plain) {
            self.in_cover &= bytes.is_empty();
            return Cow::Borrowed(bytes);
        }
        self.kept.extend_from_slice(bytes);
        Cow::Owned(self.give(false))
    }

    /// Gives what was kept back: there is no more to come.
    pub fn end(&mut self) -> Vec<u8> {
        let rest = self.give(true);
        self.in_cover = false;
        rest
    }

    fn give(&mut self, is_end: bool) -> Vec<u8> {
        let kept = std::mem::take(&mut self.kept);
        let mut given = Vec::with_capacity(kept.len());
        let mut at = 0;
        while at < kept.len() {
            match self.find(&kept[at..], is_end) {
                Found::Unknown => break,
                Found::Piece(length) => self.covered = self.covered.max(length),
                Found::Nothing => {}
            }
            match self.covered > 0 {
                true if !self.in_cover => given.extend_from_slice(COVERED),
                true => {}
                false => given.push(kept[at]),
            }
            self.in_cover = self.covered > 0;
            self.covered = self.covered.saturating_sub(1);
            at += 1;
        }
        self.kept = kept[at..].to_vec();
        given
    }

    fn find(&self, text: &[u8], is_end: bool) -> Found {
        if !text
            .first()
            .is_some_and(|byte| self.begins[usize::from(*byte)])
        {
            return Found::Nothing;
        }
        for piece in self.mask.pieces() {
            let is_it = |(byte, wanted): (&u8, &u8)| byte == wanted || *byte == COVER;
            if !text.iter().zip(piece).all(is_it) {
                continue;
            }
            match text.len() >= piece.len() {
                true => return Found::Piece(piece.len()),
                false if is_end => {}
                false => return Found::Unknown,
            }
        }
        Found::Nothing
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::secret::SecretValue;

    fn mask(values: &[&[u8]]) -> Arc<Mask> {
        let values: Vec<_> = values
            .iter()
            .map(|value| SecretValue::new(value.to_vec()))
            .collect();
        Arc::new(Mask::of(&values))
    }

    fn masked(values: &[&[u8]], chunks: &[&[u8]]) -> String {
        let mut masker = Masker::new(mask(values));
        let mut given = Vec::new();
        for chunk in chunks {
            given.extend_from_slice(&masker.take(chunk));
        }
        given.extend(masker.end());
        String::from_utf8_lossy(&given).into_owned()
    }

    #[test]
    fn covers_a_value_wherever_it_is_cut() {
        assert_eq!(masked(&[b"hunter2"], &[b"it is hunter2!"]), "it is ***!");
        assert_eq!(
            masked(&[b"hunter2"], &[b"it is hun", b"te", b"r2!"]),
            "it is ***!"
        );
        assert_eq!(
            masked(&[b"hunter2"], &[b"hunt hunter1 hun"]),
            "hunt hunter1 hun"
        );
    }

    #[test]
    fn covers_every_line_of_a_value_and_overlapping_ones() {
        let key = b"-----BEGIN-----\r\nabcdef\n\nxy\n";
        assert_eq!(
            masked(&[key], &[b"a abcdef b xy -----BEGIN-----\n"]),
            "a *** b xy ***\n"
        );
        assert_eq!(masked(&[b"abcdef", b"defghi"], &[b"<abcdefghi>"]), "<***>");
    }

    #[test]
    fn short_values_are_not_covered() {
        assert_eq!(masked(&[b"abc", b""], &[b"abcabc"]), "abcabc");
    }

    #[test]
    fn a_value_that_the_node_has_covered_by_half_is_covered() {
        assert_eq!(
            masked(&[b"hunter2"], &[b"it is hunt", b"***!"]),
            "it is ***!"
        );
        assert_eq!(masked(&[b"hunter2"], &[b"it is *******!"]), "it is ***!");
    }

    #[test]
    fn a_long_line_is_covered_as_one() {
        let value: Vec<u8> = (0..1000_u32)
            .map(|number| b'a' + (number % 23) as u8)
            .collect();
        let said = [b"<".as_slice(), &value, b">"].concat();
        assert_eq!(masked(&[&value], &[&said]), "<***>");
    }

    fn texts() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<Vec<u8>>)> {
        let bytes = || prop::collection::vec(prop::sample::select(b"ab*\n".to_vec()), 0..12);
        (
            prop::collection::vec(bytes(), 0..4),
            prop::collection::vec(bytes(), 0..8),
        )
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference((values, chunks) in texts()) {
            let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
            let cut: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
            let whole = chunks.concat();
            prop_assert_eq!(masked(&values, &cut), masked(&values, &[&whole]));
        }

        #[test]
        fn no_piece_is_left((values, chunks) in texts()) {
            let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
            let text = masked(&values, &[&chunks.concat()]);
            let shown = text.replace("***", "\u{1}");
            for piece in mask(&values).pieces() {
                let piece = String::from_utf8_lossy(piece).into_owned();
                prop_assert!(!shown.contains(&piece), "{} in {}", piece, text);
            }
        }
    }
}
