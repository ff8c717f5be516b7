//! Tests of what projects and calls want: settings, baselines, patterns, jobs, statistics.

use super::{BAD, Documents, GOOD};

const MIXED: &str = include_str!("../../../../fixtures/lint/DDT502/bad.hjson");
const SECRET: &str = include_str!("../../../../fixtures/lint/DDT705/bad.hjson");

const CONCISE: [&str; 2] = ["--output", "concise"];

fn concise(documents: &Documents, arguments: &[&str]) -> String {
    documents.lint(&[arguments, &CONCISE].concat())
}

#[test]
fn the_project_says_what_counts_and_the_call_goes_before_it() {
    let settings = "lint: {\n  severity: {\n    DDT502: error\n  }\n  overrides: [\n    {\n      paths: [ \"old\" ]\n      ignore: [ \"DDT502\" ]\n    }\n  ]\n}\n";
    let documents = Documents::new(&[
        ("ddt.hjson", settings),
        ("a.hjson", MIXED),
        ("old/b.hjson", MIXED),
    ]);
    insta::assert_snapshot!(concise(&documents, &["a.hjson", "old"]), @r#"
    a.hjson:15:22: error[DDT502]: `hostos-kernel-patch-release` comes from `mirror.example.net`, others from `registry.example.com`
    exit code 1
    "#);
    insta::assert_snapshot!(
        concise(&documents, &["a.hjson", "old", "--severity", "DDT502=warning"]), @r#"
        a.hjson:15:22: warning[DDT502]: `hostos-kernel-patch-release` comes from `mirror.example.net`, others from `registry.example.com`
        old/b.hjson:15:22: warning[DDT502]: `hostos-kernel-patch-release` comes from `mirror.example.net`, others from `registry.example.com`
        exit code 1
        "#);
    let hardened = &[
        "a.hjson",
        "--profile",
        "hardened",
        "--now",
        "2022-08-01T00:00:00Z",
    ];
    insta::assert_snapshot!(concise(&documents, hardened), @r#"
    a.hjson:7:9: error[DDT701]: `hostos-base-os-sw-release` has no `digest`: its tag may be pushed again
    a.hjson:10:9: error[DDT701]: `hostos-base-net-sw-release` has no `digest`: its tag may be pushed again
    a.hjson:13:9: error[DDT701]: `hostos-kernel-patch-release` has no `digest`: its tag may be pushed again
    a.hjson:15:22: error[DDT502]: `hostos-kernel-patch-release` comes from `mirror.example.net`, others from `registry.example.com`
    exit code 1
    "#);
}

#[test]
fn what_is_unignorable_stays_whatever_is_tried() {
    let suppressed = MIXED.replace(
        "          artifrepo: mirror",
        "          # ddt: ignore[DDT502] they are mirrored\n          artifrepo: mirror",
    );
    let documents = Documents::new(&[
        (
            "ddt.hjson",
            "lint: {\n  unignorable: [ \"mixed-repos\" ]\n}\n",
        ),
        ("a.hjson", &suppressed),
    ]);
    insta::assert_snapshot!(concise(&documents, &["a.hjson"]), @r#"
    a.hjson:15:25: error[DDT903]: `DDT502` cannot be suppressed in this project
    a.hjson:16:22: warning[DDT502]: `hostos-kernel-patch-release` comes from `mirror.example.net`, others from `registry.example.com`
    exit code 1
    "#);
    insta::assert_snapshot!(concise(&documents, &["a.hjson", "--ignore", "DDT502"]), @r#"
    error: DDT502 can be neither ignored nor changed: ddt.hjson says that it is unignorable
    help: 
    exit code 2
    "#);
}

#[test]
fn a_project_that_names_an_unknown_rule_is_wrong_at_that_place() {
    let settings = "lint: {\n  ignore: [ \"mixed-repo\" ]\n  severity: {\n    DDT30: error\n    DDT999: error\n  }\n}\n";
    let documents = Documents::new(&[("ddt.hjson", settings)]);
    insta::assert_snapshot!(concise(&documents, &["ddt.hjson"]), @r#"
    ddt.hjson:1:1: info[DDT110]: the document has no braces around it, which some parsers reject
    ddt.hjson:2:13: error[DDT902]: no rule is called `mixed-repo`; did you mean `mixed-repos`?
    ddt.hjson:5:5: error[DDT902]: no rule is called `DDT999`; did you mean `DDT109`?
    exit code 1
    "#);
}

#[test]
fn a_baseline_hides_what_is_known_and_is_pruned() {
    let documents = Documents::new(&[("a.hjson", MIXED), ("b.hjson", BAD)]);
    let with = |more: &[&str]| {
        concise(
            &documents,
            &[&[".", "--baseline", "known.json"], more].concat(),
        )
    };
    insta::assert_snapshot!(with(&["--write-baseline"]), @r#"
    known.json is written
    exit code 0
    "#);
    insta::assert_snapshot!(with(&[]), @"exit code 0");
    documents.write("a.hjson", GOOD);
    insta::assert_snapshot!(with(&[]), @r#"
    known.json:6:9: warning[DDT905]: `DDT502` at `components.hostos.packages.hostos-kernel-patch-release.artifrepo` of a.hjson is found no more
    exit code 1
    "#);
    insta::assert_snapshot!(with(&["--write-baseline"]), @r#"
    known.json is written
    exit code 0
    "#);
    insta::assert_snapshot!(with(&[]), @"exit code 0");
}

#[test]
fn a_baseline_that_is_not_there_is_wrong() {
    let documents = Documents::new(&[("a.hjson", GOOD)]);
    insta::assert_snapshot!(concise(&documents, &["--baseline", "none.json"]), @r#"
    error: cannot read none.json
    help: correct the path, or make it with --write-baseline
    exit code 2
    "#);
    insta::assert_snapshot!(concise(&documents, &["--write-baseline"]), @r#"
    error: there is no baseline to write
    help: name it with --baseline FILE, or as `lint.baseline` in ddt.hjson
    exit code 2
    "#);
}

#[test]
fn patterns_are_searched_like_directories() {
    let documents = Documents::new(&[
        ("ddt.hjson", "lint: {\n  exclude: [ \"zones/old\" ]\n}\n"),
        (".gitignore", "drafts\n"),
        ("zones/a.hjson", BAD),
        ("zones/deep/b.hjson", BAD),
        ("zones/old/c.hjson", BAD),
        ("zones/drafts/d.hjson", BAD),
    ]);
    insta::assert_snapshot!(concise(&documents, &["zones/**/*.hjson"]), @r#"
    zones/a.hjson:7:11: error[DDT101]: `tag` has no value; it swallowed the next line
    zones/deep/b.hjson:7:11: error[DDT101]: `tag` has no value; it swallowed the next line
    exit code 1
    "#);
    insta::assert_snapshot!(concise(&documents, &["./zones/*.hjson"]), @r#"
    zones/a.hjson:7:11: error[DDT101]: `tag` has no value; it swallowed the next line
    exit code 1
    "#);
    insta::assert_snapshot!(concise(&documents, &["zones"]), @r#"
    zones/a.hjson:7:11: error[DDT101]: `tag` has no value; it swallowed the next line
    zones/deep/b.hjson:7:11: error[DDT101]: `tag` has no value; it swallowed the next line
    exit code 1
    "#);
    insta::assert_snapshot!(concise(&documents, &["zones/old/c.hjson"]), @r#"
    zones/old/c.hjson:7:11: error[DDT101]: `tag` has no value; it swallowed the next line
    exit code 1
    "#);
    insta::assert_snapshot!(concise(&documents, &["zones/*.json"]), @r#"
    error: no file fits `zones/*.json`
    help: name a file, or a directory with `.hjson` files
    exit code 3
    "#);
    insta::assert_snapshot!(concise(&documents, &["none/*.hjson"]), @r#"
    error: no file fits `none/*.hjson`
    help: name a file, or a directory with `.hjson` files
    exit code 3
    "#);
    insta::assert_snapshot!(concise(&documents, &["zones/[a"]), @r#"
    error: this is no pattern of paths
    help: 
    exit code 2
    "#);
}

#[test]
fn any_number_of_jobs_gives_the_same() {
    let names: Vec<String> = (0..50).map(|number| format!("{number:02}.hjson")).collect();
    let files: Vec<(&str, &str)> = names
        .iter()
        .zip([BAD, MIXED, SECRET, GOOD].into_iter().cycle())
        .map(|(name, text)| (name.as_str(), text))
        .collect();
    let documents = Documents::new(&files);
    let one = documents.lint(&["-j", "1"]);
    assert!(one.ends_with("exit code 1"), "{one}");
    for jobs in ["2", "7", "64"] {
        assert_eq!(documents.lint(&["-j", jobs]), one, "{jobs}");
    }
}

#[test]
fn statistics_count_by_rule() {
    let documents = Documents::new(&[("a.hjson", BAD), ("b.hjson", BAD), ("c.hjson", MIXED)]);
    insta::assert_snapshot!(documents.lint(&["--statistics"]), @r#"
         2  DDT101  swallowed-member          error
         1  DDT502  mixed-repos               warning
    exit code 1
    "#);
}

#[test]
fn no_output_repeats_a_credential() {
    let login = "u5er:correct-horse";
    let text = SECRET
        .replace(
            "registry.example.com",
            &format!("{login}@registry.example.com"),
        )
        .replace("deploy:correct-horse", login);
    let suppression = format!("# ddt: ignore[https://{login}@registry.example.com] a slip\n");
    let documents = Documents::new(&[("a.hjson", &(suppression + &text))]);
    for arguments in [["--output", "human"], ["--output", "json"], CONCISE] {
        let said = documents.lint(&arguments);
        assert!(said.contains("DDT705") && said.contains("DDT902"), "{said}");
        assert!(!said.contains("correct-horse"), "{said}");
        assert!(!said.contains("u5er"), "{said}");
    }
}

#[test]
fn standard_input_cannot_be_watched() {
    let documents = Documents::new(&[]);
    insta::assert_snapshot!(documents.lint(&["-", "--watch"]), @r#"
    error: standard input cannot be watched
    help: name files or directories, or leave --watch out
    exit code 2
    "#);
}
