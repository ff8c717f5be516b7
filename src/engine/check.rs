//! The end of a run: what is on a node, against what the run did there.

use crate::component::NodeFiles;
use crate::digest::Digest;
use crate::engine::event::RunKind;
use crate::name::Name;
use crate::node::facts::{ComponentFacts, Facts};
use crate::plan::{Plan, PlannedPackage, PlannedTask, Undo};
use crate::tag::ReleaseTag;

#[cfg(test)]
mod tests;

/// What a node's record should say.
#[derive(Debug)]
pub(super) struct Expected<'a> {
    /// The plan.
    pub(super) plan: &'a Plan,
    /// The node, as an index into the plan.
    pub(super) node: usize,
    /// What was done there, oldest first.
    pub(super) done: Vec<Done>,
    /// What kind of run it was.
    pub(super) kind: RunKind,
}

/// What was done with a package, as an index into the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// Its release was deployed.
    Deployed(usize),
    /// It went back to the release before.
    Undone(usize),
}

impl Done {
    fn package(self) -> usize {
        match self {
            Self::Deployed(package) | Self::Undone(package) => package,
        }
    }
}

/// The release that a node's record should name.
struct Wanted<'a> {
    tag: &'a ReleaseTag,
    digest: &'a Digest,
    verb: &'static str,
}

/// The first thing in which the node's own record differs from what the run did.
pub(super) fn difference(expected: &Expected<'_>, facts: &Facts) -> Option<String> {
    if expected.kind == RunKind::DryRun {
        return None;
    }
    let release = expected.done.iter().find_map(|done| {
        let package = &expected.plan.packages[done.package()];
        let recorded = facts.components.get(&package.component);
        release_difference(package, &expected.wanted(*done)?, recorded)
    });
    release.or_else(|| {
        expected
            .done
            .iter()
            .rev()
            .find_map(|done| stage_difference(expected, *done, facts))
    })
}

impl<'a> Expected<'a> {
    fn task(&self, done: Done) -> &'a PlannedTask {
        &self.plan.nodes[self.node].tasks[done.package()]
    }

    fn wanted(&self, done: Done) -> Option<Wanted<'a>> {
        let package = &self.plan.packages[done.package()];
        match (done, &self.task(done).undo) {
            (Done::Deployed(_), _) => Some(Wanted {
                tag: &package.tag,
                digest: &package.bundle.digest,
                verb: "deployed",
            }),
            (Done::Undone(_), Some(Undo::Possible(previous))) => Some(Wanted {
                tag: self.task(done).from_tag.as_ref()?,
                digest: &previous.digest,
                verb: "went back to",
            }),
            (Done::Undone(_), _) => None,
        }
    }

    /// The stage that was set, if any.
    fn stage(&self, done: Done) -> Option<&'a Name> {
        let task = self.task(done);
        match (done, &task.undo) {
            (Done::Deployed(_), _) => task.sets.as_ref(),
            (Done::Undone(_), Some(Undo::Possible(previous))) => previous.stage.as_ref(),
            (Done::Undone(_), _) => None,
        }
    }
}

fn release_difference(
    package: &PlannedPackage,
    wanted: &Wanted<'_>,
    recorded: Option<&ComponentFacts>,
) -> Option<String> {
    let NodeFiles { releases, .. } = &package.files;
    match recorded.and_then(|recorded| recorded.installed(&package.package)) {
        Some(line) if line.tag == *wanted.tag && line.digest == *wanted.digest => None,
        Some(line) if line.tag == *wanted.tag => Some(format!(
            "{releases} says {} {} with digest {}, the run {} digest {}",
            package.package,
            line.tag,
            line.digest.short(),
            wanted.verb,
            wanted.digest.short()
        )),
        Some(line) => Some(format!(
            "{releases} says {} {}, the run {} {}",
            package.package, line.tag, wanted.verb, wanted.tag
        )),
        None => Some(format!(
            "{releases} has no line for {} {}",
            package.package, wanted.tag
        )),
    }
}

/// Only the last stage that was set is still there to be seen.
fn stage_difference(expected: &Expected<'_>, done: Done, facts: &Facts) -> Option<String> {
    let planned = &expected.plan.packages[done.package()];
    let same_component =
        |other: &Done| expected.plan.packages[other.package()].component == planned.component;
    let mut set = expected
        .done
        .iter()
        .rev()
        .filter(|done| same_component(done));
    let wanted = set.find_map(|done| expected.stage(*done))?;
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
