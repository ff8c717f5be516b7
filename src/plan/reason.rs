//! Why a plan says what it says: one sentence for every line of it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::undo::NoUndo;
use crate::name::Name;
use crate::tag::ReleaseTag;

/// Why a task is run, or is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The node has no record of the package.
    NotInstalled,
    /// An older release is installed.
    Upgrade,
    /// The boot cycle began after the package was last deployed.
    NewCycle,
    /// A newer boot release with `forcereboot: yes`.
    StartsBootCycle,
    /// Recorded, but the stage it sets was never reached.
    StageNotReached,
    /// Up to date, and run because the operator wants it so.
    Reinstall,
    /// A newer release is installed, and the operator allowed to go back.
    AllowedDowngrade,
    /// An earlier attempt left no receipt, and running it twice does no harm.
    RunAgain(Name),
    /// Nobody confirmed an earlier attempt in time, and the node went back from it.
    WentBack(Name),
    /// An earlier run's attempt is still going on.
    StillRunning(Name),
    /// An earlier run's attempt waits for its reboot or its record.
    Unfinished(Name),
    /// A run before this one of the same plan has done it.
    DoneBefore(Name),
    /// An earlier attempt left no receipt, and the operator says that it failed.
    AssumedFailed(Name),
    /// An earlier attempt left no receipt, and the operator says that it succeeded.
    AssumedSucceeded(Name),
    /// This very release is installed.
    UpToDate,
    /// The stage says it was done, though no record does.
    StagePassed,
    /// An upgrade does not install this package.
    NotInUpgrade,
    /// Newer, but only `forcereboot: yes` installs a boot release on a node that is ready.
    NeedsForceReboot,
    /// The whole node is left out.
    NodeSkipped,
    /// A run put it there, and is undone.
    Undoes(Name),
    /// A run went back from it, and is undone.
    RunsAgain(Name),
    /// The run that is undone did nothing to it.
    Untouched(Name),
    /// A rollback before this one has undone it.
    AlreadyUndone,
    /// The run that is undone put the same release there.
    SameRelease(Name),
    /// It stays, because it cannot be undone.
    CannotUndo(NoUndo),
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => out.write_str("not installed"),
            Self::Upgrade => out.write_str("an older release is installed"),
            Self::NewCycle => out.write_str("not yet deployed in this boot cycle"),
            Self::StartsBootCycle => out.write_str("newer boot release, starts a new boot cycle"),
            Self::StageNotReached => out.write_str("recorded, but its stage was not reached"),
            Self::Reinstall => out.write_str("up to date, run again as asked"),
            Self::AllowedDowngrade => {
                out.write_str("older than installed, allowed by the operator")
            }
            Self::RunAgain(run) => write!(out, "run {run} left no receipt; run again"),
            Self::WentBack(run) => {
                write!(
                    out,
                    "nobody confirmed it in run {run}, and the node went back; run again"
                )
            }
            Self::StillRunning(run) => write!(out, "run {run} started it; it is still running"),
            Self::Unfinished(run) => write!(out, "run {run} did all but the reboot and the record"),
            Self::DoneBefore(run) => write!(out, "done by run {run}"),
            Self::AssumedFailed(run) => {
                write!(
                    out,
                    "the operator says that it failed in run {run}; run again"
                )
            }
            Self::AssumedSucceeded(run) => {
                write!(
                    out,
                    "the operator says that it succeeded in run {run}; only recorded"
                )
            }
            Self::UpToDate => out.write_str("up to date"),
            Self::StagePassed => out.write_str("the node's stage says it was done"),
            Self::NotInUpgrade => out.write_str("an upgrade does not install it"),
            Self::NeedsForceReboot => {
                out.write_str("an upgrade does not install it; newer, needs `forcereboot: yes`")
            }
            Self::NodeSkipped => out.write_str("the node is skipped"),
            Self::Undoes(run) => write!(out, "undoes run {run}"),
            Self::RunsAgain(run) => write!(out, "run {run} went back from it; run again"),
            Self::Untouched(run) => write!(out, "run {run} did not change it"),
            Self::AlreadyUndone => out.write_str("undone before"),
            Self::SameRelease(run) => {
                write!(out, "run {run} found the same release there")
            }
            Self::CannotUndo(why) => write!(out, "stays, it cannot be undone: {why}"),
        }
    }
}

/// Why a rule leaves a whole node out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// The node runs another major version (rule 5).
    OtherMajor {
        /// The package that shows it.
        package: Name,
        /// What the node has.
        installed: ReleaseTag,
        /// What the manifest wants.
        wanted: ReleaseTag,
    },
}

impl fmt::Display for SkipReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::OtherMajor {
            package,
            installed,
            wanted,
        } = self;
        let (has, wants) = (installed.version().major, wanted.version().major);
        write!(
            out,
            "{package} is {installed}, the manifest wants {wanted}: a {has}.x node takes {has}.x releases only, not {wants}.x"
        )
    }
}
