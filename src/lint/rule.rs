//! What a lint rule is: what people read about it, and how it looks at documents.

use super::across::{DocumentFinding, ManifestDocument};
use super::context::{Deployment, ManifestContext, Surroundings, TextContext};
use super::defaults::CommandLine;
use super::finding::Finding;
use crate::component::ComponentDefinition;
use crate::document::{Safety, Severity, Source};
use crate::inventory::Inventory;
use crate::project::Project;

/// A lint rule. Its code and its name never change their meaning.
#[derive(Debug)]
pub struct Rule {
    /// `DDT` and three digits; the first digit is the family.
    pub code: &'static str,
    /// The same in words, such as `swallowed-member`.
    pub name: &'static str,
    /// How bad a finding is, unless the user says otherwise.
    pub severity: Severity,
    /// Whether ddt can mend what it finds.
    pub fixable: Fixable,
    /// Whether it counts where nobody asked for it.
    pub default: Activation,
    /// What the rule finds, in one line.
    pub summary: &'static str,
    /// The longer explanation.
    pub docs: RuleDocs,
    /// How it finds it.
    pub checks: &'static [Check],
}

/// Whether a rule counts where nobody asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// It does.
    On,
    /// It counts only where it is selected: for many it would be noise.
    Off,
}

/// The explanation of a rule, for someone who has never seen HJSON.
#[derive(Debug)]
pub struct RuleDocs {
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// A document with a finding.
    pub bad: &'static str,
    /// The same document, corrected.
    pub good: &'static str,
    /// What the example needs besides the document.
    pub given: Given,
}

/// What is known besides a document when it is linted.
#[derive(Clone, Copy, Debug)]
pub enum Given {
    /// The document alone.
    Nothing,
    /// That the nodes are new: `--fresh`.
    FreshNodes,
    /// The text of an inventory: `--inventory`.
    Inventory(&'static str),
    /// The time, in RFC 3339: `--now`.
    Time(&'static str),
    /// The text of the project's `ddt.hjson`.
    Project(&'static str),
    /// The text of a manifest: the example is a baseline of it.
    Manifest(&'static str),
    /// The text of another manifest that is linted with it.
    Another(&'static str),
    /// What `ddt status --json --releases` printed: `--state`.
    State(&'static str),
    /// The text that the document had at the revision `main`: `--against`.
    Earlier(&'static str),
    /// The text of the `ddt.lock` beside it.
    Lock(&'static str),
    /// The verbs and their flags.
    CommandLine(CommandLine),
}

/// Whether, and how, findings of a rule can be fixed. Not every finding of a rule can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixable {
    /// Only by a person.
    No,
    /// Without a look.
    Safely,
    /// By a guess that needs a look.
    Guessed,
    /// Some without a look, some by a guess.
    Either,
}

impl Fixable {
    /// Whether a finding may have a fix of this kind.
    pub fn includes(self, safety: Safety) -> bool {
        match self {
            Self::No => false,
            Self::Safely => safety == Safety::Safe,
            Self::Guessed => safety == Safety::Unsafe,
            Self::Either => true,
        }
    }

    /// The same in a table.
    pub fn word(self) -> &'static str {
        match self {
            Self::No => "",
            Self::Safely => "safe",
            Self::Guessed => "needs a look",
            Self::Either => "safe or needs a look",
        }
    }

    /// The same for people; nothing where there is no fix.
    pub fn sentence(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::Safely => Some("Fix: safe, by `ddt lint --fix`."),
            Self::Guessed => Some("Fix: needs a look, by `ddt lint --fix --unsafe-fixes`."),
            Self::Either => Some(
                "Fix: safe, by `ddt lint --fix`, where ddt itself reads the text; elsewhere it needs \
                 a look, with `--unsafe-fixes`.",
            ),
        }
    }
}

/// How a rule looks at documents.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Reading the document raises it: the parser, or the check of its shape.
    Reading,
    /// The comments that suppress findings raise it.
    Suppressions,
    /// It looks at the text of any document.
    Text(fn(&TextContext<'_>) -> Vec<Finding>),
    /// It looks at a manifest.
    Manifest(fn(&ManifestContext<'_>) -> Vec<Finding>),
    /// It holds the manifests of one call against each other.
    Across(fn(&[ManifestDocument<'_>]) -> Vec<DocumentFinding>),
    /// It looks at a component definition that has the right shape.
    Component(fn(&ComponentDefinition) -> Vec<Finding>),
    /// It looks at an inventory that has the right shape.
    Inventory(fn(&Inventory) -> Vec<Finding>),
    /// It looks at a project configuration that has the right shape.
    Project(fn(&Project) -> Vec<Finding>),
    /// It holds such a project configuration against the command line.
    CommandLine(fn(&Project, CommandLine) -> Vec<Finding>),
    /// It looks at the text of a lock file.
    Lock(fn(&Source) -> Vec<Finding>),
    /// Comparing findings with a baseline raises it.
    Baseline,
}

/// The families of rules: the hundreds of their codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// 0xx: the text is not HJSON.
    Syntax,
    /// 1xx: the text is HJSON that means something else than it seems to.
    Traps,
    /// 2xx: keys, types and names.
    Shape,
    /// 3xx: release tags.
    Tags,
    /// 4xx: order, sets and reboots.
    Order,
    /// 5xx: the packages and the zone as a whole.
    Consistency,
    /// 6xx: what was there before.
    Changes,
    /// 7xx: where bundles come from, and what must not be written down.
    Trust,
    /// 9xx: the linter's own comments.
    Suppressions,
}

impl Rule {
    /// The family the code belongs to.
    pub fn family(&self) -> Family {
        match self.code.as_bytes().get(3) {
            Some(b'0') => Family::Syntax,
            Some(b'1') => Family::Traps,
            Some(b'2') => Family::Shape,
            Some(b'3') => Family::Tags,
            Some(b'4') => Family::Order,
            Some(b'5') => Family::Consistency,
            Some(b'6') => Family::Changes,
            Some(b'7') => Family::Trust,
            _ => Family::Suppressions,
        }
    }

    /// Whether findings count where nobody selected any rules.
    pub fn is_on_by_default(&self) -> bool {
        self.default == Activation::On
    }

    /// Whether findings may be ignored; a text that cannot be read cannot be excused.
    pub fn is_ignorable(&self) -> bool {
        self.family() != Family::Syntax
    }
}

impl Family {
    /// What the family is about, as a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Syntax => "0xx: syntax",
            Self::Traps => "1xx: traps of HJSON",
            Self::Shape => "2xx: keys, types and names",
            Self::Tags => "3xx: release tags",
            Self::Order => "4xx: order, sets and reboots",
            Self::Consistency => "5xx: packages, repos and zones together",
            Self::Changes => "6xx: against what was there before",
            Self::Trust => "7xx: registries, digests and secrets",
            Self::Suppressions => "9xx: suppressions and baselines",
        }
    }
}

impl Given {
    /// Whether it is known. Of other manifests it never is: the next call may be about more of them.
    pub(super) fn is_known(self, surroundings: &Surroundings) -> bool {
        match self {
            Self::Nothing | Self::Project(_) | Self::Manifest(_) => true,
            Self::FreshNodes => surroundings.deployment.is_fresh(),
            Self::Inventory(_) => !surroundings.inventories.is_empty(),
            Self::Time(_) => surroundings.now.is_some(),
            Self::Another(_) => false,
            Self::State(_) => !surroundings.recorded.is_empty(),
            Self::Earlier(_) => surroundings.earlier.is_some(),
            Self::Lock(_) => !surroundings.locks.is_empty(),
            Self::CommandLine(_) => surroundings.command_line.is_some(),
        }
    }

    /// What deployment the rules assume.
    pub(super) fn deployment(self) -> Deployment {
        match self {
            Self::FreshNodes => Deployment::Fresh,
            _ => Deployment::Any,
        }
    }
}
