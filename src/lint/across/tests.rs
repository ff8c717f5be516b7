//! Tests of what is found across documents.

use crate::lint::output::concise;
use crate::lint::{Layer, Linter, Origin, Selection, Subject, Surroundings};

/// A manifest of one zone and one package.
fn manifest(mzone: &str, tag: &str) -> String {
    include_str!("../../../fixtures/lint/DDT101/good.hjson")
        .replace("mzone7204", mzone)
        .replace("3.1.10-20220622T070711Z_1412be2", tag)
}

fn lint(documents: &[(&str, String)], selection: &Selection) -> String {
    let subjects = documents
        .iter()
        .map(|(path, text)| Subject::recognise(path, text.as_bytes(), Origin::Named));
    let subjects: Vec<Subject> = subjects.collect();
    let surroundings = Surroundings::built_in();
    let linter = Linter {
        surroundings: &surroundings,
        selection,
    };
    concise(&linter.lint_all(&subjects))
}

fn said(documents: &[(&str, String)]) -> String {
    lint(documents, &Selection::default())
}

const ONE: &str = "3.1.10-20220622T070711Z_1412be2";
const OTHER: &str = "3.1.10-20220710T081245Z_5e0d9aa";

#[test]
fn manifests_that_agree_are_left_alone() {
    let agreeing = [
        ("a.hjson", manifest("m1", ONE)),
        ("b.hjson", manifest("m1", ONE)),
        ("c.hjson", manifest("m2", ONE)),
        ("d.hjson", manifest("m3", "3.1.11-20220710T081245Z_5e0d9aa")),
    ];
    assert_eq!(said(&agreeing), "");
    assert_eq!(said(&[]), "");
}

#[test]
fn each_further_commit_is_said_once_where_it_is_seen_first() {
    let documents = [
        ("a.hjson", manifest("m1", ONE)),
        ("b.hjson", manifest("m2", OTHER)),
        ("c.hjson", manifest("m3", OTHER)),
        ("d.hjson", manifest("m4", "3.1.10-20220711T081245Z_77ab01c")),
        ("e.hjson", manifest("m5", ONE)),
    ];
    insta::assert_snapshot!(said(&documents), @r#"
    b.hjson:7:16: error[DDT307]: `hostos-kernel-patch-release` 3.1.10 is of commit 5e0d9aa and of commit 1412be2
    d.hjson:7:16: error[DDT307]: `hostos-kernel-patch-release` 3.1.10 is of commit 77ab01c and of commit 1412be2
    "#);
}

#[test]
fn a_commit_with_two_versions_is_seen_across_manifests() {
    let documents = [
        ("a.hjson", manifest("m1", ONE)),
        ("b.hjson", manifest("m2", "3.1.11-20220622T070711Z_1412be2")),
        ("c.hjson", manifest("m3", "3.1.11-20220622T070711Z_1412be2")),
    ];
    insta::assert_snapshot!(said(&documents), @"b.hjson:7:16: warning[DDT306]: commit 1412be2 is 3.1.10 and 3.1.11");
}

#[test]
fn every_manifest_that_differs_from_the_first_of_its_zone_is_named() {
    let newer = "3.1.11-20220710T081245Z_5e0d9aa";
    let documents = [
        ("a.hjson", manifest("m1", ONE)),
        ("b.hjson", manifest("m1", newer)),
        ("c.hjson", manifest("m1", ONE)),
        ("d.hjson", manifest("m1", newer)),
    ];
    insta::assert_snapshot!(said(&documents), @r#"
    b.hjson:2:10: error[DDT506]: another manifest wants other tags in `m1`
    d.hjson:2:10: error[DDT506]: another manifest wants other tags in `m1`
    "#);
}

#[test]
fn what_is_found_across_documents_can_be_suppressed_and_selected() {
    let suppressed = |code: &str| {
        let comment = format!("# ddt: ignore[{code}] built twice\n          tag:");
        manifest("m2", OTHER).replace("tag:", &comment)
    };
    let first = ("a.hjson", manifest("m1", ONE));
    assert_eq!(
        said(&[first.clone(), ("b.hjson", suppressed("DDT307"))]),
        ""
    );
    // A suppression that is of no use here may be of use in a call with more manifests.
    insta::assert_snapshot!(said(&[first.clone(), ("b.hjson", suppressed("DDT506"))]), @r#"
    b.hjson:8:16: error[DDT307]: `hostos-kernel-patch-release` 3.1.10 is of commit 5e0d9aa and of commit 1412be2
    "#);
    let ignoring = Selection {
        call: Layer {
            ignore: vec!["DDT307".parse().expect("a rule")],
            ..Layer::default()
        },
        ..Selection::default()
    };
    let documents = [first, ("b.hjson", manifest("m2", OTHER))];
    assert_eq!(lint(&documents, &ignoring), "");
}

#[test]
fn a_document_that_lost_its_structure_is_compared_with_nothing() {
    let whole = manifest("m2", OTHER);
    let broken = whole.trim_end().trim_end_matches('}').to_owned();
    let documents = [("a.hjson", manifest("m1", ONE)), ("b.hjson", broken)];
    insta::assert_snapshot!(said(&documents), @"b.hjson:1:1: error[DDT002]: `{` opened at 1:1 never closes");
}
