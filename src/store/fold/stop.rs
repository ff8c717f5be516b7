//! What may still begin after an operator's stop.

use super::view::{RunView, TaskState, TaskView};
use crate::engine::event::StopAfter;

/// Whether a task that has not begun may begin although the run is to stop: something of
/// the same node or package has begun before.
pub(super) fn lets_begin(view: &RunView, task: &TaskView) -> bool {
    let has_begun = |other: &&TaskView| {
        !matches!(
            other.state,
            TaskState::Pending | TaskState::Skipped | TaskState::Stopped
        )
    };
    let mut begun = view.tasks.iter().filter(has_begun);
    match view.stop_after {
        None => true,
        Some(StopAfter::Task) => false,
        Some(StopAfter::Node) => begun.any(|other| other.id.node == task.id.node),
        Some(StopAfter::Package) => begun.any(|other| {
            (&other.id.component, &other.id.package) == (&task.id.component, &task.id.package)
        }),
    }
}
