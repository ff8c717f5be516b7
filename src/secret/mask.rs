//! What must not be shown: the pieces of values, and how they are covered where they were written.

use std::fmt;

use zeroize::Zeroizing;

use super::value::SecretValue;

/// The shortest piece of a value that is covered, in bytes: shorter ones would cover half of what is said.
pub const SHORTEST_MASKED: usize = 4;

/// The longest piece in one go, so that an expression for it stays small.
const LONGEST_PIECE: usize = 256;

/// The byte that a covered one is replaced by.
pub(super) const COVER: u8 = b'*';

/// The pieces of values that must not be shown, longest first.
///
/// A piece is what stands between control characters, such as the end of a line, and has at least
/// [`SHORTEST_MASKED`] bytes. Only what is literally the same is covered, not what was encoded.
#[derive(Default)]
pub struct Mask {
    pieces: Vec<Zeroizing<Vec<u8>>>,
}

impl Mask {
    /// Takes apart values.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a SecretValue>) -> Self {
        let values = values.into_iter();
        let pieces = values.flat_map(|value| pieces(value.expose()));
        let mut pieces: Vec<_> = pieces.map(|piece| Zeroizing::new(piece.to_vec())).collect();
        pieces.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        pieces.dedup();
        Self { pieces }
    }

    /// The pieces, longest first.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.pieces.iter().map(|piece| piece.as_slice())
    }

    /// A script for `sed` that covers every byte of every piece, so that what is covered stays as long as it was. A byte
    /// that is covered already counts as the one it was.
    pub fn sed_script(&self) -> Zeroizing<Vec<u8>> {
        let commands = self.pieces().map(sed_command);
        Zeroizing::new(commands.collect::<Vec<_>>().concat())
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a mask of {} pieces", self.pieces.len())
    }
}

fn pieces(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = value.split(|byte| byte.is_ascii_control());
    let lines = lines.map(<[u8]>::trim_ascii);
    lines
        .filter(|line| line.len() >= SHORTEST_MASKED)
        .flat_map(cut)
}

/// Cuts a long line; the last piece takes what would be too short by itself.
fn cut(mut line: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    while line.len() >= LONGEST_PIECE + SHORTEST_MASKED {
        let (piece, rest) = line.split_at(LONGEST_PIECE);
        pieces.push(piece);
        line = rest;
    }
    pieces.push(line);
    pieces
}

/// No piece holds the delimiter, which is a control character.
fn sed_command(piece: &[u8]) -> Vec<u8> {
    let mut command = b"s\x01".to_vec();
    piece
        .iter()
        .for_each(|byte| command.extend(sed_byte(*byte)));
    command.push(1);
    command.extend(vec![COVER; piece.len()]);
    command.extend(b"\x01g\n");
    command
}

/// An expression for a byte or its cover: in brackets only `]` stands for something where it is not the first.
fn sed_byte(byte: u8) -> Vec<u8> {
    match byte {
        COVER => b"[*]".to_vec(),
        b']' => b"[]*]".to_vec(),
        _ => vec![b'[', COVER, byte, b']'],
    }
}
