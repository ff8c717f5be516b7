//! Tests of baselines through whole documents.

use super::*;
use crate::lint::context::Surroundings;
use crate::lint::linter::Linter;
use crate::lint::output::concise;
use crate::lint::subject::{Origin, Subject};

const BAD: &str = include_str!("../../../fixtures/lint/DDT502/bad.hjson");

fn lint(text: &str, selection: &Selection) -> Vec<Diagnostic> {
    let linter = Linter {
        surroundings: &Surroundings::built_in(),
        selection,
    };
    linter.lint(&Subject::recognise(
        "zones/a.hjson",
        text.as_bytes(),
        Origin::Named,
    ))
}

fn written(text: &str, selection: &Selection) -> String {
    let found = lint(text, selection);
    Baseline::write(None, &found, selection, |_| true).expect("JSON")
}

fn read(text: &str) -> Baseline {
    Baseline::read(Source::new("lint-baseline.json", text)).expect("a baseline")
}

#[test]
fn names_files_key_paths_and_rules() {
    insta::assert_snapshot!(written(BAD, &Selection::default()), @r#"
    {
      "schema": 1,
      "files": {
        "zones/a.hjson": {
          "components.hostos.packages.hostos-kernel-patch-release.artifrepo": [
            "DDT502"
          ]
        }
      }
    }
    "#);
}

#[test]
fn holds_when_lines_move_and_reports_what_is_new() {
    let selection = Selection::default();
    let baseline = read(&written(BAD, &selection));
    let moved = BAD.replace("{\n  mzone", "{\n\n  # a comment\n\n  mzone");
    let left = baseline.apply(lint(&moved, &selection), &selection, |_| true);
    assert_eq!(concise(&left), "");
    let worse = BAD.replace("_1b241f2", "_1B241F2");
    let left = baseline.apply(lint(&worse, &selection), &selection, |_| true);
    insta::assert_snapshot!(concise(&left), @"zones/a.hjson:8:40: error[DDT305]: `tag`: `1B241F2` is not a commit: 7 to 64 lower-case hexadecimal digits are expected");
}

#[test]
fn an_entry_that_fits_nothing_is_stale_only_where_its_file_was_looked_at() {
    let selection = Selection::default();
    let baseline = read(&written(BAD, &selection));
    let settled = baseline.apply(Vec::new(), &selection, |_| true);
    insta::assert_snapshot!(concise(&settled), @"lint-baseline.json:6:9: warning[DDT905]: `DDT502` at `components.hostos.packages.hostos-kernel-patch-release.artifrepo` of zones/a.hjson is found no more");
    assert!(baseline.apply(Vec::new(), &selection, |_| false).is_empty());
}

#[test]
fn writing_drops_what_is_stale_and_keeps_what_was_not_looked_at() {
    let selection = Selection::default();
    let text = written(BAD, &selection);
    let before = read(&text);
    let kept = Baseline::write(Some(&before), &[], &selection, |_| false);
    assert_eq!(kept.expect("JSON"), text);
    let pruned = Baseline::write(Some(&before), &[], &selection, |_| true);
    insta::assert_snapshot!(pruned.expect("JSON"), @r#"
    {
      "schema": 1,
      "files": {}
    }
    "#);
}

#[test]
fn what_is_unignorable_is_neither_written_nor_taken_away() {
    let baseline = read(&written(BAD, &Selection::default()));
    let selection = Selection {
        unignorable: vec!["DDT502".parse().expect("a rule")],
        ..Selection::default()
    };
    assert!(!written(BAD, &selection).contains("DDT502"));
    let left = baseline.apply(lint(BAD, &selection), &selection, |_| false);
    assert!(concise(&left).contains("DDT502"), "{}", concise(&left));
}

#[test]
fn another_schema_is_refused_at_its_place() {
    let errors = Baseline::read(Source::new("b.json", "{ \"schema\": 2, \"files\": {} }"));
    let errors = errors.expect_err("another schema");
    insta::assert_snapshot!(concise(&errors), @"b.json:1:13: error[DDT203]: this baseline has schema 2; this ddt knows 1");
}
