use std::io;
use std::sync::Arc;

use indicatif::TermLike;

use super::*;
use crate::engine::event::{Ending, RunState};
use crate::failure::FailureClass;
use crate::report::script::{BOOT, ended, failure, name, play, run_start, started, succeeded};

/// A terminal of 80 columns that remembers every line that was ever drawn.
#[derive(Clone, Debug, Default)]
struct Screen(Arc<Mutex<Vec<String>>>);

impl Screen {
    fn bars(&self) -> Bars {
        let target = ProgressDrawTarget::term_like(Box::new(self.clone()));
        Bars::on(target, None, Look::PLAIN)
    }

    fn lines(&self) -> Vec<String> {
        locked(&self.0).clone()
    }

    fn saw(&self, text: &str) -> bool {
        self.lines().iter().any(|line| line.contains(text))
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        80
    }
    fn height(&self) -> u16 {
        24
    }
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        locked(&self.0).push(text.to_owned());
        Ok(())
    }
    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

fn nodes(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("node-{number}")).collect()
}

fn begun(screen: &Screen, count: usize) -> Bars {
    let bars = screen.bars();
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
    let bars = screen.bars();
    bars.progress(&Progress::Probing { nodes: 3 });
    bars.progress(&Progress::Probed {
        node: name("node-1"),
    });
    assert!(screen.saw("reading facts: 1 of 3 nodes"));
}

#[test]
fn keeps_nothing_after_the_end() {
    let screen = Screen::default();
    let bars = screen.bars();
    play(&bars);
    let state = locked(&bars.state);
    assert!(state.overall.is_none() && state.activity.is_none() && state.waves.is_empty());
    assert_eq!(state.tally.state(), None::<RunState>);
}
