//! Waiting for a node that was told to reboot.

use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep, timeout};

use super::facts::BootId;
use super::{NodeError, RebootRequest};

/// The longest pause between two looks.
const SLOWEST_LOOK: Duration = Duration::from_secs(2);

/// How long a look may take at least: the last one goes on beyond the deadline.
const SHORTEST_LOOK: Duration = Duration::from_secs(2);

/// What can be asked for the boot it runs.
#[async_trait]
pub(crate) trait Boots: Send {
    /// Reads only the boot id, on a new connection.
    async fn read_boot_anew(&mut self) -> Result<BootId, NodeError>;
}

/// Waits until two reads in a row agree on a boot other than `since`. Each is made on a
/// connection of its own: the old one belongs to the boot that ends. The last look, at the
/// deadline, tells a node that did not reboot from one that stays away.
pub(crate) async fn wait(
    node: &mut dyn Boots,
    request: &RebootRequest,
) -> Result<BootId, NodeError> {
    let deadline = Instant::now() + Duration::from_secs(request.timeout_seconds);
    let away = || NodeError::RebootTimeout(request.timeout_seconds);
    let mut pause = Duration::from_millis(100);
    let mut last: Option<BootId> = None;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let is_last = left.is_zero();
        let look = timeout(left.max(SHORTEST_LOOK), node.read_boot_anew()).await;
        match look.unwrap_or_else(|_| Err(away())) {
            Ok(boot) if last.as_ref() == Some(&boot) => return Ok(boot),
            Ok(boot) if boot == request.since && is_last => return Err(NodeError::SameBoot(boot)),
            Ok(boot) if boot != request.since && !is_last => {
                last = Some(boot);
                continue;
            }
            Err(error) if error.is_of_access() => return Err(error),
            _ if is_last => return Err(away()),
            _ => {}
        }
        sleep(pause.min(left)).await;
        pause = (pause * 2).min(SLOWEST_LOOK);
    }
}
