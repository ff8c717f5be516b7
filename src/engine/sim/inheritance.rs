//! What the nodes had begun before a rehearsal, as their facts tell it.

use std::sync::Arc;

use super::world::World;
use crate::engine::machine::RunIdentity;
use crate::engine::request::AttemptContext;
use crate::node::attempt::{AttemptRecord, AttemptRequest, AttemptState, Commit};
use crate::plan::Plan;

/// Gives every node the attempt that its facts name. Their requests are not recorded, and
/// are told from the plan; an attempt that has no part in it is of no interest.
pub(super) fn take_over(world: &mut World, plan: &Plan, identity: &RunIdentity) {
    for (at, node) in plan.nodes.iter().enumerate() {
        let Some(place) = world.place(&node.node) else {
            continue;
        };
        let disk = &mut world.nodes[place].disk;
        let Some(record) = disk.recorded().last_attempt.clone() else {
            continue;
        };
        let mut packages = plan.packages.iter();
        let package = packages.position(|planned| planned.package == record.id.package);
        if let Some(package) = package {
            let context = AttemptContext {
                plan,
                identity,
                node: at,
                package,
                journal_head: String::new(),
            };
            disk.inherit(Arc::new(request(&context, &record)), &record.state);
        }
    }
}

fn request(context: &AttemptContext<'_>, record: &AttemptRecord) -> AttemptRequest {
    let action = &context.plan.nodes[context.node].tasks[context.package].action;
    let request = context.request(record.id.number);
    let waits = action.reboots() || matches!(record.state, AttemptState::AwaitingReboot(_));
    let commit = match request.commit {
        Commit::AfterSteps(records) if waits => Commit::AfterReboot {
            records,
            verify: None,
        },
        commit => commit,
    };
    AttemptRequest {
        id: record.id.clone(),
        tag: record.tag.clone(),
        digest: record.digest.clone(),
        commit,
        ..request
    }
}
