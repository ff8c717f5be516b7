//! Requests as the runner reads them: a verb and `KEY=VALUE` words on one line.

use super::attempt::{AttemptId, AttemptRequest, Commit, Records, Release, Step, Watch};
use super::words::encode;
use super::{FactsQuery, NodeError};
use crate::name::Name;

/// A request's line, as it grows.
struct Line(String);

impl Line {
    fn new(verb: &str) -> Self {
        Self(verb.to_owned())
    }

    fn word(&mut self, key: &str, value: &str) -> Result<(), NodeError> {
        self.0.push_str(&format!(" {key}={}", encode(value)?));
        Ok(())
    }

    fn attempt(&mut self, id: &AttemptId) -> Result<(), NodeError> {
        self.word("run", id.run.as_str())?;
        self.word("component", id.component.as_str())?;
        self.word("package", id.package.as_str())?;
        self.word("number", &id.number.to_string())
    }

    fn step(&mut self, key: &str, step: &Step) -> Result<(), NodeError> {
        let seconds = step.timeout_seconds.unwrap_or(0);
        let path = encode(step.path.as_str())?;
        let kind = step.kind.word();
        self.0.push_str(&format!(" {key}={kind},{path},{seconds}"));
        Ok(())
    }

    fn records(&mut self, records: &Records) -> Result<(), NodeError> {
        if let Some((file, stage)) = &records.stage {
            self.word("stage_file", file.as_str())?;
            self.word("stage_value", stage)?;
        }
        self.word("releases_file", records.releases.as_str())?;
        self.word("history_file", records.history.as_str())?;
        let Release {
            tag,
            digest,
            outcome,
        } = &records.release;
        self.word("recorded", outcome.word())?;
        self.word("recorded_tag", &tag.to_string())?;
        self.word("recorded_digest", &digest.to_string())
    }
}

/// Reads the files and payloads of a query.
pub(super) fn facts(query: &FactsQuery) -> Result<String, NodeError> {
    let mut line = Line::new("facts");
    for component in &query.components {
        line.word("file", component.stage.as_str())?;
        line.word("file", component.releases.as_str())?;
        if let Some(network) = &component.network {
            line.word("file", network.as_str())?;
        }
    }
    for payload in &query.payloads {
        line.word("payload", payload.hex())?;
    }
    Ok(line.0)
}

/// Starts an attempt on the node of a name.
pub(super) fn start(node: &Name, request: &AttemptRequest) -> Result<String, NodeError> {
    let mut line = Line::new("start");
    line.attempt(&request.id)?;
    line.word("epoch", &request.epoch.to_string())?;
    line.word("head", &request.journal_head)?;
    line.word("zone", request.zone.as_str())?;
    line.word("node", node.as_str())?;
    line.word("bundle", request.bundle.as_str())?;
    line.word("tag", &request.tag.to_string())?;
    if let Some(tag) = &request.from_tag {
        line.word("from_tag", &tag.to_string())?;
    }
    line.word("digest", &request.digest.to_string())?;
    line.word("payload", request.payload.hex())?;
    line.word("mode", &request.mode)?;
    line.word("stage", request.stage.as_deref().unwrap_or(""))?;
    for step in &request.steps {
        line.step("step", step)?;
    }
    for flag in &request.flags {
        line.word("flag", flag)?;
    }
    commit(&mut line, request)?;
    if let Some(watch) = &request.watch {
        self::watch(&mut line, watch)?;
    }
    line.word("config", &request.config)?;
    Ok(line.0)
}

fn commit(line: &mut Line, request: &AttemptRequest) -> Result<(), NodeError> {
    match &request.commit {
        Commit::Never => line.word("commit", "never"),
        Commit::AfterSteps(records) => {
            line.word("commit", "steps")?;
            line.records(records)
        }
        Commit::AfterReboot { records, verify } => {
            line.word("commit", "reboot")?;
            if let Some(step) = verify {
                line.step("verify", step)?;
            }
            line.records(records)
        }
    }
}

fn watch(line: &mut Line, watch: &Watch) -> Result<(), NodeError> {
    line.word("confirm", &watch.within_seconds.to_string())?;
    line.step("undo", &watch.rollback)?;
    line.word("back_tag", &watch.release.tag.to_string())?;
    line.word("back_digest", &watch.release.digest.to_string())?;
    if let Some(stage) = &watch.stage {
        line.word("back_stage", stage)?;
    }
    match watch.reboots {
        true => line.word("back_reboots", "yes"),
        false => Ok(()),
    }
}

/// Asks how an attempt stands.
pub(super) fn follow(id: &AttemptId) -> Result<String, NodeError> {
    about("follow", id)
}

/// Reboots the node for a run of an epoch.
pub(super) fn reboot(epoch: u64) -> String {
    format!("reboot epoch={epoch}")
}

/// Asks how all attempts of a run stand.
pub(super) fn attempts(run: &Name) -> Result<String, NodeError> {
    let mut line = Line::new("attempts");
    line.word("run", run.as_str())?;
    Ok(line.0)
}

/// Ends the steps of an attempt that go on.
pub(super) fn stop(id: &AttemptId) -> Result<String, NodeError> {
    about("stop", id)
}

/// Ends an attempt after a reboot.
pub(super) fn finish(id: &AttemptId) -> Result<String, NodeError> {
    about("finish", id)
}

/// Reads a piece of an attempt's log.
pub(super) fn log(id: &AttemptId, offset: u64) -> Result<String, NodeError> {
    Ok(format!("{} offset={offset}", about("log", id)?))
}

fn about(verb: &str, id: &AttemptId) -> Result<String, NodeError> {
    let mut line = Line::new(verb);
    line.attempt(id)?;
    Ok(line.0)
}
