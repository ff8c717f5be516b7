//! Rules 3 and 6: which packages are run, and why the others are not.

use super::deployment::Deployment;
use super::installed::check_installed;
use crate::component::PackageDefinition;
use crate::manifest::PackageEntry;
use crate::name::Name;
use crate::node::facts::ReleaseLine;
use crate::plan::input::PlanOptions;
use crate::plan::model::{Action, Mode, PlannedPackage, PlannedTask};
use crate::plan::problem::Problem;
use crate::plan::reason::Reason;
use crate::tag::{ReleaseTag, TagOrder};

/// What is decided for one package, before the stages are looked at.
#[derive(Debug)]
pub(in crate::plan) struct Decision {
    pub(super) action: Action,
    pub(super) reason: Reason,
    pub(super) from_tag: Option<ReleaseTag>,
}

impl Decision {
    pub(super) fn into_task(self, stage: Option<Name>, sets: Option<Name>) -> PlannedTask {
        PlannedTask {
            action: self.action,
            reason: self.reason,
            from_tag: self.from_tag,
            stage,
            sets,
            undo: None,
        }
    }
}

/// Decides one package, in a zone whose documents are sound.
pub(in crate::plan) fn decide(
    deployment: &Deployment<'_>,
    package: &PlannedPackage,
    options: &PlanOptions,
) -> Result<Decision, Problem> {
    let installed = deployment.recorded.installed(&package.package);
    if let Some(line) = installed {
        check_installed(package, line, options)?;
    }
    let from_tag = installed.map(|line| line.tag.clone());
    let named = deployment.definition.package(&package.package);
    let wanted = deployment.entry.packages.get(&package.package);
    let (Some(definition), Some(wanted)) = (named, wanted) else {
        return Ok(Decision {
            action: Action::Nothing,
            reason: Reason::UpToDate,
            from_tag,
        });
    };
    let reason = match reason(deployment, definition, wanted, options) {
        reason if runs(&reason) && is_older(installed, wanted) => Reason::AllowedDowngrade,
        reason => reason,
    };
    let action = match runs(&reason) {
        true if deployment.reboots(definition, wanted) => Action::RunAndReboot,
        true => Action::Run,
        false => Action::Nothing,
    };
    Ok(Decision {
        action,
        reason,
        from_tag,
    })
}

fn reason(
    deployment: &Deployment<'_>,
    package: &PackageDefinition,
    wanted: &PackageEntry,
    options: &PlanOptions,
) -> Reason {
    let installed = deployment.recorded.installed(&package.package);
    match deployment.mode {
        Mode::NewBootCycle if deployment.is_boot(&package.package) => Reason::StartsBootCycle,
        Mode::Fresh | Mode::NewBootCycle => not_in_cycle(installed),
        Mode::Continued | Mode::Upgrade if deployment.is_boot(&package.package) => {
            held_boot(installed, wanted, options)
        }
        Mode::Upgrade if package.fresh_only.is_yes() => Reason::NotInUpgrade,
        Mode::Upgrade => upgrade(deployment, package, wanted, options),
        Mode::Continued => continued(deployment, package, wanted, options),
    }
}

/// A cycle that ended before its last package has left the node ready, but for that
/// package's record.
fn upgrade(
    deployment: &Deployment<'_>,
    package: &PackageDefinition,
    wanted: &PackageEntry,
    options: &PlanOptions,
) -> Reason {
    let installed = deployment.recorded.installed(&package.package);
    match compare(installed, wanted, options) {
        Reason::UpToDate if deployment.recorded_in_cycle(&package.package).is_none() => {
            Reason::NewCycle
        }
        reason => reason,
    }
}

/// A boot release is installed by a boot cycle only.
fn held_boot(
    installed: Option<&ReleaseLine>,
    wanted: &PackageEntry,
    options: &PlanOptions,
) -> Reason {
    match installed.map(|line| wanted.tag.order(&line.tag)) {
        None => Reason::StagePassed,
        Some(TagOrder::Newer) => Reason::NeedsForceReboot,
        Some(TagOrder::Same) if !options.reinstall => Reason::UpToDate,
        Some(_) => Reason::NotInUpgrade,
    }
}

fn continued(
    deployment: &Deployment<'_>,
    package: &PackageDefinition,
    wanted: &PackageEntry,
    options: &PlanOptions,
) -> Reason {
    match deployment.recorded_in_cycle(&package.package) {
        None => not_in_cycle(deployment.recorded.installed(&package.package)),
        Some(_) if !deployment.has_reached(package.sets.as_ref()) => Reason::StageNotReached,
        Some(line) => compare(Some(line), wanted, options),
    }
}

fn not_in_cycle(installed: Option<&ReleaseLine>) -> Reason {
    match installed {
        Some(_) => Reason::NewCycle,
        None => Reason::NotInstalled,
    }
}

fn compare(
    installed: Option<&ReleaseLine>,
    wanted: &PackageEntry,
    options: &PlanOptions,
) -> Reason {
    match installed.map(|line| wanted.tag.order(&line.tag)) {
        None => Reason::NotInstalled,
        Some(TagOrder::Same) if options.reinstall => Reason::Reinstall,
        Some(TagOrder::Same) => Reason::UpToDate,
        Some(TagOrder::Newer) => Reason::Upgrade,
        Some(TagOrder::Older | TagOrder::Conflict) => Reason::AllowedDowngrade,
    }
}

fn is_older(installed: Option<&ReleaseLine>, wanted: &PackageEntry) -> bool {
    installed.is_some_and(|line| wanted.tag.order(&line.tag) == TagOrder::Older)
}

fn runs(reason: &Reason) -> bool {
    !matches!(
        reason,
        Reason::UpToDate
            | Reason::StagePassed
            | Reason::NotInUpgrade
            | Reason::NeedsForceReboot
            | Reason::NodeSkipped
    )
}
