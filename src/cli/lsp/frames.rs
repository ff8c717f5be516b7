//! Reads the messages of an editor, of which none is taken at its word: what it says of its length is bounded first.

use std::io::{self, BufRead, ErrorKind, Read};

use lsp_server::Message;

/// The longest message, in bytes. A document in it is as long as the longest that ddt reads.
const LONGEST: u64 = 64 << 20;

/// The longest header line, in bytes.
const LONGEST_HEADER: u64 = 4096;

const LENGTH: &str = "content-length";

/// Reads the next message; `None` at the end. What is no message of the protocol, or is too long, is left out.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    loop {
        let Some(length) = header(input)? else {
            return Ok(None);
        };
        let mut body = input.by_ref().take(length);
        if length > LONGEST {
            io::copy(&mut body, &mut io::sink())?;
            continue;
        }
        let mut text = Vec::new();
        body.read_to_end(&mut text)?;
        if text.len() as u64 != length {
            return Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "a message was cut off",
            ));
        }
        if let Ok(message) = serde_json::from_slice(&text) {
            return Ok(Some(message));
        }
    }
}

/// Reads a header, and returns the length of what follows; `None` at the end.
fn header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        input
            .by_ref()
            .take(LONGEST_HEADER)
            .read_until(b'\n', &mut line)?;
        let Some(line) = line.strip_suffix(b"\n") else {
            return match line.is_empty() && length.is_none() {
                true => Ok(None),
                false => Err(invalid("a header was cut off, or is too long")),
            };
        };
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end();
        if line.is_empty() {
            return length
                .map(Some)
                .ok_or_else(|| invalid("a header says no length"));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case(LENGTH)
        {
            let number = value.trim().parse().ok();
            length =
                Some(number.ok_or_else(|| invalid("a header has a length that is no number"))?);
        }
    }
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    /// The methods that are read, and how it ends.
    fn methods(input: &str) -> (Vec<String>, Result<(), String>) {
        let mut input = input.as_bytes();
        let mut methods = Vec::new();
        loop {
            match read(&mut input) {
                Ok(Some(Message::Notification(told))) => methods.push(told.method),
                Ok(Some(_)) => methods.push("another".to_owned()),
                Ok(None) => return (methods, Ok(())),
                Err(error) => return (methods, Err(error.to_string())),
            }
        }
    }

    #[test]
    fn what_is_no_message_is_left_out() {
        let exit = frame(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        let input = [frame("[1, 2"), frame("{}"), exit].concat();
        assert_eq!(methods(&input), (vec!["exit".to_owned()], Ok(())));
    }

    #[test]
    fn a_header_that_cannot_be_followed_ends_it() {
        for (input, expected) in [
            ("Content-Length: 9\r\n\r\n{}", "a message was cut off"),
            ("Content-Length: 9", "a header was cut off, or is too long"),
            (
                "Content-Length: -1\r\n\r\n",
                "a header has a length that is no number",
            ),
            ("Content-Type: x\r\n\r\n{}", "a header says no length"),
        ] {
            assert_eq!(methods(input), (Vec::new(), Err(expected.to_owned())));
        }
    }

    #[test]
    fn a_length_is_not_believed() {
        let input = format!("Content-Length: {}\r\n\r\n{{}}", u64::MAX);
        assert_eq!(methods(&input), (Vec::new(), Ok(())));
    }

    proptest! {
        #[test]
        fn any_input_ends(input in "(Content-Length: [0-9]{0,3}\r?\n|\r\n|[{}a-z:]{0,9})*") {
            let (methods, _) = methods(&input);
            prop_assert!(methods.len() <= input.len());
        }
    }
}
