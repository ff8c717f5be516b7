//! The words of the runner's protocol: any text as one word without space or quote.
//!
//! Letters, digits and `._/:@%+,=-` stand for themselves; every other byte is `\0` and
//! three octal digits, which is what the shell's `printf %b` turns back. `=` and a value
//! never need quoting on the way, whatever shell reads the word.

use super::NodeError;

/// Encodes a text as one word. A text with a NUL is none: no argument of a process and
/// no variable of a shell can hold it.
pub(super) fn encode(text: &str) -> Result<String, NodeError> {
    if text.contains('\0') {
        return Err(NodeError::Protocol(
            "a NUL byte cannot be handed to a step; remove it from the flags or the config".into(),
        ));
    }
    Ok(text.bytes().map(encode_byte).collect())
}

/// Encodes bytes as one word, which the runner writes to a file and never into a variable as
/// what they are: a NUL may be among them.
pub(super) fn encode_bytes(bytes: &[u8]) -> String {
    bytes.iter().copied().map(encode_byte).collect()
}

fn encode_byte(byte: u8) -> String {
    match byte {
        b'.' | b'_' | b'/' | b':' | b'@' | b'%' | b'+' | b'=' | b'-' => char::from(byte).into(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).into(),
        _ => format!("\\0{byte:03o}"),
    }
}

/// Decodes a word; `None` where it is not one or not UTF-8.
pub(super) fn decode(word: &str) -> Option<String> {
    let mut pieces = word.split("\\0");
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(3)?;
        bytes.push(u8::from_str_radix(digits, 8).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encodes_what_a_shell_would_look_at() {
        let text = "a b'\"$(x)`\n,é";
        assert_eq!(
            encode(text).as_deref(),
            Ok(r"a\0040b\0047\0042\0044\0050x\0051\0140\0012\0054\0303\0251")
        );
        assert_eq!(decode(r"a\0040b"), Some("a b".into()));
    }

    #[test]
    fn refuses_what_is_no_word() {
        assert!(encode("a\0b").is_err());
        assert_eq!(decode(r"\09"), None);
        assert_eq!(decode(r"\0377"), None);
        assert_eq!(decode(r"\0é"), None);
    }

    proptest! {
        #[test]
        fn every_text_survives(text in "[^\0]*") {
            prop_assert_eq!(decode(&encode(&text)?), Some(text));
        }
    }
}
