//! The small words of the verbs that show records: moments, texts from outside, commands.

use jiff::Timestamp;
use serde::Serialize;

use crate::failure::Failure;
use crate::report::escape::escape;

/// What stands where there is nothing to say.
pub(super) const NOTHING: &str = "-";

/// A moment in UTC, to the second.
pub(super) fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Text from outside, fit to be shown, or a dash.
pub(super) fn shown(text: Option<&str>) -> String {
    text.map_or_else(|| NOTHING.to_owned(), |text| escape(text.as_bytes()))
}

/// A word as it can be typed into a shell.
pub(super) fn typed(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/+:@%,=".contains(&byte);
    match word {
        word if !word.is_empty() && word.bytes().all(is_plain) => word.to_owned(),
        word => format!("'{}'", escape(word.as_bytes()).replace('\'', r"'\''")),
    }
}

/// A command as it can be typed: its words, and the options that are given.
pub(super) fn command(words: &[&str], options: &[(&str, Option<&str>)]) -> String {
    let words = words.iter().map(|word| typed(word)).collect::<Vec<_>>();
    let given = options
        .iter()
        .filter_map(|(option, value)| Some((option, (*value)?)));
    let options = given.map(|(option, value)| format!(" {option} {}", typed(value)));
    words.join(" ") + &options.collect::<String>()
}

/// One JSON document, as it is printed.
pub(super) fn json(document: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(document);
    text.map(|text| text + "\n")
        .map_err(|error| Failure::environment("cannot print the result").because(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_take_it_apart() {
        let words = [
            "zones/a-1.hjson",
            "my zone.hjson",
            "it's",
            "",
            "a;b",
            "a\x1b[31m",
        ];
        insta::assert_snapshot!(words.map(typed).join("\n"), @r"
        zones/a-1.hjson
        'my zone.hjson'
        'it'\''s'
        ''
        'a;b'
        'a\u{1b}[31m'
        ");
    }
}
