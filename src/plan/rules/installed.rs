//! Rules 4 and 6: a wanted release against the installed one, in every mode.

use crate::node::facts::ReleaseLine;
use crate::plan::input::PlanOptions;
use crate::plan::model::PlannedPackage;
use crate::plan::problem::Problem;
use crate::tag::TagOrder;

/// Refuses an older release, and another commit of the same version and build time.
pub(super) fn check_installed(
    package: &PlannedPackage,
    installed: &ReleaseLine,
    options: &PlanOptions,
) -> Result<(), Problem> {
    let name = package.package.clone();
    let (installed, wanted) = (installed.tag.clone(), package.tag.clone());
    match wanted.order(&installed) {
        TagOrder::Older if !options.allow_downgrade.contains(&name) => {
            Err(Problem::Downgrade { package: name, installed, wanted })
        }
        TagOrder::Conflict => Err(Problem::OtherCommit { package: name, installed, wanted }),
        TagOrder::Older | TagOrder::Same | TagOrder::Newer => Ok(()),
    }
}
