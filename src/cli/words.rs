//! The small words of the verbs that show records: moments, durations, counts, commands.

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

/// Whole seconds from one moment to another; 0 where the clock went back.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_second().saturating_sub(from.as_second())).unwrap_or(0)
}

/// A duration for people: its two largest units.
pub(super) fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h {:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
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
    fn durations_have_two_units() {
        let told = [0, 59, 60, 3_599, 3_600, 86_399, 86_400, 1_000_000].map(duration);
        insta::assert_snapshot!(told.join(", "), @"0s, 59s, 1m 00s, 59m 59s, 1h 00m, 23h 59m, 1d 00h, 11d 13h");
    }

    #[test]
    fn a_clock_that_goes_back_takes_no_time() {
        assert_eq!(seconds(Timestamp::MAX, Timestamp::MIN), 0);
    }

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
