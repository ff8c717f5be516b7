//! What `ddt lint` writes for CI systems, read by the programs and the files that are there for it.

use std::process::{Command, Stdio};

use crate::support::ddt::Workspace;
use crate::support::skip::skip;

const BAD: &str = include_str!("../../fixtures/lint/DDT101/bad.hjson");
const GOOD: &str = include_str!("../../fixtures/lint/DDT101/good.hjson");
const SCHEMA: &str = include_str!("../../fixtures/schemas/junit-10.xsd");
const ACTION: &str = include_str!("../../action.yml");
const HOOKS: &str = include_str!("../../.pre-commit-hooks.yaml");
const CI: &str = include_str!("../../docs/ci.md");

/// A workspace with findings, without any, and with a name that XML has to escape.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("bad.hjson", BAD);
    workspace.write("good.hjson", GOOD);
    workspace.write("<&\"'>\u{7}\n.hjson", BAD.replace("tag", "ta\u{1b}g]]>"));
    workspace
}

fn lint(workspace: &Workspace, arguments: &[&str]) -> String {
    let all = ["lint"].iter().chain(arguments).copied();
    let output = workspace.ddt(all).output().expect("ddt runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The schema is older than the places of cases, which every reader knows by now.
#[test]
fn junit_is_what_its_readers_take() {
    let xmllint = Command::new("xmllint")
        .arg("--version")
        .stderr(Stdio::null())
        .status();
    if xmllint.is_err() {
        return skip("xmllint is not installed (libxml2-utils)");
    }
    let workspace = workspace();
    let places = "<xs:attribute name=\"file\" type=\"xs:string\"/>\
                  <xs:attribute name=\"line\" type=\"xs:positiveInteger\"/>\
                  <xs:attribute name=\"classname\"";
    let schema = SCHEMA.replacen("<xs:attribute name=\"classname\"", places, 1);
    let schema = workspace.write("junit.xsd", schema);
    lint(
        &workspace,
        &[
            "--output",
            "junit=junit.xml",
            "--output",
            "checkstyle=style.xml",
        ],
    );
    let check = |arguments: &[&str]| {
        let output = Command::new("xmllint")
            .arg("--noout")
            .args(arguments)
            .current_dir(workspace.path())
            .output()
            .expect("xmllint runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
    };
    check(&["--schema", schema.to_str().expect("UTF-8"), "junit.xml"]);
    check(&["style.xml"]);
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let workspace = workspace();
    for format in [
        "human", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson",
    ] {
        let print = || lint(&workspace, &["--output", format]);
        assert_eq!(print(), print(), "{format}");
    }
}

#[test]
fn a_ci_is_recognised_by_its_variables() {
    let workspace = workspace();
    let output = workspace
        .ddt(["lint", "bad.hjson"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", workspace.path())
        .output()
        .expect("ddt runs");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(
        said.contains("\n::error title=ddt (DDT101),file=bad.hjson,"),
        "{said}"
    );
}

/// Whatever the action, the hooks and the page on CI type is understood.
#[test]
fn every_flag_of_the_ci_files_is_there() {
    let workspace = Workspace::new();
    let help = |verb: &str| {
        let output = workspace.ddt([verb, "--help"]).output().expect("ddt runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let mut seen = 0;
    for text in [ACTION, HOOKS, CI] {
        for line in text.lines().filter(|line| line.contains("ddt lint ")) {
            let (_, typed) = line.split_once("ddt lint ").expect("a command");
            let end = typed.find(['`', '|', ';']).unwrap_or(typed.len());
            for flag in typed[..end]
                .split(' ')
                .filter_map(|word| word.strip_prefix("--"))
            {
                let flag = flag.split(['=', '"', ')']).next().unwrap_or(flag);
                assert!(help("lint").contains(&format!("--{flag}")), "{line}");
                seen += 1;
            }
        }
    }
    assert!(seen > 5, "the commands were found");
}

/// The script of the action, as a runner of GitHub Actions would start it.
#[test]
fn the_action_annotates_and_names_its_sarif_file() {
    let workspace = workspace();
    let said = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c"])
        .arg(script_of("Lint"))
        .env("BINARY", workspace.ddt([]).get_program())
        .env("SARIF", "lint.sarif")
        .env("PATHS", "bad.hjson good.hjson")
        .env("ARGUMENTS", "--fail-on error")
        .env("GITHUB_OUTPUT", "outputs")
        .current_dir(workspace.path())
        .output()
        .expect("bash runs");
    assert_eq!(said.status.code(), Some(1));
    let annotations = String::from_utf8(said.stdout).expect("UTF-8");
    assert!(
        annotations.starts_with("::error title=ddt (DDT101),file=bad.hjson,"),
        "{annotations}"
    );
    let read = |name| std::fs::read_to_string(workspace.path().join(name)).expect("a file");
    assert_eq!(read("outputs"), "sarif=lint.sarif\n");
    assert!(read("lint.sarif").contains("DDT101"));
}

/// The lines below `run: |` of a step.
fn script_of(step: &str) -> String {
    let (_, text) = ACTION
        .split_once(&format!("- name: {step}\n"))
        .expect("a step");
    let (_, text) = text.split_once("run: |\n").expect("a script");
    let lines = text.lines().take_while(|line| line.starts_with("        "));
    lines.map(|line| format!("{}\n", line.trim())).collect()
}

/// The hooks get names of files behind their entry.
#[test]
fn the_hooks_take_the_files_that_changed() {
    let workspace = workspace();
    let run = |entry: &str| {
        let words = entry.split(' ').skip(1);
        let command = words.chain(["bad.hjson", "good.hjson"]);
        let output = workspace.ddt(command).output().expect("ddt runs");
        output.status.code()
    };
    let entries = HOOKS
        .lines()
        .filter_map(|line| line.trim().strip_prefix("entry: "));
    let codes: Vec<_> = entries.map(|entry| (entry, run(entry))).collect();
    assert_eq!(codes, [("ddt lint", Some(1)), ("ddt fmt", Some(0))]);
}
