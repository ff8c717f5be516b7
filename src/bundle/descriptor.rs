//! The bundle descriptor, `bundle.hjson`: what a release bundle is and how it is run.

use camino::Utf8Path;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::config_schema::{ConfigSchema, SchemaFault};
use super::step_path::StepPath;
use super::timeout::Timeout;
use crate::document::{Diagnostic, Document, YesNo};
use crate::hjson::KeyPath;
use crate::lint;
use crate::name::Name;
use crate::node::attempt::{Step, StepKind};
use crate::tag::ReleaseTag;

/// The file at the root of every bundle's tree that holds its descriptor.
pub const FILE_NAME: &str = "bundle.hjson";

/// What the key `config` is for.
const A_SCHEMA: &str = "`config` is a JSON Schema; it says what a package's `config` may hold";

/// Says what a release bundle is and how it is run; `bundle.hjson`, at the root of its tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BundleDescriptor {
    /// The bundle's name, as packages refer to it, such as `hostos-boot-release`.
    pub bundle: Name,
    /// The release this tree is, such as `3.0.6-20220602T124916Z_887ca13`.
    pub tag: ReleaseTag,
    /// The architectures the bundle runs on, as `uname -m` prints them: `[ "x86_64" ]`. Any
    /// by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arch: Vec<String>,
    /// The scripts that check, deploy, verify and roll back the release.
    pub steps: Steps,
    /// Whether `deploy` may safely be run again when it is not known how it ended: `yes` or
    /// `no` (the default).
    #[serde(default)]
    pub idempotent: YesNo,
    /// How long each step may take: `90s`, `10m`, `1h`, or a number of seconds. A step
    /// that takes longer is ended with all its processes. Without it there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
    /// How long a node waits for a new connection of ddt after the steps of a deployment,
    /// such as `2m`. If none comes, it runs `rollback` by itself. Needs a `rollback` step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_within: Option<Timeout>,
    /// A JSON Schema (2020-12) that the package's `config` is checked against before
    /// anything is started. It is complete in itself: nothing is fetched for a `$ref`.
    /// Anything is taken by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub config: Option<serde_json::Value>,
    /// The names of the secrets the steps read, such as `[ "token" ]`: each a file in the directory
    /// `DDT_SECRETS`. The manifest or `ddt.hjson` says where each comes from. None by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Name>,
}

/// The executables of a bundle, as paths inside its tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// Says whether the release could be deployed; changes nothing. All that a dry run runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<StepPath>,
    /// Installs the release. The only step that every bundle has.
    pub deploy: StepPath,
    /// Says whether the release works, after `deploy` and after a reboot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<StepPath>,
    /// Goes back to the release in `DDT_FROM_TAG`, which is never empty: a first deployment
    /// cannot be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<StepPath>,
}

impl Steps {
    /// The path of a step, if the bundle has it.
    pub fn get(&self, kind: StepKind) -> Option<&StepPath> {
        match kind {
            StepKind::Check => self.check.as_ref(),
            StepKind::Deploy => Some(&self.deploy),
            StepKind::Verify => self.verify.as_ref(),
            StepKind::Rollback => self.rollback.as_ref(),
        }
    }

    /// The steps the bundle has, in the order in which they run.
    pub fn iter(&self) -> impl Iterator<Item = (StepKind, &StepPath)> {
        const KINDS: [StepKind; 4] = [
            StepKind::Check,
            StepKind::Deploy,
            StepKind::Verify,
            StepKind::Rollback,
        ];
        KINDS
            .into_iter()
            .filter_map(|kind| self.get(kind).map(|path| (kind, path)))
    }
}

impl BundleDescriptor {
    /// Reads the bytes of a descriptor by the rules of `ddt lint`. Every error says where it stands.
    pub fn read(path: &Utf8Path, bytes: &[u8]) -> Result<Document<Self>, Vec<Diagnostic>> {
        let read = lint::read_alone::<Self>(path.as_str(), bytes);
        let document = read.map_err(errors)?.document;
        let faults = document.value.config_schema().err().unwrap_or_default();
        let faults = faults
            .into_iter()
            .map(|fault| schema_fault(&document, fault));
        let found: Vec<Diagnostic> = faults.chain(no_way_back(&document)).collect();
        match found.is_empty() {
            true => Ok(document),
            false => Err(found),
        }
    }

    /// A step as a node is asked to run it, if the bundle has it.
    pub fn step(&self, kind: StepKind) -> Option<Step> {
        self.steps.get(kind).map(|path| Step {
            kind,
            path: path.as_path().to_owned(),
            timeout_seconds: self.timeout.map(Timeout::seconds),
        })
    }

    /// Whether the bundle runs on machines of an architecture.
    pub fn supports(&self, arch: &str) -> bool {
        self.arch.is_empty() || self.arch.iter().any(|supported| supported == arch)
    }

    /// What the package's `config` may hold; `None` where the bundle takes anything.
    pub fn config_schema(&self) -> Result<Option<ConfigSchema>, Vec<SchemaFault>> {
        self.config.as_ref().map(ConfigSchema::new).transpose()
    }
}

fn schema_fault(document: &Document<BundleDescriptor>, fault: SchemaFault) -> Diagnostic {
    let path = fault.path.below(&KeyPath::root().key("config"));
    let bundle = &document.value.bundle;
    let message = format!(
        "the config schema of {bundle} is invalid: {}",
        fault.message
    );
    Diagnostic::error(message)
        .at(&document.source, document.beginning(&path), "")
        .about(path)
        .help(fault.help.unwrap_or_else(|| A_SCHEMA.to_owned()))
}

/// A node goes back by the bundle's own step.
fn no_way_back(document: &Document<BundleDescriptor>) -> Option<Diagnostic> {
    let descriptor = &document.value;
    if descriptor.confirm_within.is_none() || descriptor.steps.rollback.is_some() {
        return None;
    }
    let path = KeyPath::root().key("confirm_within");
    let message = format!(
        "{} has `confirm_within`, but no `rollback` step",
        descriptor.bundle
    );
    let diagnostic = Diagnostic::error(message)
        .at(&document.source, document.beginning(&path), "")
        .about(path)
        .help("add the step with which a node goes back by itself, or leave `confirm_within` out");
    Some(diagnostic)
}

/// What is no error is said by `ddt lint`: here it would only hide what is one.
fn errors(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.retain(Diagnostic::is_error);
    found
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    const WHOLE: &str = r#"{
        bundle: demo-release
        tag: 1.2.3-20220602T124916Z_887ca13
        arch: [ "x86_64", "aarch64" ]
        steps: {
            check: steps/check
            deploy: steps/deploy
            verify: steps/verify
            rollback: steps/rollback
        }
        idempotent: Yes
        timeout: 10m
        confirm_within: 2m
        config: { "type": "object", "additionalProperties": false }
        secrets: [ "token" ]
    }"#;

    fn read(text: &str) -> Result<BundleDescriptor, String> {
        match BundleDescriptor::read("bundle.hjson".into(), text.as_bytes()) {
            Ok(document) => Ok(document.value),
            Err(problems) => {
                let texts = problems.iter().map(|problem| problem.message.as_str());
                Err(texts.collect::<Vec<_>>().join("\n"))
            }
        }
    }

    #[test]
    fn reads_every_field() {
        let descriptor = read(WHOLE).unwrap();
        let deploy = descriptor.step(StepKind::Deploy).unwrap();
        assert_eq!(deploy.path, "steps/deploy");
        assert_eq!(deploy.timeout_seconds, Some(600));
        assert!(descriptor.idempotent.is_yes());
        assert!(descriptor.supports("x86_64") && !descriptor.supports("s390x"));
        assert_eq!(descriptor.steps.iter().count(), 4);
        assert_eq!(descriptor.confirm_within.map(Timeout::seconds), Some(120));
        assert_eq!(descriptor.secrets, ["token".parse().unwrap()]);
    }

    #[test]
    fn needs_only_a_name_a_tag_and_deploy() {
        let descriptor = read("bundle: demo\ntag: 1.2.3\nsteps: {\ndeploy: run\n}").unwrap();
        assert_eq!(descriptor.step(StepKind::Check), None);
        assert!(descriptor.supports("riscv64"));
        assert!(!descriptor.idempotent.is_yes());
    }

    #[test]
    fn takes_a_number_of_seconds() {
        let text = WHOLE.replace("10m", "90");
        assert_eq!(read(&text).unwrap().timeout.map(Timeout::seconds), Some(90));
    }

    #[test]
    fn says_what_is_wrong() {
        for (from, to, expected) in [
            ("steps/deploy", "/bin/deploy", "is absolute"),
            ("steps/verify", "../verify", "may leave the bundle"),
            ("demo-release", "-rf", "starts with a letter or a digit"),
            ("10m", "soon", "is not a time limit"),
            ("secrets:", "secret:", "unknown key `secret`"),
            ("deploy: steps/deploy", "", "`steps` lacks `deploy`"),
            (
                "rollback: steps/rollback",
                "",
                "demo-release has `confirm_within`, but no `rollback` step",
            ),
            (
                "{ \"type\": \"object\", \"additionalProperties\": false }",
                "[]",
                "`config` must be an object, found array",
            ),
        ] {
            let said = read(&WHOLE.replace(from, to)).unwrap_err();
            assert!(said.contains(expected), "{to}: {said}");
        }
    }

    #[test]
    fn survives_being_written_and_read_again() {
        let descriptor = read(WHOLE).unwrap();
        let json = serde_json::to_string(&descriptor).unwrap();
        assert_eq!(read(&json).unwrap(), descriptor);
    }
}
