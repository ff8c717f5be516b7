//! Rule 5: a node of another major version is left out; the others go on.

use super::comparison::Comparison;
use super::deployment::Deployment;
use crate::plan::model::PlannedPackage;
use crate::plan::reason::SkipReason;

/// The first package whose wanted major is not the installed one.
pub(in crate::plan) fn other_major(
    deployment: &Deployment<'_>,
    packages: &[PlannedPackage],
) -> Option<SkipReason> {
    packages.iter().find_map(|package| {
        let installed = &deployment.recorded.installed(&package.package)?.tag;
        let differs = Comparison::of(&package.tag, installed) == Comparison::OtherMajor;
        differs.then(|| SkipReason::OtherMajor {
            package: package.package.clone(),
            installed: installed.clone(),
            wanted: package.tag.clone(),
        })
    })
}
