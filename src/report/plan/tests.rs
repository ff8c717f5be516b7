#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use std::collections::BTreeMap;

use super::*;
use crate::component::NodeFiles;
use crate::digest::Digest;
use crate::node::facts::BootId;
use crate::plan::{
    Batch, BatchKind, Bundle, BundleSteps, GroupLimit, Mode, Reason, Rollout, SCHEMA, SkipReason,
};
use crate::report::script::{BOOT, CONFIG, name};
use crate::tag::ReleaseTag;

const POST_CONFIG: &str = "hostos-post-config-release";

fn tag(text: &str) -> ReleaseTag {
    text.parse().unwrap()
}

fn package(package: &str, bundle: &str, release: &str) -> PlannedPackage {
    PlannedPackage {
        component: name("hostos"),
        package: name(package),
        bundle_name: name(bundle),
        tag: tag(release),
        bundle: Bundle {
            digest: Digest::of(b"bundle"),
            payload: Digest::of(b"payload"),
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
        config: "{}".into(),
        files: NodeFiles {
            stage: "/stage".into(),
            releases: "/releases".into(),
            history: "/history".into(),
            network: None,
        },
    }
}

fn planned(action: Action, reason: Reason, from: Option<&str>) -> PlannedTask {
    PlannedTask {
        action,
        reason,
        from_tag: from.map(tag),
        stage: None,
        sets: None,
        undo: None,
    }
}

fn node(node: &str, verdict: Verdict, mode: Mode, tasks: [PlannedTask; 3]) -> NodePlan {
    NodePlan {
        node: name(node),
        verdict,
        boot_id: BootId(node.to_owned()),
        modes: BTreeMap::from([(name("hostos"), mode)]),
        tasks: tasks.into(),
    }
}

fn fresh(name: &str) -> NodePlan {
    let run = || planned(Action::Run, Reason::NotInstalled, None);
    let mut boot = planned(Action::RunAndReboot, Reason::NotInstalled, None);
    boot.sets = Some(crate::report::script::name("pre-config"));
    node(name, Verdict::Deploy, Mode::Fresh, [boot, run(), run()])
}

fn upgraded(name: &str) -> NodePlan {
    let (older, run) = (
        "3.5.78-20220616T084253Z_1ffa960",
        crate::report::script::name("run-7"),
    );
    let tasks = [
        planned(
            Action::Nothing,
            Reason::NeedsForceReboot,
            Some("3.0.5-20220502T124916Z_987ca13"),
        ),
        planned(Action::Run, Reason::Upgrade, Some(older)),
        planned(
            Action::Finish {
                run: run.clone(),
                number: 1,
                reboot: true,
            },
            Reason::Unfinished(run),
            Some(older),
        ),
    ];
    node(name, Verdict::Deploy, Mode::Upgrade, tasks)
}

fn idle(name: &str, verdict: Verdict, reason: Reason) -> NodePlan {
    let nothing = || planned(Action::Nothing, reason.clone(), None);
    node(
        name,
        verdict,
        Mode::Upgrade,
        [nothing(), nothing(), nothing()],
    )
}

fn skipped(name: &str) -> NodePlan {
    let reason = SkipReason::OtherMajor {
        package: crate::report::script::name(CONFIG),
        installed: tag("2.5.79-20220716T084253Z_0ffa960"),
        wanted: tag("3.5.79-20220716T084253Z_0ffa960"),
    };
    idle(name, Verdict::Skipped(reason), Reason::NodeSkipped)
}

pub(in crate::report) fn plan_of_three() -> Plan {
    plan(vec![fresh("node-1"), upgraded("node-2"), fresh("node-3")])
}

fn plan(nodes: Vec<NodePlan>) -> Plan {
    let config = "3.5.79-20220716T084253Z_0ffa960";
    Plan {
        schema: SCHEMA,
        mzone: name("mzone7204"),
        packages: vec![
            package(BOOT, BOOT, "3.0.6-20220602T124916Z_887ca13"),
            package(CONFIG, CONFIG, config),
            package(POST_CONFIG, CONFIG, config),
        ],
        nodes,
        unreachable: std::collections::BTreeMap::new(),
        undoes: None,
        rollout: Rollout::default(),
    }
}

#[test]
fn shows_what_is_done_where_and_why() {
    let nodes = vec![
        fresh("node-1"),
        upgraded("node-2"),
        fresh("node-3"),
        skipped("node-4"),
        idle("node-5", Verdict::UpToDate, Reason::UpToDate),
    ];
    let rendered = render(&plan(nodes), Look::PLAIN);
    assert!(
        rendered
            .lines()
            .all(|line| line.len() <= 80 || line.contains("skipped:"))
    );
    insta::assert_snapshot!(rendered);
}

#[test]
fn shows_equal_nodes_once() {
    let nodes = (1..=10_000).map(|number| fresh(&format!("node-{number}")));
    let rendered = render(&plan(nodes.collect()), Look::PLAIN);
    assert!(
        rendered.contains("node-1, node-2 (+9998 more): hostos fresh\n"),
        "{rendered}"
    );
    assert!(
        rendered.ends_with("\n30000 tasks on 10000 nodes, 10000 reboots\n"),
        "{rendered}"
    );
    assert!(rendered.lines().count() < 20, "{rendered}");
}

#[test]
fn says_so_when_there_is_nothing_to_do() {
    let nodes = vec![idle("node-5", Verdict::UpToDate, Reason::UpToDate)];
    let rendered = render(&plan(nodes), Look::PLAIN);
    assert!(
        rendered.ends_with("\nnothing to do, 1 node up to date\n"),
        "{rendered}"
    );
}

#[test]
fn shows_who_does_not_answer() {
    let mut plan = plan(vec![idle("node-5", Verdict::UpToDate, Reason::UpToDate)]);
    plan.unreachable = [(name("node-9"), "cannot be reached: no\u{7} route".into())].into();
    insta::assert_snapshot!(render(&plan, Look::PLAIN), @r"
    mzone7204

    node-5: up to date
      -  hostos-boot-release         3.0.6-20220602T124916Z_887ca13
                                     up to date
      -  hostos-config-release       3.5.79-20220716T084253Z_0ffa960
                                     up to date
      -  hostos-post-config-release  3.5.79-20220716T084253Z_0ffa960
                                     of the bundle hostos-config-release
                                     up to date

    node-9: unreachable: cannot be reached: no\u{7} route

    nothing to do, 1 node up to date, 1 node unreachable
    ");
}

#[test]
fn shows_how_the_run_goes_through_the_nodes() {
    let batch = |kind, node| Batch {
        kind,
        nodes: vec![name(node)],
    };
    let rollout = Rollout {
        strategy: crate::manifest::Strategy::Free,
        batches: vec![
            batch(BatchKind::Canaries, "node-3"),
            batch(BatchKind::Ordinary, "node-1"),
        ],
        max_in_flight: Some(1),
        max_failures: Some(2),
        groups: vec![GroupLimit {
            group: name("storage"),
            nodes: vec![name("node-1")],
            max_failures: 0,
        }],
        pause_seconds: 90,
        health: vec!["./healthy".to_owned(), "--strict".to_owned()],
        step_retries: 2,
        rollback_on_failure: crate::document::YesNo::Yes,
    };
    let mut out = String::new();
    rollout::push(&mut out, &rollout, Look::PLAIN);
    insta::assert_snapshot!(out, @r#"
    rollout
      each node at its own pace
      at most 1 node at a time
      2 nodes may fail
      none of group storage may fail
      1m 30s between batches
      after each batch `./healthy --strict`
      idempotent steps that fail are run again, 2 times at most
      rolled back on failure
      canaries  1 node  node-3
      batch 2   1 node  node-1
    "#);
    let mut usual = String::new();
    rollout::push(&mut usual, &Rollout::default(), Look::PLAIN);
    assert_eq!(usual, "");
}
