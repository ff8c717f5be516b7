//! Rule 1: how a component is deployed to a node, and which stage that leads to.

use super::Decision;
use crate::component::{ComponentDefinition, PackageDefinition};
use crate::document::YesNo;
use crate::manifest::{ComponentEntry, PackageEntry};
use crate::name::Name;
use crate::node::facts::{ComponentFacts, ReleaseLine, ReleaseOutcome};
use crate::plan::model::{Mode, PlannedPackage, PlannedTask};
use crate::plan::problem::Problem;
use crate::tag::TagOrder;

/// One component on one node, while its packages are decided in order.
pub(in crate::plan) struct Deployment<'a> {
    pub(super) definition: &'a ComponentDefinition,
    pub(super) entry: &'a ComponentEntry,
    pub(super) recorded: &'a ComponentFacts,
    pub(in crate::plan) mode: Mode,
    /// The stage the node will be at, as an index into the definition's stages.
    stage: Option<usize>,
}

impl<'a> Deployment<'a> {
    /// Reads the mode off the node's stage.
    pub(in crate::plan) fn new(
        definition: &'a ComponentDefinition,
        entry: &'a ComponentEntry,
        recorded: &'a ComponentFacts,
    ) -> Result<Self, Problem> {
        let stage = match &recorded.stage {
            None => None,
            Some(stage) => Some(known_stage(definition, stage)?),
        };
        let ready = definition
            .stage_index(definition.ready.as_str())
            .unwrap_or(usize::MAX);
        let mut deployment = Self {
            definition,
            entry,
            recorded,
            mode: Mode::Fresh,
            stage,
        };
        deployment.mode = match stage {
            None => Mode::Fresh,
            Some(_) if deployment.starts_boot_cycle() => Mode::NewBootCycle,
            Some(stage) if stage < ready => Mode::Continued,
            Some(_) => Mode::Upgrade,
        };
        Ok(deployment)
    }

    /// A boot release that is newer than the installed one, with `forcereboot: yes`.
    fn starts_boot_cycle(&self) -> bool {
        let Some((boot, wanted)) = self.boot_package() else {
            return false;
        };
        let installed = self.recorded.installed(&boot.package);
        let newer = installed.is_none_or(|line| wanted.tag.order(&line.tag) == TagOrder::Newer);
        newer && self.reboots(boot, wanted)
    }

    fn boot_package(&self) -> Option<(&'a PackageDefinition, &'a PackageEntry)> {
        let name = self.definition.boot_cycle.as_ref()?;
        Some((
            self.definition.package(name)?,
            self.entry.packages.get(name)?,
        ))
    }

    /// Whether a package is the one that starts a boot cycle.
    pub(super) fn is_boot(&self, package: &Name) -> bool {
        self.definition.boot_cycle.as_ref() == Some(package)
    }

    /// Whether running a package reboots the node: both sides must say so.
    pub(super) fn reboots(&self, package: &PackageDefinition, wanted: &PackageEntry) -> bool {
        package.may_reboot == YesNo::Yes && wanted.forcereboot.is_yes()
    }

    /// The record of a package, if it was made in the boot cycle that is going on. Going back
    /// to an earlier boot release starts none.
    /// A cycle that this deployment starts has no records yet; on a node that is ready,
    /// and whose boot release was never recorded, every record counts.
    pub(super) fn recorded_in_cycle(&self, package: &Name) -> Option<&'a ReleaseLine> {
        let releases = &self.recorded.releases;
        let at = releases.iter().rposition(|line| line.package == *package)?;
        let Some(boot) = &self.definition.boot_cycle else {
            return Some(&releases[at]);
        };
        if matches!(self.mode, Mode::Fresh | Mode::NewBootCycle) {
            return None;
        }
        let starts_cycle =
            |line: &ReleaseLine| line.package == *boot && line.outcome == ReleaseOutcome::Deployed;
        let counts = match releases.iter().rposition(starts_cycle) {
            Some(cycle) => at >= cycle,
            None => self.mode == Mode::Upgrade,
        };
        counts.then(|| &releases[at])
    }

    /// Whether the node has reached a stage, or will have by now.
    pub(super) fn has_reached(&self, stage: Option<&Name>) -> bool {
        let Some(stage) = stage else { return true };
        let index = self.definition.stage_index(stage.as_str());
        self.stage
            .zip(index)
            .is_some_and(|(now, wanted)| now >= wanted)
    }

    /// Takes a decision into the plan: checks the stage it needs, and moves the stage
    /// to what it sets. A stage only moves forward, but for the start of a boot cycle.
    pub(in crate::plan) fn advance(
        &mut self,
        package: &PlannedPackage,
        decision: Decision,
    ) -> Result<PlannedTask, Problem> {
        let stage = self.stage_name();
        let mut sets = None;
        if decision.action.is_something() && self.mode.is_fresh() {
            let Some(definition) = self.definition.package(&package.package) else {
                return Ok(decision.into_task(stage, None));
            };
            self.require_stage(definition)?;
            sets = definition
                .sets
                .clone()
                .filter(|sets| self.moves_to(definition, sets));
            if let Some(sets) = &sets {
                self.stage = self.definition.stage_index(sets.as_str());
            }
        }
        Ok(decision.into_task(stage, sets))
    }

    /// Goes on as if a package that has a problem were done, so that its problem does not
    /// come back as one of every package behind it.
    pub(in crate::plan) fn suppose_done(&mut self, package: &PlannedPackage) {
        let Some(definition) = self.definition.package(&package.package) else {
            return;
        };
        let stages = definition.needs.iter().chain(&definition.sets);
        let indices = stages.filter_map(|stage| self.definition.stage_index(stage.as_str()));
        self.stage = self.stage.into_iter().chain(indices).max();
    }

    fn moves_to(&self, package: &PackageDefinition, stage: &Name) -> bool {
        self.is_boot(&package.package) || !self.has_reached(Some(stage))
    }

    fn require_stage(&self, package: &PackageDefinition) -> Result<(), Problem> {
        match &package.needs {
            Some(needs) if !self.has_reached(Some(needs)) && !self.lacks_setter_of(needs) => {
                Err(Problem::StageNotReached {
                    package: package.package.clone(),
                    needs: needs.clone(),
                    stage: self
                        .stage_name()
                        .map_or_else(|| "no stage".into(), |stage| stage.to_string()),
                })
            }
            _ => Ok(()),
        }
    }

    /// Whether the manifest lacks a required package that sets a stage, which is a problem
    /// of its own.
    fn lacks_setter_of(&self, stage: &Name) -> bool {
        self.definition.packages.iter().any(|package| {
            package.sets.as_ref() == Some(stage)
                && package.required.is_yes()
                && !self.entry.packages.contains_key(&package.package)
        })
    }

    fn stage_name(&self) -> Option<Name> {
        self.stage
            .map(|index| self.definition.stages[index].clone())
    }
}

fn known_stage(definition: &ComponentDefinition, stage: &str) -> Result<usize, Problem> {
    definition
        .stage_index(stage)
        .ok_or_else(|| Problem::UnknownStage {
            component: definition.component.clone(),
            stage: stage.to_owned(),
            path: definition.files.stage.to_string(),
        })
}
