//! The end of a run: what is on a node, against what the run did there.

use crate::component::NodeFiles;
use crate::engine::event::RunKind;
use crate::node::facts::{ComponentFacts, Facts};
use crate::plan::{Plan, PlannedPackage};

#[cfg(test)]
mod tests;

/// What a node's record should say.
#[derive(Debug)]
pub(super) struct Expected<'a> {
    /// The plan.
    pub(super) plan: &'a Plan,
    /// The node, as an index into the plan.
    pub(super) node: usize,
    /// The packages whose tasks succeeded there, in order, as indices into the plan.
    pub(super) done: Vec<usize>,
    /// What kind of run it was.
    pub(super) kind: RunKind,
}

/// The first thing in which the node's own record differs from what the run did.
pub(super) fn difference(expected: &Expected<'_>, facts: &Facts) -> Option<String> {
    if expected.kind == RunKind::DryRun {
        return None;
    }
    let release = expected.done.iter().find_map(|package| {
        let package = &expected.plan.packages[*package];
        release_difference(package, facts.components.get(&package.component))
    });
    release.or_else(|| {
        expected
            .done
            .iter()
            .rev()
            .find_map(|package| stage_difference(expected, *package, facts))
    })
}

fn release_difference(
    package: &PlannedPackage,
    recorded: Option<&ComponentFacts>,
) -> Option<String> {
    let NodeFiles { releases, .. } = &package.files;
    match recorded.and_then(|recorded| recorded.installed(&package.package)) {
        Some(line) if line.tag == package.tag && line.digest == package.bundle.digest => None,
        Some(line) if line.tag == package.tag => Some(format!(
            "{releases} says {} {} with digest {}, the run deployed digest {}",
            package.package,
            line.tag,
            line.digest.short(),
            package.bundle.digest.short()
        )),
        Some(line) => Some(format!(
            "{releases} says {} {}, the run deployed {}",
            package.package, line.tag, package.tag
        )),
        None => Some(format!(
            "{releases} has no line for {} {}",
            package.package, package.tag
        )),
    }
}

/// Only the last stage that was set is still there to be seen.
fn stage_difference(expected: &Expected<'_>, package: usize, facts: &Facts) -> Option<String> {
    let planned = &expected.plan.packages[package];
    let sets = |index: &&usize| {
        let same_component = expected.plan.packages[**index].component == planned.component;
        same_component
            && expected.plan.nodes[expected.node].tasks[**index]
                .sets
                .is_some()
    };
    let last = expected.done.iter().rev().find(sets)?;
    let wanted = expected.plan.nodes[expected.node].tasks[*last]
        .sets
        .as_ref()?;
    let recorded = facts.components.get(&planned.component);
    let found = recorded.and_then(|recorded| recorded.stage.as_deref());
    let file = &planned.files.stage;
    (found != Some(wanted.as_str())).then(|| {
        format!(
            "{file} says {}, the run set {wanted}",
            found.unwrap_or("nothing")
        )
    })
}
