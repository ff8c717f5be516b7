//! Requests as the runner reads them: a verb and `KEY=VALUE` words on one line.

use zeroize::Zeroizing;

use super::attempt::{AttemptId, AttemptRequest, Commit, Records, Release, Step, Watch};
use super::words::{encode, encode_bytes};
use super::{FactsQuery, NodeError, TakeUp};
use crate::name::Name;
use crate::secret::{Mask, PackageSecrets};

/// A request's line, as it grows. It may hold secrets, and is wiped.
struct Line(Zeroizing<String>);

impl Line {
    fn new(verb: &str) -> Self {
        Self(Zeroizing::new(verb.to_owned()))
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

    /// The files of a package's secrets, and the script that covers them in the log.
    fn secrets(&mut self, secrets: Option<&PackageSecrets>) {
        let Some(secrets) = secrets else {
            return;
        };
        for (name, value) in secrets {
            let value = Zeroizing::new(encode_bytes(value.expose()));
            self.0.push_str(&format!(" secret={name},"));
            self.0.push_str(&value);
        }
        let script = Mask::of(secrets.values()).sed_script();
        let script = Zeroizing::new(encode_bytes(&script));
        self.0.push_str(" mask=");
        self.0.push_str(&script);
    }

    /// The release that is recorded is the one of the request where nothing else is said: a
    /// shell reads a request byte by byte.
    fn records(&mut self, records: &Records, request: &AttemptRequest) -> Result<(), NodeError> {
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
        if *tag != request.tag {
            self.word("recorded_tag", &tag.to_string())?;
        }
        if *digest != request.digest {
            self.word("recorded_digest", &digest.to_string())?;
        }
        self.word("recorded", outcome.word())
    }
}

/// Reads the files and payloads of a query.
pub(super) fn facts(query: &FactsQuery) -> Result<Zeroizing<String>, NodeError> {
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

/// Starts an attempt on the node of a name, with the secrets that its steps read. They follow
/// the config: the runner keeps only what stands before that.
pub(super) fn start(
    node: &Name,
    request: &AttemptRequest,
    secrets: Option<&PackageSecrets>,
) -> Result<Zeroizing<String>, NodeError> {
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
    line.secrets(secrets);
    Ok(line.0)
}

fn commit(line: &mut Line, request: &AttemptRequest) -> Result<(), NodeError> {
    match &request.commit {
        Commit::Never => line.word("commit", "never"),
        Commit::AfterSteps(records) => {
            line.word("commit", "steps")?;
            line.records(records, request)
        }
        Commit::AfterReboot { records, verify } => {
            line.word("commit", "reboot")?;
            if let Some(step) = verify {
                line.step("verify", step)?;
            }
            line.records(records, request)
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
pub(super) fn follow(attempt: &TakeUp) -> Result<Zeroizing<String>, NodeError> {
    Ok(take_up("follow", attempt)?.0)
}

/// Reboots the node for a run of an epoch.
pub(super) fn reboot(epoch: u64) -> String {
    format!("reboot epoch={epoch}")
}

/// Removes the payloads that nothing on the node needs any more.
pub(super) const PRUNE: &str = "prune";

/// Asks how all attempts of a run stand.
pub(super) fn attempts(run: &Name) -> Result<Zeroizing<String>, NodeError> {
    let mut line = Line::new("attempts");
    line.word("run", run.as_str())?;
    Ok(line.0)
}

/// Ends the steps of an attempt that go on.
pub(super) fn stop(attempt: &TakeUp) -> Result<Zeroizing<String>, NodeError> {
    Ok(take_up("stop", attempt)?.0)
}

/// Ends an attempt after a reboot, with the secrets that its last step reads.
pub(super) fn finish(
    attempt: &TakeUp,
    secrets: Option<&PackageSecrets>,
) -> Result<Zeroizing<String>, NodeError> {
    let mut line = take_up("finish", attempt)?;
    line.secrets(secrets);
    Ok(line.0)
}

/// Reads a piece of an attempt's log.
pub(super) fn log(id: &AttemptId, offset: u64) -> Result<String, NodeError> {
    let mut line = Line::new("log");
    line.attempt(id)?;
    Ok(format!("{} offset={offset}", line.0.as_str()))
}

/// A node refuses it from a run that is older than one it has seen.
fn take_up(verb: &str, attempt: &TakeUp) -> Result<Line, NodeError> {
    let mut line = Line::new(verb);
    line.attempt(&attempt.id)?;
    line.word("epoch", &attempt.epoch.to_string())?;
    Ok(line)
}
