//! What the records of a zone say its nodes have: every run saw its nodes before it began,
//! and knows what it deployed.

use std::collections::BTreeMap;

use super::context::Context;
use crate::document::closest;
use crate::engine::event::{RunKind, TaskId};
use crate::failure::{Failure, FailureKind};
use crate::lint::{RecordedZone, ZoneReleases};
use crate::name::Name;
use crate::plan::{NodePlan, Plan, PlannedPackage, PlannedTask, SkipReason, Verdict};
use crate::store::fold::TaskState;
use crate::store::{RunRecord, Store};
use crate::tag::ReleaseTag;

/// Reads the records of a zone; one without a run is an error.
pub(super) fn recorded_zone(mzone: Name, context: &Context) -> Result<RecordedZone, Failure> {
    let store = Store::open_to_read(&context.state_dir)?;
    require_zone(&store, &mzone)?;
    let releases = recorded_releases(&store, &mzone)?;
    Ok(RecordedZone { mzone, releases })
}

/// Says which zone was meant, where this one has no records.
pub(super) fn require_zone(store: &Store, mzone: &Name) -> Result<(), Failure> {
    let known = store.zones()?;
    if known.contains(mzone) {
        return Ok(());
    }
    let failure = Failure::new(FailureKind::NoInput, format!("zone {mzone} has no run"));
    let meant = closest(mzone.as_str(), known.iter().map(Name::as_str));
    Err(match meant {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help("`ddt status` shows every zone that has one"),
    })
}

/// The releases of every node that a run has seen. Every journal is verified; the later
/// run counts.
pub(super) fn recorded_releases(store: &Store, mzone: &Name) -> Result<ZoneReleases, Failure> {
    let mut releases = Recording::default();
    for record in store.records(Some(mzone))?.into_iter().rev() {
        let plan = plan(store, &record)?;
        let view = store.load(&record)?;
        plan.nodes
            .iter()
            .for_each(|node| releases.saw(node, &plan.packages));
        let tasks = view.tasks.iter();
        let deployed = tasks.filter(|task| task.state == TaskState::Succeeded);
        let planned = planned(&plan);
        for task in deployed.filter(|_| record.kind == RunKind::Deploy) {
            releases.deployed(&task.id, &task.tag, planned.get(&task.id).copied());
        }
    }
    Ok(releases.zone)
}

fn plan(store: &Store, record: &RunRecord) -> Result<Plan, Failure> {
    let text = store.plan(&record.run)?;
    serde_json::from_str(&text).map_err(|error| {
        let message = format!("the plan of run {} cannot be read", record.run);
        Failure::environment(message).because(&error)
    })
}

/// The tasks of a plan by what a journal calls them.
fn planned(plan: &Plan) -> BTreeMap<TaskId, &PlannedTask> {
    let tasks = plan.nodes.iter().flat_map(|node| {
        let tasks = plan.packages.iter().zip(&node.tasks);
        tasks.map(|(package, task)| (id(node, package), task))
    });
    tasks.collect()
}

fn id(node: &NodePlan, package: &PlannedPackage) -> TaskId {
    TaskId {
        node: node.node.clone(),
        component: package.component.clone(),
        package: package.package.clone(),
    }
}

/// The releases of a zone while its runs are read, oldest first.
#[derive(Default)]
struct Recording {
    zone: ZoneReleases,
}

impl Recording {
    /// Takes in what a node had before a run.
    fn saw(&mut self, node: &NodePlan, packages: &[PlannedPackage]) {
        if let Verdict::Skipped(SkipReason::OtherMajor {
            package, installed, ..
        }) = &node.verdict
        {
            let mut packages = packages.iter();
            let shown = packages.find(|one| one.package == *package);
            shown
                .into_iter()
                .for_each(|shown| self.has(&id(node, shown), installed));
            return;
        }
        let mut tasks = packages.iter().zip(&node.tasks);
        for same in packages.chunk_by(|one, other| one.component == other.component) {
            for (number, (package, task)) in tasks.by_ref().take(same.len()).enumerate() {
                let task_id = id(node, package);
                if number == 0 {
                    self.is_at(&task_id, task.stage.clone());
                }
                match &task.from_tag {
                    Some(tag) => self.has(&task_id, tag),
                    None => self.has_not(&task_id),
                }
            }
        }
    }

    /// Takes in a task that a run did.
    fn deployed(&mut self, task: &TaskId, tag: &ReleaseTag, planned: Option<&PlannedTask>) {
        self.has(task, tag);
        if let Some(stage) = planned.and_then(|planned| planned.sets.clone()) {
            self.is_at(task, Some(stage));
        }
    }

    fn has(&mut self, task: &TaskId, tag: &ReleaseTag) {
        let packages = &mut self.component(task).packages;
        packages.insert(task.package.clone(), tag.clone());
        let seen = self.zone.seen.entry(task.component.clone()).or_default();
        let seen = seen.entry(task.package.clone()).or_default();
        if !seen.contains(tag) {
            seen.push(tag.clone());
        }
    }

    fn has_not(&mut self, task: &TaskId) {
        self.component(task).packages.remove(&task.package);
    }

    fn is_at(&mut self, task: &TaskId, stage: Option<Name>) {
        self.component(task).stage = stage;
    }

    fn component(&mut self, task: &TaskId) -> &mut crate::lint::NodeReleases {
        let node = self.zone.nodes.entry(task.node.clone()).or_default();
        node.entry(task.component.clone()).or_default()
    }
}
