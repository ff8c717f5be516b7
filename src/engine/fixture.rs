//! Small plans, action by action, and nodes that keep what those leave there: for tests.

#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use std::collections::{BTreeMap, BTreeSet};

use crate::component::NodeFiles;
use crate::digest::Digest;
use crate::document::YesNo;
use crate::engine::event::RunKind;
use crate::engine::machine::{OnFailure, RunIdentity};
use crate::name::Name;
use crate::node::facts::{BootId, ComponentFacts, Facts, ReleaseLine, ReleaseOutcome};
use crate::plan::{
    Action, Bundle, BundleSteps, NodePlan, Plan, PlannedPackage, PlannedTask, Previous, Reason,
    Rollout, SCHEMA, SkipReason, Undo, Verdict,
};
use crate::tag::ReleaseTag;

pub(super) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// A run that ends at the first failure, or a dry run, which does not.
pub(super) fn identity(kind: RunKind) -> RunIdentity {
    RunIdentity {
        run: name("run-2"),
        kind,
        epoch: 3,
        on_failure: match kind {
            RunKind::Deploy | RunKind::Rollback => OnFailure::EndRun,
            RunKind::DryRun => OnFailure::GoOnWithNode,
        },
    }
}

/// A plan with a row of actions for each node. Every package sets a stage of its own.
pub(super) fn plan(rows: &[Vec<Action>]) -> Plan {
    let packages = rows.first().map_or(0, Vec::len);
    Plan {
        schema: SCHEMA,
        mzone: name("mzone7204"),
        packages: (0..packages).map(package).collect(),
        nodes: rows
            .iter()
            .enumerate()
            .map(|(at, row)| node(at, row))
            .collect(),
        unreachable: std::collections::BTreeMap::new(),
        undoes: None,
        rollout: Rollout::default(),
    }
}

/// Leaves a node out, as rule 5 does.
pub(super) fn skip(plan: &mut Plan, node: usize) {
    let tag = || "3.0.0".parse().unwrap();
    plan.nodes[node].verdict = Verdict::Skipped(SkipReason::OtherMajor {
        package: name("package-0"),
        installed: tag(),
        wanted: tag(),
    });
    for task in &mut plan.nodes[node].tasks {
        task.action = Action::Nothing;
        task.sets = None;
    }
}

fn package(at: usize) -> PlannedPackage {
    let digest = |what: &str| Digest::of(format!("{what} {at}").as_bytes());
    PlannedPackage {
        component: name("hostos"),
        package: name(&format!("package-{at}")),
        bundle_name: name(&format!("package-{at}")),
        tag: "3.1.0-20220101T000000Z_aaaaaaa".parse().unwrap(),
        bundle: Bundle {
            digest: digest("bundle"),
            payload: digest("payload"),
            payload_bytes: 1,
            arch: Vec::new(),
            steps: BundleSteps {
                check: None,
                deploy: "deploy".into(),
                verify: None,
                rollback: None,
            },
            idempotent: false,
            timeout_seconds: None,
            confirm_within_seconds: None,
            secrets: Default::default(),
        },
        flags: Vec::new(),
        config: "{}".to_owned(),
        files: NodeFiles {
            stage: "/etc/stage".into(),
            releases: "/etc/releases".into(),
            history: "/var/log/history".into(),
            network: None,
        },
    }
}

fn node(at: usize, actions: &[Action]) -> NodePlan {
    let task = |(at, action): (usize, &Action)| PlannedTask {
        action: action.clone(),
        reason: Reason::NotInstalled,
        from_tag: None,
        stage: None,
        sets: action.is_something().then(|| name(&format!("stage-{at}"))),
        undo: None,
    };
    let has_work = actions.iter().any(Action::is_something);
    NodePlan {
        node: name(&format!("node-{at}")),
        verdict: if has_work {
            Verdict::Deploy
        } else {
            Verdict::UpToDate
        },
        boot_id: BootId("boot-1".to_owned()),
        modes: BTreeMap::new(),
        tasks: actions.iter().enumerate().map(task).collect(),
    }
}

/// Lets a failure undo what was done: every task is over a release before.
pub(super) fn undoable(plan: &mut Plan) {
    plan.rollout.rollback_on_failure = YesNo::Yes;
    for task in plan.nodes.iter_mut().flat_map(|node| &mut node.tasks) {
        task.from_tag = Some(previous_tag());
        task.undo = task.action.is_something().then(|| {
            Undo::Possible(Previous {
                digest: Digest::of(b"previous"),
                stage: None,
                reboots: task.action.reboots(),
            })
        });
    }
}

/// Lets nodes undo what nobody confirms.
pub(super) fn watched(plan: &mut Plan) {
    for package in &mut plan.packages {
        package.bundle.confirm_within_seconds = Some(120);
    }
}

/// Makes a plan one that undoes a run.
pub(super) fn undoing(plan: &mut Plan) {
    undoable(plan);
    plan.rollout.rollback_on_failure = YesNo::No;
    plan.undoes = Some(name("run-1"));
    for task in plan.nodes.iter_mut().flat_map(|node| &mut node.tasks) {
        if task.action.is_something() {
            task.action = Action::Undo;
        }
    }
}

fn previous_tag() -> ReleaseTag {
    "3.0.9-20210101T000000Z_bbbbbbb".parse().unwrap()
}

/// Writes what a node writes when a task of the plan is undone there.
pub(super) fn record_undo(facts: &mut Facts, plan: &Plan, node: usize, package: usize) {
    record(facts, plan, node, package);
    let component = &plan.packages[package].component;
    let recorded = facts.components.get_mut(component).unwrap();
    let line = recorded.releases.last_mut().unwrap();
    line.tag = previous_tag();
    line.digest = Digest::of(b"previous");
    line.outcome = ReleaseOutcome::RolledBack;
}

/// A node's facts before the run.
pub(super) fn facts() -> Facts {
    Facts {
        boot_id: BootId("boot-1".to_owned()),
        arch: "x86_64".to_owned(),
        privileged: true,
        free_kib: 1,
        epoch: 3,
        components: BTreeMap::from([(name("hostos"), ComponentFacts::default())]),
        payloads: BTreeSet::new(),
        last_attempt: None,
    }
}

/// Writes what a node writes when a task of the plan succeeds there.
pub(super) fn record(facts: &mut Facts, plan: &Plan, node: usize, package: usize) {
    let (planned, task) = (&plan.packages[package], &plan.nodes[node].tasks[package]);
    let recorded = facts
        .components
        .entry(planned.component.clone())
        .or_default();
    recorded.releases.push(ReleaseLine {
        time: "2026-11-21T00:33:34Z".to_owned(),
        package: planned.package.clone(),
        bundle: planned.bundle_name.clone(),
        tag: planned.tag.clone(),
        digest: planned.bundle.digest.clone(),
        run: name("run-2"),
        outcome: ReleaseOutcome::Deployed,
    });
    if let Some(stage) = &task.sets {
        recorded.stage = Some(stage.to_string());
    }
}
