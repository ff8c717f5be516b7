//! The small words of every text: counts, lists of names, durations.

use jiff::Timestamp;

use crate::failure::RecoveryLevel;
use crate::name::Name;

/// More names than this are cut short.
const MOST_NAMES: usize = 4;

/// `1 task`, `2 tasks`.
pub fn count(number: usize, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {word}{plural}")
}

/// `node-1, node-2 (+98 more)`.
pub(super) fn few<'a>(names: impl ExactSizeIterator<Item = &'a Name>) -> String {
    let all = names.len();
    let shown = if all > MOST_NAMES { 2 } else { all };
    let words: Vec<&str> = names.take(shown).map(Name::as_str).collect();
    let rest = all - shown;
    match rest {
        0 => words.join(", "),
        _ => format!("{} (+{rest} more)", words.join(", ")),
    }
}

/// A duration for people, `1m 00s`: its two largest units.
pub fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h {:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// Whole seconds between two times; 0 where the clock went back.
pub fn seconds_between(start: Timestamp, end: Timestamp) -> u64 {
    u64::try_from(end.as_second().saturating_sub(start.as_second())).unwrap_or(0)
}

/// `12:00:01`, in UTC.
pub(super) fn time_of_day(time: Timestamp) -> String {
    time.strftime("%H:%M:%S").to_string()
}

/// The level and what it means.
pub(super) fn recovery_level(level: RecoveryLevel) -> (&'static str, &'static str) {
    match level {
        RecoveryLevel::Everything => (
            "recovery level 0",
            "everything is set up anew, the controller included",
        ),
        RecoveryLevel::Nodes => ("recovery level 1", "the node is provisioned anew"),
        RecoveryLevel::Deployment => (
            "recovery level 2",
            "deploy again, nothing has to be installed anew",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<Name> {
        (1..=count)
            .map(|number| format!("node-{number}").parse().expect("a name"))
            .collect()
    }

    #[test]
    fn counts_in_singular_and_plural() {
        assert_eq!(count(0, "node"), "0 nodes");
        assert_eq!(count(1, "node"), "1 node");
        assert_eq!(count(2, "node"), "2 nodes");
    }

    #[test]
    fn cuts_long_lists_short() {
        let few_of = |count| few(names(count).iter());
        assert_eq!(few_of(0), "");
        assert_eq!(few_of(4), "node-1, node-2, node-3, node-4");
        assert_eq!(few_of(100), "node-1, node-2 (+98 more)");
    }

    #[test]
    fn durations_have_two_units() {
        let told = [0, 59, 60, 3_599, 3_600, 86_399, 86_400, 1_000_000].map(duration);
        insta::assert_snapshot!(told.join(", "), @"0s, 59s, 1m 00s, 59m 59s, 1h 00m, 23h 59m, 1d 00h, 11d 13h");
    }

    #[test]
    fn a_clock_that_goes_back_takes_no_time() {
        assert_eq!(seconds_between(Timestamp::MAX, Timestamp::MIN), 0);
    }
}
