//! Waiting for a node that was told to reboot.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::channel::Link;
use super::facts::BootId;
use super::runner::RunnerNode;
use super::{NodeError, RebootRequest};

/// The longest pause between two looks.
const SLOWEST_LOOK: Duration = Duration::from_secs(2);

/// How long a look may take at least: the last one may go on beyond the deadline.
const SHORTEST_LOOK: Duration = Duration::from_secs(2);

/// Waits until two reads in a row agree on a boot other than `since`. Each is made on a
/// connection of its own: the old one belongs to the boot that ends.
pub(super) async fn wait<L: Link>(
    node: &mut RunnerNode<L>,
    request: &RebootRequest,
) -> Result<BootId, NodeError> {
    let deadline = Instant::now() + Duration::from_secs(request.timeout_seconds);
    let mut pause = Duration::from_millis(100);
    let mut last: Option<BootId> = None;
    let mut same_boot = false;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if same_boot && left.is_zero() {
            return Err(NodeError::SameBoot(request.since.clone()));
        }
        // A look that does not end says nothing about the boot.
        match timeout(left.max(SHORTEST_LOOK), node.read_boot_anew()).await {
            Err(_) => return Err(NodeError::RebootTimeout(request.timeout_seconds)),
            Ok(Ok(boot)) if boot == request.since => same_boot = true,
            Ok(Ok(boot)) if last.as_ref() == Some(&boot) => return Ok(boot),
            Ok(Ok(boot)) => {
                last = Some(boot);
                continue;
            }
            Ok(Err(error)) if error.is_of_access() => return Err(error),
            Ok(Err(_)) => same_boot = false,
        }
        sleep(pause.min(left)).await;
        pause = (pause * 2).min(SLOWEST_LOOK);
    }
}
