//! Rules 4 and 6: a wanted release against the installed one, in every mode.

use super::comparison::Comparison;
use crate::node::facts::ReleaseLine;
use crate::plan::input::PlanOptions;
use crate::plan::model::PlannedPackage;
use crate::plan::problem::{Clash, Problem};

/// Refuses an older release, and another commit of the same version and build time.
pub(super) fn check_installed(
    package: &PlannedPackage,
    installed: &ReleaseLine,
    options: &PlanOptions,
) -> Result<(), Problem> {
    let clash = || {
        Box::new(Clash {
            package: package.package.clone(),
            installed: installed.tag.clone(),
            wanted: package.tag.clone(),
        })
    };
    match Comparison::of(&package.tag, &installed.tag) {
        Comparison::Older if !options.allow_downgrade.contains(&package.package) => {
            Err(Problem::Downgrade(clash()))
        }
        Comparison::OtherCommit => Err(Problem::OtherCommit(clash())),
        // A node of another major is left out as a whole.
        Comparison::OtherMajor | Comparison::Older | Comparison::Same | Comparison::Newer => Ok(()),
    }
}
