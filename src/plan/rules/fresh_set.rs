//! Rule 2: a fresh deployment needs every required package.

use super::deployment::Deployment;
use crate::plan::problem::Problem;

/// The required packages that the manifest lacks, where the mode needs them.
pub(in crate::plan) fn missing_packages(deployment: &Deployment<'_>) -> Option<Problem> {
    if !deployment.mode.is_fresh() {
        return None;
    }
    let required = deployment
        .definition
        .packages
        .iter()
        .filter(|package| package.required.is_yes());
    let names = required.map(|package| &package.package);
    let missing: Vec<_> = names
        .filter(|name| !deployment.entry.packages.contains_key(*name))
        .cloned()
        .collect();
    let component = deployment.definition.component.clone();
    (!missing.is_empty()).then_some(Problem::MissingPackages { component, missing })
}
