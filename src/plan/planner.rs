//! Puts the rules together: one pass over the nodes, each on its own.

use std::collections::BTreeMap;

use super::absence::Absent;
use super::input::{PlanInput, PlanOptions};
use super::model::{Action, Mode, NodePlan, Plan, PlannedPackage, PlannedTask, SCHEMA, Verdict};
use super::problem::{NodeProblem, Problem, Refusal};
use super::reason::{Reason, SkipReason};
use super::rules::{self, Deployment};
use super::undo::Undo;
use crate::component::deployment_order;
use crate::manifest::PackageEntry;
use crate::name::Name;
use crate::node::facts::{ComponentFacts, Facts};

/// Plans a deployment, or says everything that stands in its way.
///
/// The documents have passed their own checks: every component and package of the
/// manifest is defined, and every package has a bundle.
pub fn plan(input: PlanInput<'_>) -> Result<Plan, Refusal> {
    let packages = planned_packages(&input);
    let mut nodes = Vec::with_capacity(input.observations.len());
    let (mut problems, mut absent) = (Vec::new(), Absent::default());
    for (node, observation) in input.observations {
        let planner = NodePlanner {
            input: &input,
            node,
            packages: &packages,
        };
        match observation {
            Ok(facts) => nodes.push(planner.plan(facts, &mut problems)),
            Err(error) if absent.take(node, error) => {}
            Err(reason) => problems.push(planner.problem(Problem::NoFacts(reason.clone()))),
        }
    }
    let rules = &input.options.rollout;
    let (rollout, unreachable) = absent.settle(rules, &nodes, &mut problems);
    match problems.is_empty() {
        true => Ok(Plan {
            schema: SCHEMA,
            mzone: input.manifest.mzone.clone(),
            packages,
            rollout,
            nodes,
            unreachable,
            undoes: None,
        }),
        false => Err(Refusal { problems }),
    }
}

/// The manifest's packages in deployment order: components by `requires`, then packages
/// by their definition.
fn planned_packages(input: &PlanInput<'_>) -> Vec<PlannedPackage> {
    let components = component_order(input);
    components
        .into_iter()
        .flat_map(|component| packages_of(input, component))
        .collect()
}

/// Falls back to the order of names where `requires` runs in a circle, which the
/// document checks refuse before this.
fn component_order<'a>(input: &PlanInput<'a>) -> Vec<&'a Name> {
    let names: Vec<Name> = input.manifest.components.keys().cloned().collect();
    let place = |name: &Name| names.iter().position(|other| other == name);
    let mut edges = Vec::new();
    for (index, entry) in input.manifest.components.values().enumerate() {
        edges.extend(
            entry
                .requires
                .iter()
                .filter_map(place)
                .map(|before| (before, index)),
        );
    }
    let order = deployment_order(&names, &edges).unwrap_or_else(|_| (0..names.len()).collect());
    let keys: Vec<&Name> = input.manifest.components.keys().collect();
    order.into_iter().map(|index| keys[index]).collect()
}

fn packages_of(input: &PlanInput<'_>, component: &Name) -> Vec<PlannedPackage> {
    let (Some(definition), Some(entry)) = (
        input.definitions.get(component),
        input.manifest.components.get(component),
    ) else {
        return Vec::new();
    };
    let order = definition.package_order().unwrap_or_default();
    let defined = order.into_iter().map(|index| &definition.packages[index]);
    let planned = defined.filter_map(|package| {
        let wanted = entry.packages.get(&package.package)?;
        let bundle = input
            .bundles
            .get(&(component.clone(), package.package.clone()))?;
        Some(PlannedPackage {
            component: component.clone(),
            package: package.package.clone(),
            bundle_name: package.bundle().clone(),
            tag: wanted.tag.clone(),
            bundle: bundle.clone(),
            flags: wanted.flags.clone(),
            config: config_text(wanted),
            files: definition.files.clone(),
        })
    });
    planned.collect()
}

fn config_text(package: &PackageEntry) -> String {
    match &package.config {
        Some(config) => serde_json::Value::from_iter(config.clone()).to_string(),
        None => "{}".to_owned(),
    }
}

/// Plans one node.
struct NodePlanner<'a> {
    input: &'a PlanInput<'a>,
    node: &'a Name,
    packages: &'a [PlannedPackage],
}

impl NodePlanner<'_> {
    fn plan(&self, facts: &Facts, problems: &mut Vec<NodeProblem>) -> NodePlan {
        let mut found = rules::preflight(self.input, self.node, facts, self.packages);
        let mut modes = BTreeMap::new();
        let mut tasks = Vec::with_capacity(self.packages.len());
        let mut skip = None;
        for packages in self
            .packages
            .chunk_by(|left, right| left.component == right.component)
        {
            let Some(deployment) = self.deployment(facts, packages, &mut found) else {
                tasks.resize(tasks.len() + packages.len(), None);
                continue;
            };
            modes.insert(packages[0].component.clone(), deployment.mode);
            skip = skip.or_else(|| rules::other_major(&deployment, packages));
            found.extend(rules::missing_packages(&deployment));
            tasks.extend(self.tasks(deployment, packages, facts, &mut found));
        }
        if let Some(reason) = skip {
            return self.skipped(facts, modes, reason);
        }
        found.extend(rules::space(facts, self.packages, &tasks));
        found.extend(rules::busy(facts, &tasks));
        problems.extend(found.into_iter().map(|problem| self.problem(problem)));
        let tasks: Vec<PlannedTask> = tasks.into_iter().flatten().collect();
        let work = tasks.iter().any(|task| task.action.is_something());
        let verdict = if work {
            Verdict::Deploy
        } else {
            Verdict::UpToDate
        };
        NodePlan {
            node: self.node.clone(),
            verdict,
            boot_id: facts.boot_id.clone(),
            modes,
            tasks,
        }
    }

    fn deployment<'d>(
        &'d self,
        facts: &'d Facts,
        packages: &'d [PlannedPackage],
        problems: &mut Vec<Problem>,
    ) -> Option<Deployment<'d>> {
        static NO_FACTS: ComponentFacts = ComponentFacts {
            stage: None,
            releases: Vec::new(),
            personalities: None,
            unknown: Vec::new(),
        };
        let component = &packages[0].component;
        let definition = self.input.definitions.get(component)?;
        let entry = self.input.manifest.components.get(component)?;
        let recorded = facts.components.get(component).unwrap_or(&NO_FACTS);
        match Deployment::new(definition, entry, recorded) {
            Ok(deployment) => Some(deployment),
            Err(problem) => {
                problems.push(problem);
                None
            }
        }
    }

    /// Decides package by package, carrying the stage that each leads to. A package with
    /// a problem has no task, and those after it are decided as if it had been solved.
    fn tasks(
        &self,
        mut deployment: Deployment<'_>,
        packages: &[PlannedPackage],
        facts: &Facts,
        problems: &mut Vec<Problem>,
    ) -> Vec<Option<PlannedTask>> {
        let options: &PlanOptions = self.input.options;
        let mut tasks = Vec::with_capacity(packages.len());
        for package in packages {
            let decided = rules::decide(&deployment, package, options)
                .and_then(|decision| rules::unfinished_attempt(decision, package, facts, options))
                .and_then(|decision| deployment.advance(package, decision))
                .map(|task| self.with_undo(package, task, facts));
            if decided.is_err() {
                deployment.suppose_done(package);
            }
            tasks.push(decided.map_err(|problem| problems.push(problem)).ok());
        }
        tasks
    }

    /// Says how a task is undone, where a failure or its own node is to undo it.
    fn with_undo(&self, package: &PlannedPackage, task: PlannedTask, facts: &Facts) -> PlannedTask {
        let is_watched = package.bundle.confirm_within_seconds.is_some();
        let undoes = self.input.options.rollout.rolls_back() || is_watched;
        let is_wanted = undoes && task.action.is_something();
        let recorded = facts.components.get(&package.component);
        let previous = recorded.and_then(|recorded| recorded.installed(&package.package));
        PlannedTask {
            undo: is_wanted.then(|| Undo::of(package, &task, previous)),
            ..task
        }
    }

    /// A node that a rule leaves out is touched in no way, so what else is wrong with it
    /// stands in nobody's way.
    fn skipped(&self, facts: &Facts, modes: BTreeMap<Name, Mode>, reason: SkipReason) -> NodePlan {
        let task = PlannedTask {
            action: Action::Nothing,
            reason: Reason::NodeSkipped,
            from_tag: None,
            stage: None,
            sets: None,
            undo: None,
        };
        NodePlan {
            node: self.node.clone(),
            verdict: Verdict::Skipped(reason),
            boot_id: facts.boot_id.clone(),
            modes,
            tasks: vec![task; self.packages.len()],
        }
    }

    fn problem(&self, problem: Problem) -> NodeProblem {
        NodeProblem {
            node: self.node.clone(),
            problem,
        }
    }
}
