//! A run on a terminal: a bar for all tasks and one per package that is being deployed,
//! however many nodes there are. Failures scroll by above them as they happen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::bytes::{self, Sending};
use super::look::Look;
use super::tally::{Phase, Tally};
use super::telling::{Telling, is_urgent};
use super::trouble::locked;
use super::words::few;
use crate::engine::event::{Event, TaskId};
use crate::engine::observer::{Observer, Progress};
use crate::name::Name;

/// How often a terminal is drawn while nothing happens.
const TICK: Duration = Duration::from_millis(120);

/// Draws a run on a terminal, and leaves nothing of it there but the failures.
pub struct Bars {
    screen: MultiProgress,
    /// How often to draw while nothing happens, if at all.
    tick: Option<Duration>,
    look: Look,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tally: Tally,
    overall: Option<ProgressBar>,
    activity: Option<Activity>,
    sending: Sending,
    waves: BTreeMap<(Name, Name), Wave>,
}

/// Something that is done to every node before or after its tasks.
struct Activity {
    what: &'static str,
    bar: ProgressBar,
}

/// A package that is being deployed.
struct Wave {
    bar: ProgressBar,
    running: BTreeSet<Name>,
}

impl Bars {
    /// Draws on standard error, which must be a terminal.
    pub fn on_stderr(look: Look) -> Self {
        Self::on(ProgressDrawTarget::stderr(), Some(TICK), look)
    }

    fn on(target: ProgressDrawTarget, tick: Option<Duration>, look: Look) -> Self {
        Self {
            screen: MultiProgress::with_draw_target(target),
            tick,
            look,
            state: Mutex::default(),
        }
    }

    /// Takes everything off the terminal.
    pub fn clear(&self) {
        *locked(&self.state) = State::default();
        // A terminal that is gone needs no clearing.
        let _ = self.screen.clear();
    }

    fn bar(&self, length: usize, template: &str) -> ProgressBar {
        let style = style(template, self.look.unicode);
        let bar = ProgressBar::new(length as u64).with_style(style);
        let bar = self.screen.add(bar);
        if let Some(tick) = self.tick {
            bar.enable_steady_tick(tick);
        }
        bar
    }

    fn bytes_bar(&self) -> ProgressBar {
        self.bar(0, bytes::TEMPLATE).with_message("sending bundles")
    }

    fn begin_activity(&self, state: &mut State, what: &'static str, nodes: usize) {
        if state.activity.as_ref().is_none_or(|now| now.what != what) {
            let bar = self.bar(nodes, "{spinner} {msg}: {pos} of {len} nodes");
            bar.set_message(what);
            state.activity = Some(Activity { what, bar });
        }
    }

    fn begin_run(&self, state: &mut State) {
        let tasks = state.tally.all().all();
        let template = "{spinner} {pos}/{len} tasks [{bar:20}] {elapsed_precise} {wide_msg}";
        state.overall = Some(self.bar(tasks, template));
    }

    fn begin_task(&self, state: &mut State, task: &TaskId) {
        let package = (task.component.clone(), task.package.clone());
        let tasks = state.tally.of_package(&task.component, &task.package);
        let wave = state.waves.entry(package).or_insert_with(|| {
            let template = "  {prefix:28!} [{bar:12}] {pos}/{len} {wide_msg}";
            let bar = self.bar(tasks.all(), template);
            bar.set_prefix(task.package.to_string());
            Wave {
                bar,
                running: BTreeSet::new(),
            }
        });
        wave.running.insert(task.node.clone());
    }

    fn apply(&self, state: &mut State, event: &Event) {
        state.tally.apply(event);
        match event {
            Event::RunStarted(_) => self.begin_run(state),
            Event::NodePrepared { .. } | Event::NodeFailed { .. } | Event::NodeEnded { .. } => {
                state.advance_activity();
            }
            Event::Intended { task, .. } => {
                self.begin_task(state, task);
                state.show_wave(task);
            }
            Event::Ended { task, .. } | Event::TaskSkipped { task, .. } => state.show_wave(task),
            Event::EvidenceGathered { .. }
            | Event::Retrying { .. }
            | Event::BatchStarted { .. }
            | Event::HealthChecked { .. }
            | Event::Halted { .. }
            | Event::StopRequested { .. }
            | Event::KillRequested
            | Event::RunEnded { .. } => {}
        }
        state.show_overall();
    }
}

impl State {
    fn advance_activity(&mut self) {
        if let Some(activity) = &self.activity {
            activity.bar.inc(1);
            activity.bar.tick();
            if Some(activity.bar.position()) == activity.bar.length() {
                self.activity = None;
                self.sending = Sending::default();
            }
        }
    }

    fn show_wave(&mut self, task: &TaskId) {
        let package = (task.component.clone(), task.package.clone());
        let Some(wave) = self.waves.get_mut(&package) else {
            return;
        };
        if self.tally.phase(task) != Some(Phase::Running) {
            wave.running.remove(&task.node);
        }
        let tasks = self.tally.of_package(&task.component, &task.package);
        wave.bar.set_position(tasks.over() as u64);
        wave.bar.set_message(few(wave.running.iter()));
        if tasks.over() == tasks.all() {
            self.waves.remove(&package);
        }
    }

    fn show_overall(&self) {
        if let Some(overall) = &self.overall {
            overall.set_position(self.tally.all().over() as u64);
            overall.set_message(totals(&self.tally));
        }
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Wave {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(overall) = &self.overall {
            overall.finish_and_clear();
        }
    }
}

impl Bars {
    fn println(&self, telling: &Telling) {
        // A terminal that is gone needs no news.
        let _ = self
            .screen
            .println(self.look.paint(telling.tone, &telling.text));
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Observer for Bars {
    fn event(&self, event: &Event) {
        self.apply(&mut locked(&self.state), event);
        if is_urgent(event) {
            self.println(&Telling::of(event));
        }
        if matches!(event, Event::RunEnded { .. }) {
            self.clear();
        }
    }

    fn log(&self, _task: &TaskId, _bytes: &[u8]) {}

    fn progress(&self, progress: &Progress) {
        let mut state = locked(&self.state);
        let nodes = state.tally.nodes().len();
        match progress {
            Progress::Probing { nodes } => self.begin_activity(&mut state, "reading facts", *nodes),
            Progress::Probed { .. } => state.advance_activity(),
            Progress::Preparing { .. } => self.begin_activity(&mut state, "preparing", nodes),
            Progress::Sending { node, sent } => {
                state.sending.show(node, *sent, || self.bytes_bar());
            }
            Progress::NotFetched { .. } => {
                if let Some(telling) = Telling::of_progress(progress) {
                    self.println(&telling);
                }
            }
            Progress::Checking { .. } => self.begin_activity(&mut state, "checking", nodes),
        }
    }
}

/// How a bar is drawn.
pub(super) fn style(template: &str, unicode: bool) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    if unicode {
        style.progress_chars("━╸ ").tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
    } else {
        style.progress_chars("=> ").tick_chars("|/-\\ ")
    }
}

/// `3 running, 1 failed`.
fn totals(tally: &Tally) -> String {
    let all = tally.all();
    let mut words = vec![format!("{} running", all.of(Phase::Running))];
    if all.bad() > 0 {
        words.push(format!("{} failed", all.bad()));
    }
    if all.of(Phase::Skipped) > 0 {
        words.push(format!("{} skipped", all.of(Phase::Skipped)));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests;
