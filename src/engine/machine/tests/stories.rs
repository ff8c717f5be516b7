//! Worlds that many stories begin with.

use super::world::World;
use crate::engine::event::RunKind;
use crate::engine::fixture::{identity, plan};
use crate::plan::Action::{self, Run};

/// A deployment with a row of actions for each node.
pub(super) fn deploying(rows: &[Vec<Action>]) -> World {
    World::new(plan(rows), identity(RunKind::Deploy))
}

/// A deployment of two packages on two nodes.
pub(super) fn two_by_two() -> World {
    deploying(&[vec![Run, Run], vec![Run, Run]])
}
