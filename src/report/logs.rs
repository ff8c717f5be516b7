//! The log directory of a run: `deploy_logs/RUN/COMPONENT/PACKAGE/NODE.log` with a task's
//! raw output, `plan.json`, `events.jsonl` and `summary.txt`; `deploy_logs/latest` is the
//! last run.
//!
//! Only the owner may read any of it. What cannot be written is left out: the run goes
//! on, and [`RunLogs::trouble`] says so.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};

use super::clock::Clock;
use super::json::JsonLines;
use super::log_files::{create_directory, open_log, point, write_file};
use super::task_log::TaskLog;
use super::trouble::{Trouble, locked};
use crate::engine::event::{Ending, Event, TaskId};
use crate::engine::observer::Observer;
use crate::name::Name;
use crate::plan::Plan;

/// The size up to which a task's log is written, unless said otherwise: 64 MiB.
pub const DEFAULT_CAP_BYTES: u64 = 64 * 1024 * 1024;

/// Failed tasks whose logs' ends stay in memory: those that failed last.
const KEPT_TAILS: usize = 16;

/// Where the logs of a run go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogsRequest {
    /// The directory with a directory for every run, `deploy_logs`.
    pub directory: Utf8PathBuf,
    /// The run.
    pub run: Name,
    /// The size up to which a task's log is written, in bytes.
    pub cap_bytes: u64,
}

/// The logs of one run.
pub struct RunLogs {
    root: Utf8PathBuf,
    cap_bytes: u64,
    tasks: Mutex<Tasks>,
    events: JsonLines,
    trouble: Trouble,
}

#[derive(Debug, Default)]
struct Tasks {
    running: BTreeMap<TaskId, TaskLog>,
    /// The one that failed last is the last.
    failed: VecDeque<(TaskId, TaskLog)>,
}

impl RunLogs {
    /// Creates the run's directory and makes `latest` point to it.
    pub fn create(request: &LogsRequest, clock: Clock) -> Self {
        let trouble = Trouble::new("write all logs");
        let root = request.directory.join(request.run.as_str());
        let created = create_directory(&root);
        let run = request.run.as_str();
        trouble.check(created.and_then(|()| point(&request.directory, "latest", run)));
        let events = open_log(&root.join("events.jsonl"));
        let events: Box<dyn std::io::Write + Send> = match trouble.check(events) {
            Some(file) => Box::new(file),
            None => Box::new(std::io::sink()),
        };
        Self {
            root,
            cap_bytes: request.cap_bytes,
            tasks: Mutex::default(),
            events: JsonLines::new(events, trouble.clone(), clock),
            trouble,
        }
    }

    /// Where a task's log is, or would be.
    pub fn path(&self, task: &TaskId) -> Utf8PathBuf {
        let directory = self.root.join(task.component.as_str());
        directory
            .join(task.package.as_str())
            .join(format!("{}.log", task.node))
    }

    /// Writes `plan.json`.
    pub fn plan(&self, plan: &Plan) {
        let text = serde_json::to_vec_pretty(plan).map_err(std::io::Error::from);
        let path = self.root.join("plan.json");
        self.trouble
            .check(text.and_then(|text| write_file(&path, &text)));
    }

    /// Writes `summary.txt`.
    pub fn summary(&self, text: &str) {
        let path = self.root.join("summary.txt");
        self.trouble.check(write_file(&path, text.as_bytes()));
    }

    /// The end of the log of a task that is running, or that is among the last that
    /// failed; nothing for others.
    pub fn tail(&self, task: &TaskId) -> Vec<u8> {
        let tasks = locked(&self.tasks);
        let mut failed = tasks.failed.iter();
        let failed = || failed.find(|(id, _)| id == task).map(|(_, log)| log);
        let log = tasks.running.get(task).or_else(failed);
        log.map(|log| log.tail().to_vec()).unwrap_or_default()
    }

    /// What could not be written, if anything.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.message()
    }

    /// Ends a task's log; keeps its end if it failed.
    fn end(&self, task: &TaskId, ending: &Ending) {
        let is_bad = match ending {
            Ending::AwaitingReboot { .. } | Ending::Rebooted { .. } => return,
            Ending::Succeeded { .. } => false,
            Ending::Failed(_) | Ending::Undone(_) | Ending::InDoubt(_) => true,
        };
        let mut tasks = locked(&self.tasks);
        let Some(mut log) = tasks.running.remove(task) else {
            return;
        };
        self.trouble.check(log.finish());
        if is_bad {
            tasks.failed.push_back((task.clone(), log));
            let too_many = tasks.failed.len().saturating_sub(KEPT_TAILS);
            tasks.failed.drain(..too_many);
        }
    }

    fn open(&self, task: &TaskId) -> TaskLog {
        let path = self.path(task);
        let directory = path.parent().unwrap_or(Utf8Path::new("."));
        let file = create_directory(directory).and_then(|()| open_log(&path));
        let file = self.trouble.check(file);
        // An earlier attempt may have written to it.
        let written = file.as_ref().and_then(|file| file.metadata().ok());
        let room = self
            .cap_bytes
            .saturating_sub(written.map_or(0, |file| file.len()));
        TaskLog::new(file, room)
    }
}

impl Observer for RunLogs {
    fn event(&self, event: &Event) {
        self.events.event(event);
        if let Event::Ended { task, ending } = event {
            self.end(task, ending);
        }
    }

    fn log(&self, task: &TaskId, bytes: &[u8]) {
        let mut tasks = locked(&self.tasks);
        if !tasks.running.contains_key(task) {
            tasks.failed.retain(|(id, _)| id != task);
            tasks.running.insert(task.clone(), self.open(task));
        }
        if let Some(log) = tasks.running.get_mut(task) {
            self.trouble.check(log.write(bytes));
        }
    }
}

#[cfg(test)]
mod tests;
