//! One execution of a package's steps on a node: what is asked of the runner, and what
//! the node's own record (the receipt) says about how it ended.

use std::time::Duration;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::name::Name;
use crate::node::facts::{BootId, ReleaseOutcome};
use crate::tag::ReleaseTag;

/// How long a node is given for a rollback without a limit of its own, in seconds.
const LONGEST_ROLLBACK: u32 = 600;

/// Names one attempt. The node starts an attempt at most once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttemptId {
    /// The run it belongs to.
    pub run: Name,
    /// The component of the package.
    pub component: Name,
    /// The package.
    pub package: Name,
    /// Counts from 1 within (run, node, package).
    pub number: u32,
}

/// All that a node needs to run one attempt; nothing is decided there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRequest {
    /// Which attempt.
    pub id: AttemptId,
    /// The fencing epoch of the run; a node that saw a higher one refuses.
    pub epoch: u64,
    /// The journal's head hash when the intent was committed.
    pub journal_head: String,
    /// The zone, for the step's environment.
    pub zone: Name,
    /// The bundle.
    pub bundle: Name,
    /// The release wanted.
    pub tag: ReleaseTag,
    /// The release installed before, if any.
    pub from_tag: Option<ReleaseTag>,
    /// The bundle's digest, for the record.
    pub digest: Digest,
    /// The payload that holds the bundle's tree, already on the node.
    pub payload: Digest,
    /// `fresh`, `continued`, `upgrade` or `new-boot-cycle`: `DDT_MODE`.
    pub mode: String,
    /// The component's stage before this attempt: `DDT_STAGE`.
    pub stage: Option<String>,
    /// The steps before the record is written, in order.
    pub steps: Vec<Step>,
    /// Arguments of every step.
    pub flags: Vec<String>,
    /// The package's `config` as JSON text: the content of the file `DDT_CONFIG`.
    pub config: String,
    /// When and what the node records after success.
    pub commit: Commit,
    /// What the node does by itself where nobody comes back after the steps.
    pub watch: Option<Watch>,
}

/// How a node goes back by itself from an attempt that nobody confirms over a connection
/// that was made after its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// How long it waits, in seconds: from the end of the steps, and anew from a boot.
    pub within_seconds: u32,
    /// The step that goes back.
    pub rollback: Step,
    /// What is installed then.
    pub release: Release,
    /// The stage that is recorded then, where the attempt sets one.
    pub stage: Option<String>,
    /// Whether the node reboots after the step, before the records are written.
    pub reboots: bool,
}

impl Watch {
    /// How long the node may take until it has gone back, without a reboot.
    pub(super) fn patience(&self) -> Duration {
        let undoing = self.rollback.timeout_seconds.unwrap_or(LONGEST_ROLLBACK);
        Duration::from_secs(u64::from(self.within_seconds) + u64::from(undoing) + 30)
    }
}

/// A script of the bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// The executable, relative to the bundle's root; never absolute, no `..`.
    pub path: Utf8PathBuf,
    /// After this many seconds its process tree is ended.
    pub timeout_seconds: Option<u32>,
}

/// The steps a bundle may have.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Says whether the release could be deployed; changes nothing.
    Check,
    /// Installs the release.
    Deploy,
    /// Says whether the release works.
    Verify,
    /// Goes back to `DDT_FROM_TAG`.
    Rollback,
}

impl StepKind {
    /// The word of every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Deploy => "deploy",
            Self::Verify => "verify",
            Self::Rollback => "rollback",
        }
    }
}

/// When the node writes its records, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commit {
    /// Nothing is recorded: a dry run.
    Never,
    /// As soon as the steps succeeded.
    AfterSteps(Records),
    /// After the node has rebooted and `verify`, if any, succeeded: by `Node::finish`.
    AfterReboot {
        /// What to record.
        records: Records,
        /// The step to run after the reboot.
        verify: Option<Step>,
    },
}

/// The records of one success, written together or not at all. Paths are the node's,
/// before its `root` prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// The stage file, and the stage to set if the package sets one.
    pub stage: Option<(Utf8PathBuf, String)>,
    /// The releases file; one line is appended.
    pub releases: Utf8PathBuf,
    /// What the line says is installed.
    pub release: Release,
    /// The history file; one line per task, also for failures.
    pub history: Utf8PathBuf,
}

/// The release that is installed once an attempt has succeeded: after a rollback, the one
/// before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its tag.
    pub tag: ReleaseTag,
    /// The digest of its bundle.
    pub digest: Digest,
    /// How it came there.
    pub outcome: ReleaseOutcome,
}

/// What a node remembers of its last attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// Which attempt.
    pub id: AttemptId,
    /// The release it was to install.
    pub tag: ReleaseTag,
    /// The bundle's digest.
    pub digest: Digest,
    /// How far it came.
    pub state: AttemptState,
}

/// How far an attempt came, as its node tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptState {
    /// Its processes are alive, or have ended and left a confirmation to be given:
    /// `Node::follow` waits for the one and does the other.
    Running,
    /// Its processes have ended and left the records to be written: `Node::follow` does.
    Unrecorded,
    /// The steps succeeded; the record waits for a reboot since this boot.
    AwaitingReboot(BootId),
    /// It ended, and the receipt says how.
    Ended(Receipt),
    /// It began, no process of it is left, and there is no receipt.
    Vanished,
}

impl AttemptState {
    /// Whether only its end is to be written.
    pub fn is_unrecorded(&self) -> bool {
        *self == Self::Unrecorded
    }

    /// Whether it keeps others from being started on its node.
    pub fn is_at_work(&self) -> bool {
        matches!(self, Self::Running | Self::Unrecorded)
    }
}

/// The node's own record of how an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Which attempt.
    pub id: AttemptId,
    /// The fencing epoch it ran under.
    pub epoch: u64,
    /// The digest of the bundle that is installed after its success: of one that goes back,
    /// the digest of the release before.
    pub digest: Digest,
    /// The boot it ran in (the one that recorded the success, after a reboot).
    pub boot_id: BootId,
    /// The journal's head at its intent.
    pub journal_head: String,
    /// Seconds since the Unix epoch on the node's clock.
    pub started: i64,
    /// Seconds since the Unix epoch on the node's clock.
    pub ended: i64,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// How many bytes of log there are.
    pub log_bytes: u64,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptOutcome {
    /// Every step succeeded, and the records are written (a dry run has none).
    Succeeded,
    /// The steps succeeded; the node must reboot before the record is written.
    AwaitingReboot,
    /// A step ended with this code.
    Exited {
        /// Which step.
        step: StepKind,
        /// Its exit code, 1 to 255.
        code: u8,
    },
    /// A step was ended by this signal.
    Signalled {
        /// Which step.
        step: StepKind,
        /// The signal's number.
        signal: u8,
    },
    /// A step outlived its timeout and its process tree was ended.
    TimedOut {
        /// Which step.
        step: StepKind,
    },
    /// The operator wanted it to end, and the step's process tree was ended.
    Stopped {
        /// Which step.
        step: StepKind,
    },
    /// Nobody confirmed it in time, and the node has gone back to the release before, by
    /// itself. Its records say so.
    Undone,
    /// The steps succeeded, but a record on the node was changed meanwhile, or could not
    /// be written: the text says which.
    RecordRefused {
        /// Which file, and why.
        reason: String,
    },
}
