//! From the plan to what a node is asked: nothing is decided on the way.

use crate::component::{ComponentDefinition, NodeFiles};
use crate::digest::Digest;
use crate::name::Name;
use crate::node::attempt::{
    AttemptId, AttemptRequest, Commit, Records, Release, Step, StepKind, Watch,
};
use crate::node::facts::ReleaseOutcome;
use crate::node::{ComponentFiles, FactsQuery, Payload, TakeUp};
use crate::plan::{Action, Plan, PlannedPackage, Undo};

use super::event::RunKind;
use super::machine::RunIdentity;

/// Which task, and what the journal says when it starts.
pub(super) struct AttemptContext<'a> {
    pub(super) plan: &'a Plan,
    pub(super) identity: &'a RunIdentity,
    /// Index of the node in the plan.
    pub(super) node: usize,
    /// Index of the package in the plan.
    pub(super) package: usize,
    /// The journal's head after the intent.
    pub(super) journal_head: String,
}

impl AttemptContext<'_> {
    fn planned(&self) -> &PlannedPackage {
        &self.plan.packages[self.package]
    }

    /// The attempt of this or another run.
    fn id(&self, run: Name, number: u32) -> AttemptId {
        let (component, package) = (
            self.planned().component.clone(),
            self.planned().package.clone(),
        );
        AttemptId {
            run,
            component,
            package,
            number,
        }
    }

    /// The attempt, as this run takes it up.
    pub(super) fn take_up(&self, run: Name, number: u32) -> TakeUp {
        TakeUp {
            id: self.id(run, number),
            epoch: self.identity.epoch,
        }
    }

    /// What a new attempt is asked to do.
    pub(super) fn request(&self, number: u32) -> AttemptRequest {
        let package = self.planned();
        let node = &self.plan.nodes[self.node];
        let task = &node.tasks[self.package];
        let mode = node
            .modes
            .get(&package.component)
            .map_or("", |mode| mode.word());
        AttemptRequest {
            id: self.id(self.identity.run.clone(), number),
            epoch: self.identity.epoch,
            journal_head: self.journal_head.clone(),
            zone: self.plan.mzone.clone(),
            bundle: package.bundle_name.clone(),
            tag: package.tag.clone(),
            from_tag: task.from_tag.clone(),
            digest: package.bundle.digest.clone(),
            payload: package.bundle.payload.clone(),
            mode: mode.to_owned(),
            stage: task.stage.as_ref().map(ToString::to_string),
            steps: self.steps(),
            flags: package.flags.clone(),
            config: package.config.clone(),
            commit: self.commit(),
            watch: self.watch(),
        }
    }

    /// What the node does where nobody confirms; nothing where there is no way back.
    fn watch(&self) -> Option<Watch> {
        let task = &self.plan.nodes[self.node].tasks[self.package];
        let (Some(Undo::Possible(previous)), Some(from_tag)) = (&task.undo, &task.from_tag) else {
            return None;
        };
        let within_seconds = task.confirm_within_seconds(self.planned());
        Some(Watch {
            within_seconds: within_seconds.filter(|_| !self.is_dry_run())?,
            rollback: self.step(StepKind::Rollback)?,
            release: Release {
                tag: from_tag.clone(),
                digest: previous.digest.clone(),
                outcome: ReleaseOutcome::RolledBack,
            },
            stage: previous.stage.as_ref().map(ToString::to_string),
            reboots: previous.reboots,
        })
    }

    /// What an attempt is asked that goes back to the release before; `None` where the plan
    /// says that there is no way back.
    pub(super) fn undo_request(&self, number: u32) -> Option<AttemptRequest> {
        let task = &self.plan.nodes[self.node].tasks[self.package];
        let (Some(Undo::Possible(previous)), Some(from_tag)) = (&task.undo, &task.from_tag) else {
            return None;
        };
        let stage = previous.stage.as_ref().map(ToString::to_string);
        let records = Records {
            stage: stage.map(|stage| (self.planned().files.stage.clone(), stage)),
            release: Release {
                tag: from_tag.clone(),
                digest: previous.digest.clone(),
                outcome: ReleaseOutcome::RolledBack,
            },
            ..self.records()
        };
        Some(AttemptRequest {
            mode: "rollback".to_owned(),
            steps: self.step(StepKind::Rollback).into_iter().collect(),
            commit: match previous.reboots {
                true => Commit::AfterReboot {
                    records,
                    verify: None,
                },
                false => Commit::AfterSteps(records),
            },
            watch: None,
            ..self.request(number)
        })
    }

    /// How much longer a node may stay away because it may go back before it can be reached.
    pub(super) fn watch_seconds(&self) -> u64 {
        let task = &self.plan.nodes[self.node].tasks[self.package];
        let seconds = task.confirm_within_seconds(self.planned());
        seconds.map_or(0, u64::from)
    }

    fn is_record(&self) -> bool {
        self.plan.nodes[self.node].tasks[self.package].action == Action::Record
    }

    fn is_dry_run(&self) -> bool {
        self.identity.kind == RunKind::DryRun
    }

    fn reboots(&self) -> bool {
        let action = &self.plan.nodes[self.node].tasks[self.package].action;
        *action == Action::RunAndReboot && !self.is_dry_run()
    }

    /// The steps before the record: those after a reboot are part of the commit. What is
    /// only recorded has none.
    fn steps(&self) -> Vec<Step> {
        let kinds: &[StepKind] = match (self.is_dry_run(), self.reboots()) {
            _ if self.is_record() => &[],
            (true, _) => &[StepKind::Check],
            (false, true) => &[StepKind::Check, StepKind::Deploy],
            (false, false) => &[StepKind::Check, StepKind::Deploy, StepKind::Verify],
        };
        kinds.iter().filter_map(|kind| self.step(*kind)).collect()
    }

    fn step(&self, kind: StepKind) -> Option<Step> {
        let bundle = &self.planned().bundle;
        let path = match kind {
            StepKind::Check => bundle.steps.check.clone(),
            StepKind::Deploy => Some(bundle.steps.deploy.clone()),
            StepKind::Verify => bundle.steps.verify.clone(),
            StepKind::Rollback => bundle.steps.rollback.clone(),
        };
        path.map(|path| Step {
            kind,
            path,
            timeout_seconds: bundle.timeout_seconds,
        })
    }

    fn commit(&self) -> Commit {
        let records = || self.records();
        match (self.is_dry_run(), self.reboots()) {
            (true, _) => Commit::Never,
            (false, true) => Commit::AfterReboot {
                records: records(),
                verify: self.step(StepKind::Verify),
            },
            (false, false) => Commit::AfterSteps(records()),
        }
    }

    fn records(&self) -> Records {
        let files = &self.planned().files;
        let sets = self.plan.nodes[self.node].tasks[self.package].sets.as_ref();
        Records {
            stage: sets.map(|stage| (files.stage.clone(), stage.to_string())),
            releases: files.releases.clone(),
            release: Release {
                tag: self.planned().tag.clone(),
                digest: self.planned().bundle.digest.clone(),
                outcome: ReleaseOutcome::Deployed,
            },
            history: files.history.clone(),
        }
    }
}

/// What to read off a node for certain components.
pub fn facts_query<'a>(
    definitions: impl IntoIterator<Item = &'a ComponentDefinition>,
    payloads: impl IntoIterator<Item = Digest>,
) -> FactsQuery {
    let files = |definition: &ComponentDefinition| {
        component_files(&definition.component, &definition.files)
    };
    FactsQuery {
        components: definitions.into_iter().map(files).collect(),
        payloads: payloads.into_iter().collect(),
    }
}

/// What to read off a node before the rest of a plan is run there.
pub fn plan_query(plan: &Plan) -> FactsQuery {
    let payloads = plan.packages.iter();
    FactsQuery {
        payloads: payloads
            .map(|package| package.bundle.payload.clone())
            .collect(),
        ..check_query(plan)
    }
}

/// What to read off a node after a plan was run there.
pub(super) fn check_query(plan: &Plan) -> FactsQuery {
    let mut query = FactsQuery::default();
    for package in &plan.packages {
        if !query
            .components
            .iter()
            .any(|known| known.component == package.component)
        {
            query
                .components
                .push(component_files(&package.component, &package.files));
        }
    }
    query
}

/// What to read off a node before a plan that was run there is undone.
pub fn rollback_query(plan: &Plan) -> FactsQuery {
    let payloads = plan.packages.iter().map(|package| &package.bundle.payload);
    FactsQuery {
        payloads: payloads.cloned().collect(),
        ..check_query(plan)
    }
}

fn component_files(component: &Name, files: &NodeFiles) -> ComponentFiles {
    ComponentFiles {
        component: component.clone(),
        stage: files.stage.clone(),
        releases: files.releases.clone(),
        network: files.network.clone(),
    }
}

/// The payloads that a node needs for its tasks, from those at hand.
pub(super) fn payloads(
    plan: &Plan,
    node: usize,
    kind: RunKind,
    at_hand: &[Payload],
) -> Vec<Payload> {
    let needed = |(package, task): (&PlannedPackage, &crate::plan::PlannedTask)| {
        let needs = kind == RunKind::DryRun || task.action.needs_payload();
        needs.then(|| package.bundle.payload.clone())
    };
    let tasks = plan.packages.iter().zip(&plan.nodes[node].tasks);
    let needed: std::collections::BTreeSet<_> = tasks.filter_map(needed).collect();
    at_hand
        .iter()
        .filter(|payload| needed.contains(&payload.digest))
        .cloned()
        .collect()
}
