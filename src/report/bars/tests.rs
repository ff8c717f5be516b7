use super::*;
use crate::engine::event::{Ending, RunState};
use crate::failure::FailureClass;
use crate::node::Sent;
use crate::report::screen::Screen;
use crate::report::script::{BOOT, ended, failure, name, play, run_start, started, succeeded};

fn bars_on(screen: &Screen) -> Bars {
    Bars::on(screen.target(), None, Look::PLAIN)
}

fn nodes(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("node-{number}")).collect()
}

fn begun(screen: &Screen, count: usize) -> Bars {
    let bars = bars_on(screen);
    let names = nodes(count);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    bars.event(&Event::RunStarted(run_start(&names)));
    for node in names {
        bars.event(&started(node, BOOT));
    }
    bars
}

#[test]
fn shows_one_bar_per_package_however_many_nodes_there_are() {
    let screen = Screen::default();
    let bars = begun(&screen, 100);
    bars.event(&succeeded("node-1", BOOT));
    assert!(screen.saw("1/200 tasks"));
    assert!(screen.saw("99 running"));
    assert!(screen.saw("1/100 node-10, node-100 (+97 more)"));
    assert!(screen.lines().iter().all(|line| line.chars().count() <= 80));
}

#[test]
fn shows_a_failure_at_once_and_counts_it() {
    let screen = Screen::default();
    let bars = begun(&screen, 2);
    let failure = failure(FailureClass::Script, "the deploy step ended with code 3");
    bars.event(&ended("node-2", BOOT, Ending::Failed(failure)));
    assert!(
        screen.saw("node-2 hostos-boot-release failed (script): the deploy step ended with code 3")
    );
    assert!(screen.saw("1 running, 1 failed"));
}

#[test]
fn says_how_many_nodes_have_been_read() {
    let screen = Screen::default();
    let bars = bars_on(&screen);
    bars.progress(&Progress::Probing { nodes: 3 });
    bars.progress(&Progress::Probed {
        node: name("node-1"),
    });
    assert!(screen.saw("reading facts: 1 of 3 nodes"));
}

#[test]
fn keeps_nothing_after_the_end() {
    let screen = Screen::default();
    let bars = bars_on(&screen);
    play(&bars);
    let state = locked(&bars.state);
    assert!(state.overall.is_none() && state.activity.is_none() && state.waves.is_empty());
    assert_eq!(state.tally.state(), None::<RunState>);
}

#[test]
fn counts_every_byte_that_is_sent_to_the_nodes_once() {
    let screen = Screen::default();
    let bars = bars_on(&screen);
    let names = ["node-1", "node-2"];
    bars.event(&Event::RunStarted(run_start(&names)));
    let sending = |node, bytes| {
        let (node, sent) = (name(node), Sent { bytes, of: 1000 });
        bars.progress(&Progress::Preparing { node: node.clone() });
        bars.progress(&Progress::Sending { node, sent });
    };
    sending("node-1", 0);
    sending("node-2", 0);
    sending("node-1", 400);
    // What broke off is sent again.
    sending("node-1", 0);
    sending("node-1", 1000);
    sending("node-2", 536);
    let state = locked(&bars.state);
    assert_eq!(
        state.sending.all,
        Sent {
            bytes: 1536,
            of: 2000
        }
    );
    drop(state);
    assert!(screen.saw("sending bundles: 0 B/1000 B"), "{screen:?}");
    assert!(
        screen.saw("sending bundles: 1.50 KiB/1.95 KiB"),
        "{screen:?}"
    );
    for node in names {
        bars.event(&Event::NodePrepared { node: name(node) });
    }
    assert_eq!(locked(&bars.state).sending.all, Sent::default());
}
