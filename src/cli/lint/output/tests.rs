//! Tests of where findings go, on real files.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

use super::super::tests::{BAD, Documents, GOOD};
use crate::cli::context::Environment;

#[test]
fn several_formats_come_from_one_run() {
    let documents = Documents::new(&[("bad.hjson", BAD), ("good.hjson", GOOD)]);
    let said = documents.lint(&[
        "--output",
        "concise",
        "--output",
        "junit=junit.xml",
        "--output=sarif=lint.sarif",
    ]);
    insta::assert_snapshot!(said, @r#"
    bad.hjson:7:11: error[DDT101]: `tag` has no value; it swallowed the next line
    exit code 1
    "#);
    assert!(documents.read("junit.xml").starts_with("<?xml "));
    assert!(documents.read("lint.sarif").contains("\"2.1.0\""));
    let human = documents.lint(&["--output", "human=report.txt"]);
    assert_eq!(human, "exit code 1");
    assert!(documents.read("report.txt").contains("1 error"));
}

#[test]
fn every_format_can_be_printed() {
    let documents = Documents::new(&[("bad.hjson", BAD)]);
    let formats = "human concise json jsonl sarif github gitlab junit rdjson azure checkstyle";
    for format in formats.split(' ') {
        let said = documents.lint(&["--output", format]);
        let ended = said.strip_suffix("exit code 1");
        assert!(
            ended.is_some_and(|text| text.contains("DDT101")),
            "{format}: {said}"
        );
    }
}

#[test]
fn outputs_that_would_overwrite_each_other_are_refused() {
    let documents = Documents::new(&[("bad.hjson", BAD)]);
    insta::assert_snapshot!(documents.lint(&["--output", "json", "--output", "sarif"]), @r#"
    error: json and sarif would both go to standard output
    help: give each a place of its own: `--output sarif=FILE`
    exit code 2
    "#);
    let twice = ["--output", "json=x", "--output", "sarif=x"];
    insta::assert_snapshot!(documents.lint(&twice), @r#"
    error: json and sarif would both go to x
    help: give each a place of its own: `--output sarif=FILE`
    exit code 2
    "#);
    insta::assert_snapshot!(documents.lint(&["--output", "xml"]), @r#"
    error: invalid value 'xml' for '--output <FORMAT[=FILE]>': `xml` is none of human, concise, json, jsonl, sarif, github, gitlab, junit, rdjson, azure, checkstyle

    For more information, try '--help'.
    exit code 2
    "#);
    insta::assert_snapshot!(documents.lint(&["--output", "sarif="]), @r#"
    error: invalid value 'sarif=' for '--output <FORMAT[=FILE]>': expected the name of a file behind `=`

    For more information, try '--help'.
    exit code 2
    "#);
    let nowhere = documents.lint(&["--output", "sarif=no/where.sarif"]);
    insta::assert_snapshot!(nowhere, @r#"
    error: cannot write no/where.sarif
    help: name a file in a directory that exists and can be written to
    exit code 1
    "#);
}

#[test]
fn the_format_does_not_change_the_exit_code_and_a_flag_does() {
    let documents = Documents::new(&[("bad.hjson", BAD)]);
    let ends = |arguments: &[&str]| documents.lint(arguments).ends_with("exit code 0");
    assert!(!ends(&["--output", "sarif"]));
    assert!(ends(&["--output", "sarif", "--exit-zero"]));
}

#[test]
fn a_file_is_replaced_whole_and_a_link_or_device_is_kept() {
    let documents = Documents::new(&[("good.hjson", GOOD), ("real.txt", "old")]);
    let root = documents.path();
    symlink("real.txt", root.join("link.txt")).expect("a link");
    symlink("/dev/null", root.join("null.txt")).expect("a link");
    let before = fs::read_dir(root).expect("a directory").count();
    for file in ["concise=link.txt", "concise=null.txt"] {
        assert_eq!(documents.lint(&["--output", file]), "exit code 0");
    }
    assert!(root.join("link.txt").is_symlink());
    assert_eq!(documents.read("real.txt"), "");
    let null = fs::metadata("/dev/null").expect("a device").file_type();
    assert!(null.is_char_device());
    assert_eq!(fs::read_dir(root).expect("a directory").count(), before);
    let mode = fs::metadata(root.join("real.txt"))
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o600, 0o600);
}

#[test]
fn a_ci_gets_its_annotations_behind_what_people_read() {
    let github: Environment = |name| (name == "GITHUB_ACTIONS").then(|| "true".to_owned());
    let azure: Environment = |name| (name == "TF_BUILD").then(|| "True".to_owned());
    for (environment, start) in [(github, "::error "), (azure, "##vso[task.logissue ")] {
        let mut documents = Documents::new(&[("bad.hjson", BAD)]);
        documents.environment = environment;
        let said = documents.lint(&[]);
        assert!(said.starts_with("error[DDT101]"), "{said}");
        assert_eq!(
            said.lines().filter(|line| line.starts_with(start)).count(),
            1,
            "{said}"
        );
        let said = documents.lint(&["--output", "human"]);
        assert!(
            !said.contains(start),
            "only where no output is asked for: {said}"
        );
    }
}

#[test]
fn gitlab_gets_a_report_beside_what_people_read() {
    let mut documents = Documents::new(&[("bad.hjson", BAD)]);
    documents.environment = |name| (name == "GITLAB_CI").then(|| "true".to_owned());
    let said = documents.lint(&[]);
    assert!(said.starts_with("error[DDT101]"), "{said}");
    let report = documents.read("gl-code-quality-report.json");
    assert!(report.contains("\"path\": \"bad.hjson\""), "{report}");
    fs::remove_file(documents.path().join("gl-code-quality-report.json")).expect("a file");
    fs::create_dir(documents.path().join("gl-code-quality-report.json")).expect("a directory");
    assert_eq!(
        documents.lint(&[]),
        said,
        "a report that nobody asked for fails nothing"
    );
}

#[test]
fn paths_begin_at_the_top_of_the_repository_in_a_ci() {
    let mut documents = Documents::new(&[("bad.hjson", BAD)]);
    documents.environment = |name| match name {
        "GITHUB_ACTIONS" => Some("true".to_owned()),
        "GITHUB_WORKSPACE" => std::env::temp_dir().to_str().map(str::to_owned),
        _ => None,
    };
    let top = documents.path().file_name().and_then(|name| name.to_str());
    let expected = format!("file={}/bad.hjson", top.expect("a name"));
    let said = documents.lint(&["--output", "github"]);
    assert!(said.contains(&expected), "{said}");
}
