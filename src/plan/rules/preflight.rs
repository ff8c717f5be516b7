//! Rule 8: what must be so on a node before the first task runs anywhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::digest::Digest;
use crate::inventory::NodeSettings;
use crate::name::Name;
use crate::node::facts::Facts;
use crate::plan::input::PlanInput;
use crate::plan::model::{PlannedPackage, PlannedTask};
use crate::plan::problem::Problem;

/// A payload takes its size packed and again unpacked, with room for small files.
const SPACE_PER_PAYLOAD_BYTE: u64 = 3;

/// Every problem that does not depend on what is planned for the node.
pub(in crate::plan) fn preflight(
    input: &PlanInput<'_>,
    node: &Name,
    facts: &Facts,
    packages: &[PlannedPackage],
) -> Vec<Problem> {
    let settings = input.inventory.node(node).unwrap_or_default();
    let mut problems = access(facts);
    problems.extend(personalities(&settings, facts));
    problems.extend(arch(&settings, facts, packages));
    problems
}

/// What stands in the way of writing to a node's files, whatever is to be written.
pub(in crate::plan) fn access(facts: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend((!facts.privileged).then_some(Problem::NotPrivileged));
    problems.extend(unknown_content(facts));
    problems
}

pub(in crate::plan) fn unknown_content(facts: &Facts) -> impl Iterator<Item = Problem> + '_ {
    let unknown = facts
        .components
        .values()
        .flat_map(|component| &component.unknown);
    unknown.cloned().map(Problem::UnknownContent)
}

fn personalities(settings: &NodeSettings, facts: &Facts) -> Option<Problem> {
    let inventory: BTreeSet<String> = settings
        .personalities
        .iter()
        .map(ToString::to_string)
        .collect();
    let node = facts
        .components
        .values()
        .find_map(|component| component.personalities.clone())?;
    let differ = !inventory.is_empty() && node != inventory;
    differ.then_some(Problem::Personalities { node, inventory })
}

fn arch(settings: &NodeSettings, facts: &Facts, packages: &[PlannedPackage]) -> Vec<Problem> {
    let other = settings
        .arch
        .iter()
        .filter(|wanted| !same_arch(wanted.as_str(), &facts.arch));
    let mut problems: Vec<Problem> = other
        .map(|wanted| Problem::OtherArch {
            node: facts.arch.clone(),
            inventory: wanted.clone(),
        })
        .collect();
    let unsupported = packages.iter().filter(|package| {
        let supported = &package.bundle.arch;
        !supported.is_empty() && !supported.iter().any(|arch| same_arch(arch, &facts.arch))
    });
    problems.extend(unsupported.map(|package| Problem::UnsupportedArch {
        package: package.package.clone(),
        arch: facts.arch.clone(),
        supported: package.bundle.arch.clone(),
    }));
    problems
}

/// The kernel and the package formats have two names for the same machines.
fn same_arch(left: &str, right: &str) -> bool {
    let canonical = |arch| match arch {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        other => other,
    };
    canonical(left) == canonical(right)
}

/// Room for the payloads that the node lacks, of every package that is run there. One
/// whose task is not decided, because of another problem, counts as run.
pub(in crate::plan) fn space(
    facts: &Facts,
    packages: &[PlannedPackage],
    tasks: &[Option<PlannedTask>],
) -> Option<Problem> {
    let is_run =
        |task: &Option<PlannedTask>| task.as_ref().is_none_or(|task| task.action.needs_payload());
    let missing: BTreeMap<&Digest, u64> = packages
        .iter()
        .zip(tasks)
        .filter(|(_, task)| is_run(task))
        .map(|(package, _)| (&package.bundle.payload, package.bundle.payload_bytes))
        .filter(|(payload, _)| !facts.payloads.contains(payload))
        .collect();
    let bytes = missing.values().copied().fold(0, u64::saturating_add);
    let needed_kib = bytes.saturating_mul(SPACE_PER_PAYLOAD_BYTE).div_ceil(1024);
    let free_kib = facts.free_kib;
    (needed_kib > free_kib).then_some(Problem::NoSpace {
        needed_kib,
        free_kib,
    })
}
