//! Taking a zone's lock, and waiting for it where the operator wants that.

use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;

use crate::engine::event::RunKind;
use crate::failure::Failure;
use crate::name::Name;
use crate::store::{Store, StoreError, ZoneLock};

/// The pause between two looks at a lock.
const LOOK: Duration = Duration::from_millis(100);

/// How long to wait for another run of the zone.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct LockArgs {
    /// How long to wait for another run of the zone to end: 30s, 5m, 1h30m, or seconds
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = duration, hide_default_value = true)]
    lock_timeout: Duration,
}

impl LockArgs {
    /// Takes the zone's lock; where another run has it, waits as long as is wanted.
    pub(super) async fn take(
        &self,
        store: &Store,
        mzone: &Name,
        kind: RunKind,
    ) -> Result<ZoneLock, Failure> {
        let began = crate::clock::moment();
        let mut is_told = false;
        loop {
            match store.lock(mzone, kind) {
                Err(error @ StoreError::Locked { .. }) if began.elapsed() < self.lock_timeout => {
                    if !is_told {
                        super::tell(&format!("{error}; waiting for it to end\n"));
                        is_told = true;
                    }
                    tokio::time::sleep(LOOK).await;
                }
                taken => return Ok(taken?),
            }
        }
    }
}

/// Whole seconds, or a duration with units.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map(Duration::from_secs);
    let with_units = || {
        let duration: SignedDuration = text.parse().ok()?;
        duration.try_into().ok()
    };
    seconds
        .ok()
        .or_else(with_units)
        .ok_or_else(|| "a duration is a number of seconds, or like 30s, 5m or 1h30m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_duration_has_units_or_is_in_seconds() {
        let read =
            ["0", "90", "90s", "5m", "1h30m"].map(|text| duration(text).map(|read| read.as_secs()));
        assert_eq!(read, [Ok(0), Ok(90), Ok(90), Ok(300), Ok(5400)]);
        for text in ["", "-1", "-5m", "soon", "5 parsecs"] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(duration(text).expect_err("no duration"), @"a duration is a number of seconds, or like 30s, 5m or 1h30m");
            }
        }
    }
}
