//! A release bundle that a test makes up: its source tree, and its entry in a manifest.
//!
//! Every step notes that it ran in the witness of its node, a file outside of the node: what the node's own files say
//! is ddt's word, the witness is not.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// One package at one release, with what its steps do.
#[derive(Debug, Clone)]
pub(crate) struct Release {
    package: String,
    /// The package whose bundle it shares.
    shares: Option<String>,
    tag: String,
    entry: String,
    descriptor: String,
    steps: Vec<(&'static str, String)>,
}

impl Release {
    /// A bundle of the package's name, with all steps but `rollback`, all of which succeed.
    pub(crate) fn new(package: &str, tag: &str) -> Self {
        let installs =
            r#"mkdir -p "$DDT_ROOT/opt" && echo "$DDT_TAG" >"$DDT_ROOT/opt/$DDT_PACKAGE""#;
        let steps = [("check", ""), ("deploy", installs), ("verify", "")];
        Self {
            package: package.to_owned(),
            shares: None,
            tag: tag.to_owned(),
            entry: String::new(),
            descriptor: String::new(),
            steps: steps.map(|(step, body)| (step, body.to_owned())).into(),
        }
    }

    /// Uses the bundle of another package, whose steps it runs.
    pub(crate) fn sharing_bundle_of(mut self, package: &str) -> Self {
        self.shares = Some(package.to_owned());
        self
    }

    /// Is another release of the package.
    pub(crate) fn tag(&mut self, tag: &str) -> &mut Self {
        self.tag = tag.to_owned();
        self
    }

    /// Has one more line in its manifest entry.
    pub(crate) fn entry(&mut self, line: &str) -> &mut Self {
        self.entry.push_str(&format!("          {line}\n"));
        self
    }

    /// Has one more line in its bundle's descriptor.
    pub(crate) fn descriptor(&mut self, line: &str) -> &mut Self {
        self.descriptor.push_str(&format!("{line}\n"));
        self
    }

    /// Does something else in a step, in shell; the step still notes that it ran.
    pub(crate) fn step(&mut self, step: &'static str, body: &str) -> &mut Self {
        self.steps.retain(|(known, _)| *known != step);
        self.steps.push((step, body.to_owned()));
        self
    }

    pub(super) fn package(&self) -> &str {
        &self.package
    }

    /// The entry of a manifest.
    pub(super) fn manifest_entry(&self) -> String {
        let Self {
            package,
            tag,
            entry,
            ..
        } = self;
        format!("        {package}: {{\n          tag: {tag}\n{entry}        }}\n")
    }

    /// Writes the source tree into a directory of bundles; the package that shares another's has none of its own.
    pub(super) fn write(&self, bundles: &Path, witnesses: &Path) {
        if self.shares.is_some() {
            return;
        }
        let tree = bundles.join(&self.package).join(&self.tag);
        fs::create_dir_all(&tree).expect("a directory");
        fs::write(tree.join("bundle.hjson"), self.bundle_descriptor()).expect("a descriptor");
        for (step, body) in &self.steps {
            let path = tree.join(step);
            fs::write(&path, script(step, body, witnesses)).expect("a step");
            fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("permissions");
        }
    }

    fn bundle_descriptor(&self) -> String {
        let Self {
            package,
            tag,
            descriptor,
            ..
        } = self;
        let steps: String = self
            .steps
            .iter()
            .map(|(step, _)| format!("  {step}: {step}\n"))
            .collect();
        format!("bundle: {package}\ntag: {tag}\n{descriptor}steps: {{\n{steps}}}\n")
    }
}

fn script(step: &str, body: &str, witnesses: &Path) -> String {
    let witnesses = witnesses.display();
    format!(
        "#!/bin/sh\nset -eu\n\
         printf '%s %s %s\\n' {step} \"$DDT_PACKAGE\" \"$DDT_TAG\" >>'{witnesses}'/\"$DDT_NODE\"\n\
         {body}\n"
    )
}
