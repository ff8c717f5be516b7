//! What stands in the way of a plan. All problems of all nodes are gathered, then the
//! whole deployment is refused; no node has been touched.

use std::collections::BTreeSet;

use super::undo::NoUndo;
use crate::name::Name;
use crate::node::NodeError;
use crate::node::facts::UnknownContent;
use crate::tag::ReleaseTag;

/// Why there is no plan: every problem of every node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// At least one, by node.
    pub problems: Vec<NodeProblem>,
}

impl Refusal {
    /// Whether there may be a plan once nodes have recorded what they know.
    pub fn is_unrecorded(&self) -> bool {
        let is_unrecorded = |found: &NodeProblem| matches!(found.problem, Problem::Unrecorded(_));
        self.problems.iter().all(is_unrecorded)
    }
}

/// A problem and the node that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeProblem {
    /// The node.
    pub node: Name,
    /// What is wrong there.
    pub problem: Problem,
}

/// An installed release that the wanted one may not replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The package.
    pub package: Name,
    /// What the node has.
    pub installed: ReleaseTag,
    /// What the manifest wants.
    pub wanted: ReleaseTag,
}

/// A package that is not as a run left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedSince {
    /// The package.
    pub package: Name,
    /// The run that is to be undone.
    pub run: Name,
    /// The release that is installed now, and the run that recorded it.
    pub installed: Option<(ReleaseTag, Name)>,
}

/// Something that must be put right before a deployment can start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There are no facts.
    #[error("{0}")]
    NoFacts(NodeError),
    /// ddt may not write there.
    #[error("the login may not write the node's files")]
    NotPrivileged,
    /// A file holds something else than records.
    #[error("{} is not what ddt wrote: {}", .0.path, .0.reason)]
    UnknownContent(UnknownContent),
    /// The stage file names a stage the definition does not know.
    #[error("{path} says {stage:?}, which is not a stage of {component}")]
    UnknownStage {
        /// The component.
        component: Name,
        /// What the file says.
        stage: String,
        /// The file.
        path: String,
    },
    /// Rule 2: a fresh deployment needs every required package.
    #[error("a fresh deployment of {component} needs every required package; missing: {}", join(.missing))]
    MissingPackages {
        /// The component.
        component: Name,
        /// What is missing in the manifest.
        missing: Vec<Name>,
    },
    /// Rule 4.
    #[error("{} {} is installed, the manifest wants the older {}", .0.package, .0.installed, .0.wanted)]
    Downgrade(Box<Clash>),
    /// Rule 6: one version and build time, two commits.
    #[error("{} {} is installed, the manifest wants {}: the same version and build time from another commit", .0.package, .0.installed, .0.wanted)]
    OtherCommit(Box<Clash>),
    /// The packages before it do not lead to the stage it needs.
    #[error("{package} needs stage {needs}; the node would be at {stage}")]
    StageNotReached {
        /// The package.
        package: Name,
        /// The stage it needs.
        needs: Name,
        /// The stage the node would be at.
        stage: String,
    },
    /// Rule 8.
    #[error("its personalities are {}, the inventory says {}", join(.node), join(.inventory))]
    Personalities {
        /// `NODE_TYPES` on the node.
        node: BTreeSet<String>,
        /// The inventory's.
        inventory: BTreeSet<String>,
    },
    /// Rule 8.
    #[error("it is {node}, the inventory says {inventory}")]
    OtherArch {
        /// What the node is.
        node: String,
        /// The inventory's.
        inventory: Name,
    },
    /// Rule 8.
    #[error("it is {arch}; the bundle of {package} supports {}", join(.supported))]
    UnsupportedArch {
        /// The package.
        package: Name,
        /// What the node is.
        arch: String,
        /// What the bundle supports.
        supported: Vec<String>,
    },
    /// Rule 8.
    #[error("it has {free_kib} KiB free, the bundles need {needed_kib} KiB")]
    NoSpace {
        /// What the bundles take, unpacked and packed.
        needed_kib: u64,
        /// What there is.
        free_kib: u64,
    },
    /// Another run's attempt is going on, for something this manifest does not want, or
    /// wants later.
    #[error("run {} is still running {} {} there", .0.run, .0.package, .0.tag)]
    Busy(Box<Unsettled>),
    /// The same, but its steps have ended: its node went down before it had recorded that.
    #[error("{} {} of run {} has ended there, which is not recorded yet", .0.package, .0.tag, .0.run)]
    Unrecorded(Box<Unsettled>),
    /// An attempt has done all but its reboot, and the manifest says not to reboot.
    #[error("{} {} of run {} waits for a reboot, which the manifest does not allow", .0.package, .0.tag, .0.run)]
    WaitsForReboot(Box<Unsettled>),
    /// An attempt left no receipt, and the bundle does not say that it may run twice.
    #[error("{} {} of run {} is in doubt: it began, nothing of it runs any more, and it left no receipt", .0.package, .0.tag, .0.run)]
    InDoubt(Box<Unsettled>),
    /// A task of the run that is to be undone cannot be.
    #[error("{package} {tag} cannot be undone: {why}")]
    CannotUndo {
        /// The package.
        package: Name,
        /// What the run put there.
        tag: ReleaseTag,
        /// Why.
        why: NoUndo,
    },
    /// Something came after the run that is to be undone.
    #[error("{} is not as run {} left it: {}", .0.package, .0.run, .0.found())]
    ChangedSince(Box<ChangedSince>),
    /// Somebody has changed the node since the plan was made.
    #[error("{what}: the plan left it at {planned}, now it is {found}")]
    NotAsPlanned {
        /// The package, or the component's stage.
        what: String,
        /// How the plan left it.
        planned: String,
        /// How it is.
        found: String,
    },
    /// The payload of a package cannot be sent to the node any more.
    #[error("the payload of {0} is neither on the node nor at hand")]
    NoPayload(Name),
}

impl ChangedSince {
    fn found(&self) -> String {
        match &self.installed {
            Some((tag, run)) => format!("run {run} recorded {tag}"),
            None => "the node has no record of it".into(),
        }
    }
}

/// An attempt of an earlier run that has not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsettled {
    /// The run.
    pub run: Name,
    /// The package.
    pub package: Name,
    /// The release.
    pub tag: ReleaseTag,
}

impl Problem {
    /// What the reader can do about it.
    pub fn help(&self) -> String {
        match self {
            Self::NoFacts(error) => error.class().help().into(),
            Self::NotPrivileged => "log in as root, or set `become: sudo` for the node".into(),
            Self::UnknownContent(content) => {
                format!("it says {:?}; move the file away or correct it, ddt does not overwrite it", content.excerpt)
            }
            Self::UnknownStage { .. } => "correct the file, or remove it for a fresh deployment".into(),
            Self::MissingPackages { .. } => "add them to the manifest".into(),
            Self::Downgrade(clash) => format!(
                "set its tag to {} or newer, or go back on purpose with --allow-downgrade {}",
                clash.installed, clash.package
            ),
            Self::OtherCommit(_) => {
                "one of the two tags is wrong; a changed build needs a new version or build time".into()
            }
            Self::StageNotReached { .. } => "add the package that sets the stage to the manifest".into(),
            Self::Personalities { .. } => {
                "make NODE_TYPES on the node and `personalities` in the inventory the same".into()
            }
            Self::OtherArch { .. } => "correct `arch` in the inventory".into(),
            Self::UnsupportedArch { .. } => {
                "use a bundle built for this architecture, or leave the node out with --limit".into()
            }
            Self::NoSpace { .. } => "free some space under /var/lib/ddt on the node, for instance with `ddt bundle prune --nodes INVENTORY`".into(),
            Self::NotAsPlanned { .. } => {
                "the stored plan does not fit any more; `ddt deploy MANIFEST` plans anew from what is there".into()
            }
            Self::NoPayload(_) => {
                "`ddt resume` looks where the manifest says; put the bundle back there, or plan anew with `ddt deploy MANIFEST`".into()
            }
            Self::Busy(_) => "wait until it has ended, then deploy again".into(),
            Self::Unrecorded(held) => {
                format!("`ddt deploy MANIFEST` has it recorded before it plans, `ddt resume {}` goes on with its run", held.run)
            }
            Self::WaitsForReboot(held) => {
                format!("set `forcereboot: yes` for {} to let it end, then deploy again", held.package)
            }
            Self::CannotUndo { .. } => {
                "add --partial to undo the rest and leave this as it is".into()
            }
            Self::ChangedSince(changed) => match &changed.installed {
                Some((_, run)) => format!("undo what came later first, with `ddt rollback {run}`, or leave the node out with --limit"),
                None => "leave the node out with --limit".into(),
            },
            Self::InDoubt(_) => {
                "look at the node and at the task's log there; if it did not happen, deploy again with --assume failed".into()
            }
        }
    }

    /// Whether the problem is an attempt with an unknown outcome.
    pub fn is_in_doubt(&self) -> bool {
        matches!(self, Self::InDoubt(_))
    }
}

fn join<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if words.is_empty() {
        "none".into()
    } else {
        words.join(", ")
    }
}
