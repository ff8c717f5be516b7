//! Tests of what nobody writes as a document of a zone: the project's own configuration, and the lock file.

use std::fs;

use super::{Documents, GOOD};
use crate::cli;
use crate::lint::output::detailed;
use crate::lint::{Linter, Origin, Selection, Subject, Surroundings};

const CONCISE: [&str; 2] = ["--output", "concise"];
const LOCK: &str = include_str!("../../../../fixtures/lint/DDT706/good.hjson");
const EDITED: &str = include_str!("../../../../fixtures/lint/DDT706/bad.hjson");

#[test]
fn wrong_defaults_are_findings_also_where_nobody_named_the_project() {
    let defaults = "{\n  defaults: {\n    bundel: {}\n    \"bundle prune\": {\n      keep: lots\n    }\n    \"bundle prun\": {}\n    plan: {\n      jsno: true\n    }\n  }\n}\n";
    let documents = Documents::new(&[("ddt.hjson", defaults), ("zones/m.hjson", GOOD)]);
    let said = documents.lint(&["ddt.hjson"]);
    insta::assert_snapshot!("wrong_defaults", said);
    assert_eq!(
        documents.lint(&["zones"]).lines().last(),
        said.lines().last()
    );
    let from_here = documents.lint(&["./ddt.hjson"]);
    assert_eq!(from_here.replace("./", ""), said);
    documents.lint(&["zones", "--fix", "--unsafe-fixes"]);
    assert_eq!(documents.read("ddt.hjson"), defaults);
    documents.lint(&["ddt.hjson", "--fix", "--unsafe-fixes"]);
    insta::assert_snapshot!("wrong_defaults_fixed", documents.read("ddt.hjson"));
}

#[test]
fn defaults_that_can_be_are_none() {
    let defaults = "{\n  defaults: {\n    lint: {\n      output: [\n        concise\n        sarif=x\n      ]\n      fail-on: info\n    }\n    \"bundle prune\": {\n      keep: 2G\n    }\n  }\n}\n";
    let documents = Documents::new(&[("ddt.hjson", defaults)]);
    insta::assert_snapshot!(documents.lint(&["ddt.hjson"]), @r#"
    1 file, no findings
    exit code 0
    "#);
}

/// The rule's page and snapshot are made with a part of the command line.
#[test]
fn the_examples_of_wrong_defaults_are_true_of_the_whole_command_line() {
    let surroundings = Surroundings {
        command_line: Some(cli::command),
        ..Surroundings::default()
    };
    let linter = Linter {
        surroundings: &surroundings,
        selection: &Selection::default(),
    };
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lint/DDT209");
    let entries = fs::read_dir(directory).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> = paths.collect();
    paths.sort();
    let mut report = String::new();
    for path in paths {
        let name = path.file_name().expect("a name").to_string_lossy();
        let text = fs::read(&path).expect("a fixture");
        let found = linter.lint(&Subject::recognise("ddt.hjson", &text, Origin::Named));
        assert_eq!(found.is_empty(), !name.starts_with("bad"), "{name}");
        if !found.is_empty() {
            report.push_str(&format!("== {name}\n{}", detailed(&found)));
        }
    }
    let shown = include_str!("../../../lint/snapshots/ddt__lint__tests__DDT209.snap");
    assert!(shown.ends_with(&report), "{report}");
}

#[test]
fn a_lock_file_is_checked_as_one() {
    let documents = Documents::new(&[("good/ddt.lock", LOCK), ("bad/ddt.lock", EDITED)]);
    insta::assert_snapshot!(documents.lint(&["good/ddt.lock"]), @r#"
    1 file, no findings
    exit code 0
    "#);
    insta::assert_snapshot!("edited_lock", documents.lint(&["bad/ddt.lock"]));
    let fixed = documents.lint(
        &[
            &["**/ddt.lock", "--fix", "--unsafe-fixes"],
            CONCISE.as_slice(),
        ]
        .concat(),
    );
    insta::assert_snapshot!(fixed, @r#"
    bad/ddt.lock:9:1: error[DDT706]: the lock file is not usable: it was changed by something else than `ddt lock`, at line 9
    exit code 1
    "#);
    assert_eq!(documents.read("bad/ddt.lock"), EDITED);
}

#[test]
fn a_lock_file_in_other_bytes_is_none() {
    let utf_16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let cases = [
        ("byte order mark", format!("\u{feff}{LOCK}").into_bytes()),
        ("carriage returns", LOCK.replace('\n', "\r\n").into_bytes()),
        ("UTF-16", utf_16(&format!("\u{feff}{LOCK}"))),
        ("no end", LOCK.trim_end().as_bytes().to_vec()),
        ("not UTF-8", LOCK.bytes().map(|byte| byte | 0x80).collect()),
        ("written for a zone", GOOD.as_bytes().to_vec()),
    ];
    let documents = Documents::new(&[]);
    let said = cases.map(|(case, bytes)| {
        fs::write(documents.path().join("ddt.lock"), bytes).expect("a file");
        let said = documents.lint(&["ddt.lock", "--output", "concise"]);
        format!("{case}: {said}\n")
    });
    insta::assert_snapshot!("lock_in_other_bytes", said.concat());
}
