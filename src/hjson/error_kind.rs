//! Everything that can be wrong with the syntax of a source, and what to do about it.

use super::span::Position;

/// A kind of bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// `{` and `}`, around an object.
    Brace,
    /// `[` and `]`, around an array.
    Bracket,
}

impl Delimiter {
    /// Returns the opening character.
    pub const fn opening(self) -> char {
        match self {
            Self::Brace => '{',
            Self::Bracket => '[',
        }
    }

    /// Returns the closing character.
    pub const fn closing(self) -> char {
        match self {
            Self::Brace => '}',
            Self::Bracket => ']',
        }
    }
}

/// The kinds of syntax error. Texts taken from the source are shortened and escaped before they get here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// The source starts with U+FEFF; reading goes on behind it.
    #[error(
        "the file starts with a byte order mark; some parsers read the whole file as one string"
    )]
    ByteOrderMark,
    /// The bytes are UTF-16; they were decoded, and reading goes on.
    #[error("the file is encoded as UTF-16; HJSON is UTF-8")]
    Utf16,
    /// Bytes that are not UTF-8; U+FFFD stands in their place.
    #[error("bytes that are not UTF-8 (shown as U+FFFD)")]
    InvalidUtf8,
    /// The first NUL character of the source.
    #[error("NUL character in the file")]
    NulCharacter,
    /// Offsets would not fit; nothing was read.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes a source may have.
        limit: usize,
    },
    /// One more level of nesting than allowed; nothing behind it was read.
    #[error("nesting exceeds {limit} levels")]
    TooDeep {
        /// The most levels a source may have.
        limit: usize,
    },
    /// A bracket without a partner, placed at the bracket that caused it.
    #[error("`{}` opened at {opened} never closes", .delimiter.opening())]
    UnclosedDelimiter {
        /// Which bracket.
        delimiter: Delimiter,
        /// Where it opens.
        opened: Position,
    },
    /// A closing bracket of the wrong kind.
    #[error("expected `{}` but found `{found}`", .expected.closing())]
    MismatchedDelimiter {
        /// What is open.
        expected: Delimiter,
        /// What closes.
        found: char,
    },
    /// A closing bracket with nothing open.
    #[error("`{found}` closes nothing")]
    UnmatchedDelimiter {
        /// The bracket.
        found: char,
    },
    /// A member that starts with a colon or a bracket.
    #[error("expected a key but found `{found}`")]
    MissingKey {
        /// What stands in the key's place.
        found: char,
    },
    /// A key without its colon.
    #[error("expected `:` after key `{key}`")]
    MissingColon {
        /// The key.
        key: String,
    },
    /// Several words before a colon.
    #[error("key `{key}` contains whitespace")]
    WhitespaceInKey {
        /// All the words.
        key: String,
    },
    /// A key and a colon, then nothing that can be a value.
    #[error("key `{key}` has no value")]
    MissingValue {
        /// The key.
        key: String,
    },
    /// A comma that separates nothing.
    #[error("`,` has nothing before it to separate")]
    UnexpectedComma,
    /// A colon where a value should start.
    #[error("expected a value but found `:`")]
    UnexpectedColon,
    /// `/*` without `*/`, placed at the `/*`.
    #[error("comment opened here never ends")]
    UnterminatedComment,
    /// A quoted string that meets the end of its line.
    #[error("string opened here does not end on its line")]
    UnterminatedString,
    /// `'''` without a second `'''`, placed at the first.
    #[error("multiline string opened here never ends")]
    UnterminatedMultiline,
    /// A backslash followed by something that has no meaning there.
    #[error("`{escape}` is not an escape sequence")]
    BadEscape {
        /// The sequence.
        escape: String,
    },
    /// Something stands behind the end of the root value.
    #[error("text after the end of the document")]
    TrailingText,
}

impl SyntaxErrorKind {
    /// Says what to do about it; lower case, without a full stop.
    pub fn help(&self) -> String {
        match self {
            Self::UnclosedDelimiter { delimiter, .. } => {
                format!(
                    "put `{0}` on its own line; an unquoted string runs to the end of its line",
                    delimiter.closing()
                )
            }
            Self::MismatchedDelimiter { expected, .. } => {
                format!("write `{}` before it, or in its place", expected.closing())
            }
            Self::UnmatchedDelimiter { found } => format!("delete `{found}`, or open it earlier"),
            Self::MissingColon { key } => format!("write `{key}: VALUE`"),
            Self::WhitespaceInKey { .. } => "put the key in double quotes".to_owned(),
            Self::MissingValue { key } => {
                format!("write `{key}: VALUE`, with `\"\"` for an empty string")
            }
            other => other.fixed_help().to_owned(),
        }
    }

    /// The helps that name nothing of the source.
    fn fixed_help(&self) -> &'static str {
        match self {
            Self::ByteOrderMark => {
                "delete the first three bytes of the file; save it as UTF-8 without BOM"
            }
            Self::Utf16 | Self::InvalidUtf8 => "save the file as UTF-8",
            Self::NulCharacter => "delete it, or write `\\u0000` in a quoted string",
            Self::TooLarge { .. } => "split the file",
            Self::TooDeep { .. } => "flatten the document",
            Self::MissingKey { .. } => "write `KEY: VALUE`",
            Self::UnexpectedComma => "delete the comma",
            Self::UnexpectedColon => "delete the colon, or put the value in quotes",
            Self::UnterminatedComment => "add `*/`",
            Self::UnterminatedString => "add the closing quote, or use `'''` for several lines",
            Self::UnterminatedMultiline => "add `'''`",
            Self::BadEscape { .. } => "write `\\\\` for a backslash",
            _ => "delete it, or put it inside the root object",
        }
    }
}
