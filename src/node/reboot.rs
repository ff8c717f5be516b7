//! Waiting for a node that was told to reboot.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::channel::Link;
use super::facts::BootId;
use super::runner::RunnerNode;
use super::{NodeError, RebootRequest};

/// The longest pause between two looks.
const SLOWEST_LOOK: Duration = Duration::from_secs(2);

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
        match timeout(left, node.read_boot_anew()).await {
            Err(_) if same_boot => return Err(NodeError::SameBoot(request.since.clone())),
            Err(_) => return Err(NodeError::RebootTimeout(request.timeout_seconds)),
            Ok(Ok(boot)) if boot == request.since => same_boot = true,
            Ok(Ok(boot)) if last.as_ref() == Some(&boot) => return Ok(boot),
            Ok(Ok(boot)) => {
                last = Some(boot);
                continue;
            }
            Ok(Err(error)) if is_final(&error) => return Err(error),
            Ok(Err(_)) => same_boot = false,
        }
        sleep(pause.min(left)).await;
        pause = (pause * 2).min(SLOWEST_LOOK);
    }
}

/// Says whether waiting cannot help: another machine, or one that lets nobody in.
fn is_final(error: &NodeError) -> bool {
    matches!(
        error,
        NodeError::HostKey(_) | NodeError::Authentication(_) | NodeError::Privilege(_)
    )
}
