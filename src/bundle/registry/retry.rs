//! When to ask again: what `Retry-After` says, else after pauses that double.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How often is asked before a failure is believed.
const ATTEMPTS: u32 = 5;

/// The first pause.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The attempts at one thing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempts {
    made: u32,
    deadline: Instant,
}

impl Attempts {
    /// Begins with the first attempt. No pause reaches beyond the deadline.
    pub(super) fn until(deadline: Instant) -> Self {
        Self { made: 1, deadline }
    }

    /// Begins anew, because something was achieved.
    pub(super) fn reset(&mut self) {
        self.made = 1;
    }

    /// How long to pause before the next attempt; none if there is to be none. `asked` is the pause that the registry
    /// asks for.
    pub(super) fn next(&mut self, asked: Option<Duration>, now: Instant) -> Option<Duration> {
        if self.made >= ATTEMPTS {
            return None;
        }
        let pause = asked.unwrap_or(FIRST_PAUSE * 2_u32.pow(self.made - 1));
        self.made += 1;
        let left = self.deadline.saturating_duration_since(now);
        (pause < left).then_some(pause)
    }
}

/// The pause that an answer asks for: a number of seconds, or a date.
pub(super) fn asked_pause(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let parser = DateTimeParser::new();
    let date = parser.parse_timestamp(text).ok()?;
    // A date that has passed asks for no pause.
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn reads_seconds_and_dates() {
        let asked = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            asked_pause(&headers, "2026-01-01T00:00:00Z".parse().unwrap())
        };
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        let date = asked("Thu, 01 Jan 2026 00:01:00 GMT");
        assert_eq!(date, Some(Duration::from_secs(60)));
        let passed = asked("Wed, 31 Dec 2025 00:00:00 GMT");
        assert_eq!(passed, Some(Duration::ZERO));
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("-1"), None);
        assert_eq!(asked_pause(&HeaderMap::new(), Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn pauses_double_and_end_at_the_deadline() {
        let now = crate::clock::moment();
        let mut attempts = Attempts::until(now + Duration::from_secs(100));
        let pauses: Vec<_> = std::iter::from_fn(|| attempts.next(None, now)).collect();
        assert_eq!(pauses, [200, 400, 800, 1600].map(Duration::from_millis));
        attempts.reset();
        let asked = Some(Duration::from_secs(99));
        assert_eq!(attempts.next(asked, now), asked);
        assert_eq!(attempts.next(Some(Duration::from_secs(100)), now), None);
    }
}
