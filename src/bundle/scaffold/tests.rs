#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::process::{Command, Output};

use super::*;
use crate::bundle::fixture::resolver;
use crate::node::attempt::StepKind;

struct Scaffolded {
    directory: tempfile::TempDir,
}

impl Scaffolded {
    fn new() -> Self {
        let scaffolded = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        write(&"demo".parse().unwrap(), &scaffolded.path("demo")).unwrap();
        fs::create_dir(scaffolded.path("root")).unwrap();
        scaffolded
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        let root = Utf8Path::from_path(self.directory.path()).unwrap();
        root.join(name)
    }

    fn step(&self, step: &str, tag: &str, from_tag: &str) -> Output {
        Command::new(format!("./steps/{step}"))
            .current_dir(self.path("demo"))
            .env("DDT_ROOT", self.path("root"))
            .env("DDT_BUNDLE", "demo")
            .env("DDT_TAG", tag)
            .env("DDT_FROM_TAG", from_tag)
            .output()
            .unwrap()
    }

    fn succeeds(&self, step: &str, tag: &str, from_tag: &str) {
        let output = self.step(step, tag, from_tag);
        assert!(output.status.success(), "{step}: {output:?}");
    }

    fn installed(&self) -> Option<String> {
        fs::read_to_string(self.path("root/usr/lib/demo/release")).ok()
    }
}

#[test]
fn writes_a_bundle_that_ddt_takes() {
    let scaffolded = Scaffolded::new();
    let resolver = resolver(&scaffolded.path("cache"));
    let bundle = resolver
        .resolve_source_tree(&scaffolded.path("demo"))
        .unwrap();
    assert_eq!(bundle.descriptor.bundle.as_str(), "demo");
    assert!(bundle.descriptor.step(StepKind::Rollback).is_some());
}

#[test]
fn writes_steps_that_work() {
    let scaffolded = Scaffolded::new();
    scaffolded.succeeds("check", "0.1.0", "");
    assert_eq!(fs::read_dir(scaffolded.path("root")).unwrap().count(), 0);
    scaffolded.succeeds("deploy", "0.1.0", "");
    scaffolded.succeeds("deploy", "0.1.0", "");
    scaffolded.succeeds("verify", "0.1.0", "");
    assert!(!scaffolded.step("verify", "0.2.0", "0.1.0").status.success());
    scaffolded.succeeds("deploy", "0.2.0", "0.1.0");
    assert_eq!(scaffolded.installed().as_deref(), Some("0.2.0\n"));
    scaffolded.succeeds("rollback", "0.2.0", "0.1.0");
    assert_eq!(scaffolded.installed().as_deref(), Some("0.1.0\n"));
    scaffolded.succeeds("rollback", "0.1.0", "");
    assert_eq!(scaffolded.installed(), None);
}

#[test]
fn leaves_alone_what_is_there() {
    let scaffolded = Scaffolded::new();
    let again = write(&"demo".parse().unwrap(), &scaffolded.path("demo"));
    let said = again.unwrap_err().to_string();
    let said = said.replace(scaffolded.path("").as_str(), "");
    insta::assert_snapshot!(said, @"demo exists already; choose another name or directory");
}
