//! Tests of the verb on real files.

use std::fs;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Parser;
use tempfile::TempDir;

use super::LintArgs;
use crate::cli::context::{Context, Environment};
use crate::document::{Document, Source};
use crate::project::Project;
use crate::report::ColorChoice;

mod policy;
mod project;

pub(super) const GOOD: &str = include_str!("../../../fixtures/lint/DDT101/good.hjson");
pub(super) const BAD: &str = include_str!("../../../fixtures/lint/DDT101/bad.hjson");
const INFO: &str = include_str!("../../../fixtures/lint/sample.hjson");

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    lint: LintArgs,
}

/// A directory with documents.
pub(super) struct Documents {
    root: TempDir,
    pub(super) environment: Environment,
}

impl Documents {
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let root = TempDir::new().expect("a directory");
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, text).expect("a document");
        }
        Self {
            root,
            environment: |_| None,
        }
    }

    /// Changes a document.
    fn write(&self, path: &str, text: &str) {
        fs::write(self.root.path().join(path), text).expect("a document");
    }

    /// What the verb prints, how it ends, and what is said where it fails.
    pub(super) fn lint(&self, arguments: &[&str]) -> String {
        let line = ["lint"].iter().chain(arguments);
        let line = match Line::try_parse_from(line) {
            Ok(line) => line,
            Err(error) => return format!("{error}exit code 2"),
        };
        let mut out = Vec::new();
        let ended = line.lint.run(&self.context(), &mut out);
        let printed = String::from_utf8(out).expect("text");
        match ended {
            Ok(code) => format!("{printed}exit code {}", code.number()),
            Err(failure) => {
                let help = failure.help.clone().unwrap_or_default();
                let code = failure.kind.exit_code().number();
                format!("{printed}error: {failure}\nhelp: {help}\nexit code {code}")
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.root.path()
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect("a file")
    }

    /// `components`, if there is such a directory.
    fn component_directories(&self) -> Vec<Utf8PathBuf> {
        let path = Utf8PathBuf::from("components");
        let exists = self.root.path().join(&path).is_dir();
        exists.then_some(path).into_iter().collect()
    }

    /// What `ddt.hjson` says, if there is one.
    fn project(&self) -> Project {
        match fs::read_to_string(self.root.path().join("ddt.hjson")) {
            Ok(text) => {
                let document = Document::read(Source::new("ddt.hjson", text));
                document.expect("a project").value
            }
            Err(_) => Project {
                components: self.component_directories(),
                ..Project::default()
            },
        }
    }

    fn context(&self) -> Context {
        let root: Utf8PathBuf = Utf8Path::from_path(self.root.path())
            .expect("UTF-8")
            .to_owned();
        Context {
            project: self.project(),
            project_directory: root.clone(),
            state_dir: root.join(".ddt"),
            logs_dir: root.join("deploy_logs"),
            color: ColorChoice::Never,
            environment: self.environment,
            working_directory: root,
        }
    }
}

#[test]
fn a_directory_is_walked_in_order_without_what_nobody_wrote() {
    let documents = Documents::new(&[
        ("b/bad.hjson", BAD),
        ("a.hjson", BAD),
        ("good.hjson", GOOD),
        ("foreign.hjson", "{ editor: { font: \"mono\" } }\n"),
        ("target/out.hjson", BAD),
        (".hidden/x.hjson", BAD),
        ("notes.txt", BAD),
    ]);
    insta::assert_snapshot!(documents.lint(&["--output", "concise"]), @r#"
    a.hjson:7:11: error[DDT101]: `tag` has no value; it swallowed the next line
    b/bad.hjson:7:11: error[DDT101]: `tag` has no value; it swallowed the next line
    exit code 1
    "#);
}

#[test]
fn the_exit_code_follows_the_worst_finding() {
    let documents = Documents::new(&[
        ("good.hjson", GOOD),
        ("info.hjson", INFO),
        ("bad.hjson", BAD),
    ]);
    let code = |arguments: &[&str]| {
        let said = documents.lint(arguments);
        said.rsplit(' ').next().map(str::to_owned)
    };
    assert_eq!(code(&["good.hjson"]).as_deref(), Some("0"));
    assert_eq!(code(&["info.hjson"]).as_deref(), Some("0"));
    assert_eq!(
        code(&["info.hjson", "--fail-on", "info"]).as_deref(),
        Some("1")
    );
    assert_eq!(code(&["bad.hjson"]).as_deref(), Some("1"));
    assert_eq!(
        code(&["bad.hjson", "--ignore", "DDT101"]).as_deref(),
        Some("0")
    );
    assert_eq!(
        code(&["bad.hjson", "--select", "DDT3"]).as_deref(),
        Some("0")
    );
    assert_eq!(
        code(&["bad.hjson", "--severity", "DDT101=info"]).as_deref(),
        Some("0")
    );
    assert_eq!(code(&["."]).as_deref(), Some("1"));
}

#[test]
fn what_is_not_there_is_no_input() {
    let documents = Documents::new(&[("notes.txt", "")]);
    insta::assert_snapshot!(documents.lint(&["missing.hjson"]), @r#"
    error: there is no file or directory `missing.hjson`
    help: name a file, or a directory with `.hjson` files
    exit code 3
    "#);
    insta::assert_snapshot!(documents.lint(&[]), @r#"
    error: there is no `.hjson` file to lint
    help: name a file, or a directory with `.hjson` files
    exit code 3
    "#);
}

#[test]
fn a_rule_that_does_not_exist_is_a_wrong_call() {
    let documents = Documents::new(&[("good.hjson", GOOD)]);
    insta::assert_snapshot!(documents.lint(&["--ignore", "swalowed-member"]), @r#"
    error: invalid value 'swalowed-member' for '--ignore <RULE>': no rule is called `swalowed-member`; did you mean `swallowed-member`?

    For more information, try '--help'.
    exit code 2
    "#);
    insta::assert_snapshot!(documents.lint(&["--severity", "DDT101=fatal"]), @r#"
    error: invalid value 'DDT101=fatal' for '--severity <RULE=LEVEL>': `fatal` is not error, warning or info

    For more information, try '--help'.
    exit code 2
    "#);
    insta::assert_snapshot!(documents.lint(&["--ignore", "DDT001"]), @r#"
    error: DDT001 can be neither ignored nor changed: nothing else can be said of a text that is not HJSON
    help: 
    exit code 2
    "#);
}

#[test]
fn a_document_that_ddt_does_not_know_is_an_error_only_where_it_is_named() {
    let documents = Documents::new(&[
        ("some/foreign.hjson", "{ editor: { font: \"mono\" } }\n"),
        ("some/empty.hjson", ""),
    ]);
    let concise = |paths: &[&str]| documents.lint(&[paths, &["--output", "concise"]].concat());
    insta::assert_snapshot!(concise(&["some"]), @r#"exit code 0"#);
    insta::assert_snapshot!(concise(&["some/foreign.hjson", "some/empty.hjson"]), @r#"
    some/empty.hjson:1:1: error[DDT207]: the document is empty
    some/foreign.hjson:1:1: error[DDT203]: this is no document that ddt knows
    exit code 1
    "#);
}

#[test]
fn a_project_may_say_nothing() {
    let documents = Documents::new(&[("ddt.hjson", ""), ("sub/ddt.hjson", "mirrors: {}\n")]);
    let said = documents.lint(&[".", "--output", "concise"]);
    insta::assert_snapshot!(said, @r#"
    sub/ddt.hjson:1:1: info[DDT110]: the document has no braces around it, which some parsers reject
    sub/ddt.hjson:1:1: error[DDT201]: unknown key `mirrors`
    exit code 1
    "#);
}

#[test]
fn people_see_the_lines_that_are_meant() {
    let documents = Documents::new(&[("bad.hjson", BAD)]);
    insta::assert_snapshot!(documents.lint(&["bad.hjson"]), @r#"
    error[DDT101]: `tag` has no value; it swallowed the next line
       ╭─[bad.hjson:7:11]
     6 │         hostos-kernel-patch-release: {
     7 │           tag:
       ·           ─┬─
       ·            ╰── value missing here
     8 │           artifrepo: registry.example.com/team
       ·           ──────────────────┬─────────────────
       ·                             ╰── parsed as the value of `tag`
     9 │         }
       ╰────
      note: an HJSON value may start on the following line
      help: write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`

    1 error
    exit code 1
    "#);
    let documents = Documents::new(&[("good.hjson", GOOD)]);
    insta::assert_snapshot!(documents.lint(&["good.hjson"]), @r#"
    1 file, no findings
    exit code 0
    "#);
}

#[test]
fn definitions_that_are_linted_too_define_their_components() {
    let definition = include_str!("../../../fixtures/lint/DDT408/good.hjson");
    let manifest = "{\n  mzone: m1\n  artifrepo: host.example\n  components: {\n    agent: {\n      packages: {\n        agent-release: {\n          tag: 1.0.0-20220622T070711Z_1412be2\n        }\n      }\n    }\n  }\n}\n";
    let documents = Documents::new(&[("agent.hjson", definition), ("m.hjson", manifest)]);
    insta::assert_snapshot!(documents.lint(&["m.hjson", "--output", "concise"]), @r#"
    m.hjson:5:5: error[DDT205]: unknown component `agent`
    exit code 1
    "#);
    insta::assert_snapshot!(documents.lint(&["m.hjson", "agent.hjson"]), @r#"
    2 files, no findings
    exit code 0
    "#);
}

#[test]
fn a_broken_definition_of_the_project_is_reported_at_its_place() {
    let definition = include_str!("../../../fixtures/lint/DDT408/good.hjson");
    let documents = Documents::new(&[
        ("m.hjson", GOOD),
        (
            "components/agent.hjson",
            &definition.replace("ready:", "raedy:"),
        ),
    ]);
    insta::assert_snapshot!(documents.lint(&["m.hjson", "--output", "concise"]), @r#"
    components/agent.hjson:6:3: error[DDT201]: unknown key `raedy`
    exit code 1
    "#);
}

#[test]
fn inventories_and_new_nodes_are_looked_at_when_they_are_given() {
    let inventory = include_str!("../../../fixtures/lint/DDT505/inventory.hjson");
    let manifest = GOOD.replace("mzone7204", "mzone7240");
    let documents = Documents::new(&[("m.hjson", &manifest), ("inventory.hjson", inventory)]);
    let said = documents.lint(&[
        "m.hjson",
        "--inventory",
        "inventory.hjson",
        "--fresh",
        "--output",
        "concise",
    ]);
    insta::assert_snapshot!(said, @r#"
    m.hjson:2:10: error[DDT505]: `mzone7240` is in no inventory
    m.hjson:5:7: error[DDT402]: a fresh deployment of `hostos` lacks hostos-boot-release, hostos-config-release, hostos-base-os-sw-release, hostos-base-net-sw-release, hostos-nextgen-os-sw-release, hostos-post-config-release
    exit code 1
    "#);
}

#[test]
fn a_rule_is_explained_by_code_or_name() {
    let documents = Documents::new(&[]);
    let page = documents.lint(&["--explain", "DDT101"]);
    assert!(page.starts_with("# DDT101 swallowed-member\n"), "{page}");
    assert_eq!(page, documents.lint(&["--explain", "swallowed-member"]));
}

/// One finding that is fixed safely, and one that is guessed.
const MENDABLE: &str =
    "{\n  mzone: 'm1'\n  # where from\n  artifrepos: host.example\n  components: { }\n}\n";

#[test]
fn what_can_be_fixed_is_said_and_fixed_where_that_is_asked_for() {
    let documents = Documents::new(&[("m.hjson", MENDABLE), ("good.hjson", GOOD)]);
    let last = |said: String| {
        let mut lines: Vec<&str> = said.lines().rev().take(3).collect();
        lines.reverse();
        lines.join("\n")
    };
    let text = || fs::read_to_string(documents.root.path().join("m.hjson")).expect("a text");
    insta::assert_snapshot!(last(documents.lint(&["."])), @r#"
    1 error, 1 warning
    1 fixable with --fix, 1 more with --unsafe-fixes
    exit code 1
    "#);
    insta::assert_snapshot!(last(documents.lint(&[".", "--unsafe-fixes"])), @r#"
    1 error, 1 warning
    2 fixable with --fix --unsafe-fixes
    exit code 1
    "#);
    assert_eq!(text(), MENDABLE, "nothing was asked for");
    insta::assert_snapshot!(documents.lint(&[".", "--fix"]), @r#"
    error[DDT201]: unknown key `artifrepos`
       ╭─[m.hjson:4:3]
     3 │   # where from
     4 │   artifrepos: host.example
       ·   ──────────
     5 │   components: { }
       ╰────
      help: did you mean `artifrepo`?

    1 error
    fixed 1 finding in 1 file
    1 fixable with --fix --unsafe-fixes
    exit code 1
    "#);
    assert_eq!(text(), MENDABLE.replace('\'', "\""));
    insta::assert_snapshot!(documents.lint(&[".", "--fix", "--unsafe-fixes"]), @r#"
    2 files, no findings
    fixed 1 finding in 1 file
    exit code 0
    "#);
    assert_eq!(
        text(),
        MENDABLE.replace('\'', "\"").replace("repos", "repo")
    );
    insta::assert_snapshot!(documents.lint(&[".", "--fix"]), @r#"
    2 files, no findings
    exit code 0
    "#);
}

#[test]
fn a_diff_shows_what_would_change_and_changes_nothing() {
    let documents = Documents::new(&[("m.hjson", MENDABLE), ("good.hjson", GOOD)]);
    insta::assert_snapshot!(documents.lint(&[".", "--diff"]), @r#"
    --- m.hjson
    +++ m.hjson
    @@ -1,5 +1,5 @@
     {
    -  mzone: 'm1'
    +  mzone: "m1"
       # where from
       artifrepos: host.example
       components: { }
    exit code 1
    "#);
    insta::assert_snapshot!(documents.lint(&[".", "--fix", "--diff", "--unsafe-fixes"]), @r#"
    --- m.hjson
    +++ m.hjson
    @@ -1,6 +1,6 @@
     {
    -  mzone: 'm1'
    +  mzone: "m1"
       # where from
    -  artifrepos: host.example
    +  artifrepo: host.example
       components: { }
     }
    exit code 1
    "#);
    insta::assert_snapshot!(documents.lint(&["good.hjson", "--diff"]), @"exit code 0");
    let text = fs::read_to_string(documents.root.path().join("m.hjson"));
    assert_eq!(text.expect("a text"), MENDABLE);
}

#[test]
fn a_definition_that_nobody_named_is_not_changed() {
    let definition = include_str!("../../../fixtures/lint/DDT205/bad-component.hjson");
    let broken = definition.replace("ready:", "raedy:");
    let documents = Documents::new(&[("m.hjson", GOOD), ("components/agent.hjson", &broken)]);
    let said = documents.lint(&["m.hjson", "--fix", "--unsafe-fixes", "--output", "concise"]);
    insta::assert_snapshot!(said, @r#"
    components/agent.hjson:6:3: error[DDT201]: unknown key `raedy`
    exit code 1
    "#);
    let text = fs::read_to_string(documents.root.path().join("components/agent.hjson"));
    assert_eq!(text.expect("a text"), broken);
}
