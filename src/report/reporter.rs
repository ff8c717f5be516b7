//! Puts the reporters of a run together, as its options want them.

use std::sync::Arc;

use super::bars::Bars;
use super::clock::Clock;
use super::json::JsonLines;
use super::known_errors::KnownErrors;
use super::lines::{Detail, Lines, LinesRequest};
use super::logs::{LogsRequest, RunLogs};
use super::look::{Look, Tone};
use super::output::Output;
use super::plan;
use super::summary::{Summary, SummaryRequest};
use super::trouble::Trouble;
use crate::engine::event::{Event, TaskId};
use crate::engine::observer::{Observer, Progress};
use crate::plan::Plan;

/// Whom the results on standard output are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// People: a summary.
    #[default]
    People,
    /// Machines (`--json`): the events, one per line.
    Json,
}

/// What the reporters of a run need.
pub struct ReporterRequest {
    /// For results.
    pub stdout: Output,
    /// For everything else.
    pub stderr: Output,
    /// Whom the results are for.
    pub format: Format,
    /// How much is told while the run goes on (`--verbose`).
    pub detail: Detail,
    /// Where the logs go, if anywhere.
    pub logs: Option<LogsRequest>,
    /// What is known about failures.
    pub known_errors: KnownErrors,
    /// The command that does what is left to do, such as `ddt deploy zone.hjson`.
    pub command: String,
    /// The time of what is reported.
    pub clock: Clock,
}

/// Hands everything on to several observers, in order.
#[derive(Default)]
pub struct Fanout {
    observers: Vec<Arc<dyn Observer>>,
}

/// Reports a run: to people, to machines and into its log directory.
pub struct Reporter {
    observers: Fanout,
    logs: Option<Arc<RunLogs>>,
    summary: Arc<Summary>,
    bars: Option<Arc<Bars>>,
    stdout: Output,
    stderr: Output,
    format: Format,
    trouble: Trouble,
}

impl Reporter {
    /// Creates the log directory and the reporters. Nothing is shown yet but the first
    /// line of JSON.
    pub fn new(request: ReporterRequest) -> Self {
        let trouble = Trouble::new("write all output");
        let bars = bars(&request);
        let json = json(&request, &trouble);
        let lines = lines(&request, &trouble);
        let create = |logs| Arc::new(RunLogs::create(logs, request.clock.clone()));
        let logs = request.logs.as_ref().map(create);
        let summary = Arc::new(Summary::new(SummaryRequest {
            logs: logs.clone(),
            known_errors: request.known_errors,
            command: request.command,
            clock: request.clock.clone(),
        }));
        // The logs come first: the summary asks them for their ends.
        let observers = Fanout::default()
            .with(logs.clone())
            .with(Some(summary.clone()))
            .with(json)
            .with(bars.clone())
            .with(lines);
        Self {
            observers,
            logs,
            summary,
            bars,
            stdout: request.stdout,
            stderr: request.stderr,
            format: request.format,
            trouble,
        }
    }

    /// Shows a plan before it is run, and writes it to the log directory.
    pub fn plan(&self, plan: &Plan) {
        self.summary.plan(plan);
        if let Some(logs) = &self.logs {
            logs.plan(plan);
        }
        if self.format == Format::People {
            let text = plan::render(plan, self.stderr.look);
            self.trouble.check(self.stderr.print(&format!("{text}\n")));
        }
    }

    /// Shows the summary, and what could not be written. Call it once, when no event can
    /// come any more; a run that did not end is summed up as it stands.
    pub fn finish(&self) {
        if let Some(bars) = &self.bars {
            bars.clear();
        }
        if let Some(logs) = &self.logs {
            logs.summary(&self.summary.render(Look::PLAIN));
        }
        if self.format == Format::People {
            let text = self.summary.render(self.stdout.look);
            self.trouble.check(self.stdout.print(&text));
        }
        let of_logs = self.logs.as_ref().and_then(|logs| logs.trouble());
        for message in self.trouble.message().into_iter().chain(of_logs) {
            let warning = self.stderr.look.paint(Tone::Caution, "warning:");
            // If this cannot be written either, there is nobody left to tell.
            let _ = self.stderr.print(&format!("{warning} {message}\n"));
        }
    }
}

/// Bars are for a person at a terminal who does not want the nodes' output.
fn bars(request: &ReporterRequest) -> Option<Arc<Bars>> {
    let wanted = request.stderr.stream.is_terminal() && request.detail == Detail::Events;
    wanted.then(|| Arc::new(Bars::on_stderr(request.stderr.look)))
}

/// Lines are for people where there are no bars; machines have the events.
fn lines(request: &ReporterRequest, trouble: &Trouble) -> Option<Arc<Lines>> {
    let has_bars = request.stderr.stream.is_terminal() && request.detail == Detail::Events;
    let wanted = request.format == Format::People && !has_bars;
    let lines = || LinesRequest {
        out: Box::new(request.stderr.clone()),
        look: request.stderr.look,
        detail: request.detail,
        trouble: trouble.clone(),
        clock: request.clock.clone(),
    };
    wanted.then(|| Arc::new(Lines::new(lines())))
}

fn json(request: &ReporterRequest, trouble: &Trouble) -> Option<Arc<JsonLines>> {
    let out = || Box::new(request.stdout.clone());
    let lines = || JsonLines::new(out(), trouble.clone(), request.clock.clone());
    (request.format == Format::Json).then(|| Arc::new(lines()))
}

impl Observer for Reporter {
    fn event(&self, event: &Event) {
        self.observers.event(event);
    }

    fn log(&self, task: &TaskId, bytes: &[u8]) {
        self.observers.log(task, bytes);
    }

    fn progress(&self, progress: &Progress) {
        self.observers.progress(progress);
    }
}

impl Fanout {
    /// Adds an observer, if there is one, after those that are there.
    pub fn with(mut self, observer: Option<Arc<impl Observer + 'static>>) -> Self {
        if let Some(observer) = observer {
            self.observers.push(observer);
        }
        self
    }
}

impl Observer for Fanout {
    fn event(&self, event: &Event) {
        self.observers.iter().for_each(|one| one.event(event));
    }

    fn log(&self, task: &TaskId, bytes: &[u8]) {
        self.observers.iter().for_each(|one| one.log(task, bytes));
    }

    fn progress(&self, progress: &Progress) {
        self.observers.iter().for_each(|one| one.progress(progress));
    }
}

#[cfg(test)]
mod tests;
