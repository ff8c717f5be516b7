use super::*;
use crate::engine::event::{NodeState, StopAfter};
use crate::failure::FailureClass;
use crate::report::logs::LogsRequest;
use crate::report::plan::tests::plan_of_three;
use crate::report::script::{
    BOOT, CONFIG, ended, failure, known_errors, name, node_ended, noon, play, run_start, started,
    succeeded, task,
};

fn summary(logs: Option<Arc<RunLogs>>) -> Summary {
    Summary::new(SummaryRequest {
        logs,
        known_errors: known_errors(),
        command: "ddt deploy mzone7204.hjson".into(),
        clock: Arc::new(noon),
    })
}

fn summed_up(events: &[Event]) -> String {
    let summary = summary(None);
    events.iter().for_each(|event| summary.event(event));
    summary.render(Look::PLAIN)
}

fn start(nodes: usize) -> Event {
    let names: Vec<String> = (1..=nodes).map(|number| format!("node-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut start = run_start(&names);
    start.skipped.clear();
    start.up_to_date.clear();
    Event::RunStarted(start)
}

#[test]
fn sums_up_a_run_that_failed() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let root = camino::Utf8Path::from_path(directory.path()).expect("a path of text");
    let request = LogsRequest {
        directory: root.to_owned(),
        run: name("20261121T120000Z-4f2a"),
        cap_bytes: 9,
    };
    let logs = Arc::new(RunLogs::create(&request, Arc::new(noon)));
    let summary = Arc::new(summary(Some(logs.clone())));
    summary.plan(&plan_of_three());
    play(
        &crate::report::Fanout::default()
            .with(Some(logs))
            .with(Some(summary.clone())),
    );
    let text = summary.render(Look::PLAIN);
    insta::assert_snapshot!(text.replace(root.as_str(), "deploy_logs"));
}

#[test]
fn says_so_when_there_was_nothing_to_do() {
    let mut start = run_start(&[]);
    start.up_to_date = vec![name("node-1"), name("node-8")];
    insta::assert_snapshot!(summed_up(&[Event::RunStarted(start)]));
}

#[test]
fn tells_of_nodes_that_did_not_answer() {
    let with_absent = |event: Event| match event {
        Event::RunStarted(mut start) => {
            start.unreachable =
                [(name("node-9"), "cannot be reached: no\u{7} route".into())].into();
            Event::RunStarted(start)
        }
        event => event,
    };
    insta::assert_snapshot!(summed_up(&[with_absent(Event::RunStarted(run_start(&[])))]), @r"
    nothing to do: 1 node of mzone7204 is up to date
    node-9 skipped: it runs 2.x, the manifest wants 3.x
    node-9 unreachable: cannot be reached: no\u{7} route
    ");
    let told = summed_up(&[
        with_absent(start(1)),
        started("node-1", BOOT),
        succeeded("node-1", BOOT),
        node_ended("node-1", NodeState::Ready, None),
        Event::RunEnded {
            state: RunState::Partial,
        },
    ]);
    insta::assert_snapshot!(told, @r"
    deploy of mzone7204: partial after 0s (run 20261121T120000Z-4f2a)

      node    state        stage  done  failed  skipped  reason
      node-1  ready               1     0       0
      node-9  unreachable         0     0       0        cannot be reached: no\u{7}
                                                         route

    2 tasks on 1 node: 1 done, 1 not begun

    what failed was tolerated; when the cause is put right, go on with:
      ddt deploy mzone7204.hjson
    ");
}

#[test]
fn sums_up_a_run_that_succeeded() {
    insta::assert_snapshot!(summed_up(&[
        start(1),
        started("node-1", BOOT),
        succeeded("node-1", BOOT),
        started("node-1", CONFIG),
        succeeded("node-1", CONFIG),
        node_ended("node-1", NodeState::Ready, None),
        Event::RunEnded {
            state: RunState::Succeeded
        },
    ]));
}

#[test]
fn sums_up_a_run_as_it_stands_when_it_does_not_end() {
    insta::assert_snapshot!(summed_up(&[
        start(2),
        started("node-1", BOOT),
        Event::StopRequested {
            after: StopAfter::Task
        },
    ]));
}

#[test]
fn says_what_to_do_about_a_doubt() {
    let lost = failure(FailureClass::InDoubt, "it began, and there is no receipt");
    insta::assert_snapshot!(summed_up(&[
        start(1),
        started("node-1", BOOT),
        ended("node-1", BOOT, Ending::InDoubt(lost)),
        node_ended(
            "node-1",
            NodeState::InDoubt,
            Some("hostos-boot-release is in doubt")
        ),
        Event::RunEnded {
            state: RunState::InDoubt
        },
    ]));
}

#[test]
fn counts_most_of_many_nodes_and_failures() {
    let mut events = vec![start(1000)];
    for number in 1..=1000 {
        let node = format!("node-{number}");
        let (state, ending) = match number {
            1..=7 => (
                NodeState::Error,
                Ending::Failed(failure(FailureClass::Script, "code 3")),
            ),
            _ => (NodeState::Ready, Ending::Succeeded { seconds: 1 }),
        };
        events.extend([
            started(&node, BOOT),
            ended(&node, BOOT, ending),
            node_ended(&node, state, None),
        ]);
    }
    events.push(Event::RunEnded {
        state: RunState::Failed,
    });
    let text = summed_up(&events);
    assert!(text.contains("\n  993 nodes ready\n"), "{text}");
    assert!(!text.contains("more failure"), "{text}");
    assert_eq!(text.matches("failed (script): code 3").count(), 1);
}

#[test]
fn bounds_the_table_even_when_nothing_works() {
    let mut events = vec![start(100)];
    events.extend((1..=100).map(|number| Event::NodeFailed {
        node: name(&format!("node-{number}")),
        failure: failure(FailureClass::Unreachable, "cannot be reached"),
    }));
    let text = summed_up(&events);
    assert_eq!(text.matches("unreachable  ").count(), 50, "{text}");
    assert!(text.contains("\n  and 50 more nodes not ready\n"), "{text}");
    assert!(!text.contains("more failure"), "{text}");
}

#[test]
fn what_succeeds_in_the_end_is_no_failure() {
    let text = summed_up(&[
        start(1),
        started("node-1", BOOT),
        ended(
            "node-1",
            BOOT,
            Ending::Failed(failure(FailureClass::Transport, "lost")),
        ),
        started("node-1", BOOT),
        succeeded("node-1", BOOT),
    ]);
    assert!(!text.contains("failed ("), "{text}");
    assert!(!text.contains("more failure"), "{text}");
}

#[test]
fn finds_who_looks_after_a_node() {
    let known = known_errors();
    assert_eq!(known.routing(&name("node-1")).count(), 0);
    assert_eq!(known.routing(&name("node-2")).count(), 1);
    let busy = b"modprobe: Device or Resource busy";
    assert_eq!(known.find(&task("node-1", BOOT), busy), None);
    assert!(
        known
            .find(&task("node-1", "hostos-kernel-patch-release"), busy)
            .is_some()
    );
}

fn failed(node: &str, message: &str) -> [Event; 2] {
    let failure = failure(FailureClass::Script, message);
    [
        started(node, BOOT),
        ended(node, BOOT, Ending::Failed(failure)),
    ]
}

fn told_failures(text: &str) -> &str {
    let (_, failures) = text.split_once("\n\n").expect("a heading");
    let (_, failures) = failures.split_once("\n\n").expect("a table");
    let (_, failures) = failures.split_once("\n\n").expect("totals");
    failures
}

#[test]
fn tells_the_same_failure_of_many_nodes_once() {
    let mut events = vec![start(9)];
    for number in 1..=6 {
        events.extend(failed(&format!("node-{number}"), "code 3"));
    }
    events.extend(failed("node-7", "code 4"));
    events.extend(["node-8", "node-9"].map(|node| Event::NodeFailed {
        node: name(node),
        failure: failure(FailureClass::Unreachable, "cannot be reached"),
    }));
    insta::assert_snapshot!(told_failures(&summed_up(&events)));
}

#[test]
fn a_failure_that_is_tried_again_is_told_of_the_other_nodes() {
    let mut events = vec![start(3)];
    events.extend(
        ["node-1", "node-2", "node-3"]
            .iter()
            .flat_map(|node| failed(node, "code 3")),
    );
    events.extend([started("node-1", BOOT), succeeded("node-1", BOOT)]);
    let text = summed_up(&events);
    assert!(
        text.contains(
            "\nhostos-boot-release on 2 nodes failed (script): code 3\n  on: node-2, node-3\n"
        ),
        "{text}"
    );
}

#[test]
fn only_so_many_different_failures_are_told() {
    let mut events = vec![start(8)];
    for number in 1..=8 {
        let message = format!("code {}", number.min(6));
        events.extend(failed(&format!("node-{number}"), &message));
    }
    let text = summed_up(&events);
    assert_eq!(text.matches("failed (script)").count(), 5, "{text}");
    assert!(text.contains("\nand 3 more failures\n"), "{text}");
}
