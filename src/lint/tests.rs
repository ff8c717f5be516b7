//! Tests of the rules through whole documents, and of the registry.

use std::fs;

use camino::Utf8PathBuf;
use proptest::prelude::*;

use super::docs::{example_findings, index, page};
use super::output::{concise, detailed, json};
use super::registry::{RULES, rule};
use super::rule::{Check, Given, Rule};
use crate::document::Diagnostic;

/// What ddt says about the sample of the product's source document.
const SAMPLE: &str = include_str!("../../fixtures/lint/sample.hjson");

fn fixtures(rule: &Rule) -> Utf8PathBuf {
    let root = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join("fixtures/lint").join(rule.code)
}

/// A rule for examples that need nothing but the document.
fn any_rule() -> &'static Rule {
    rule("DDT101").expect("there is such a rule")
}

fn lint(text: &str) -> Vec<Diagnostic> {
    example_findings(any_rule(), text)
}

fn codes(found: &[Diagnostic]) -> Vec<&'static str> {
    found.iter().filter_map(|one| one.code).collect()
}

#[test]
fn the_registry_is_sorted_and_complete() {
    let sorted = RULES.windows(2).all(|pair| pair[0].code < pair[1].code);
    assert!(
        sorted,
        "the rules are sorted by code, and every code is there once"
    );
    for entry in RULES {
        assert_eq!(entry.code.len(), 6, "{}", entry.code);
        assert!(rule(entry.code).is_some_and(|found| found.name == entry.name));
        let words = entry.name.chars();
        assert!(
            words
                .clone()
                .all(|one| one.is_ascii_lowercase() || one == '-'),
            "{}",
            entry.name
        );
        let same_name = RULES.iter().filter(|other| other.name == entry.name);
        assert_eq!(same_name.count(), 1, "{}", entry.name);
        let texts = [entry.summary, entry.docs.why, entry.docs.fix];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}", entry.code);
        assert!(!entry.checks.is_empty(), "{}", entry.code);
    }
}

#[test]
fn every_rule_file_is_in_the_registry() {
    let directory = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/lint/rules");
    let mut files: Vec<String> = names_in(&directory);
    files.retain(|file| file != "mod.rs");
    let mut names: Vec<String> = RULES
        .iter()
        .map(|rule| format!("{}.rs", rule.name.replace('-', "_")))
        .collect();
    names.sort();
    assert_eq!(files, names);
}

fn names_in(directory: &camino::Utf8Path) -> Vec<String> {
    let entries = directory.read_dir_utf8().expect("a directory");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_rule_finds_its_bad_example_and_nothing_in_its_good_one() {
    for rule in RULES {
        let bad = example_findings(rule, rule.docs.bad);
        assert!(
            codes(&bad).contains(&rule.code),
            "{}\n{}",
            rule.code,
            detailed(&bad)
        );
        let good = example_findings(rule, rule.docs.good);
        assert_eq!(detailed(&good), "", "{}", rule.code);
    }
}

#[test]
fn every_fixture_is_reported_as_it_should_be() {
    for rule in RULES {
        let directory = fixtures(rule);
        let bad = names_in(&directory)
            .into_iter()
            .filter(|name| name.starts_with("bad"));
        let mut report = String::new();
        for name in bad {
            let text = fs::read_to_string(directory.join(&name)).expect("a fixture");
            let found = example_findings(rule, &text);
            assert!(
                codes(&found).contains(&rule.code),
                "{} {name}\n{}",
                rule.code,
                detailed(&found)
            );
            report.push_str(&format!("== {name}\n{}", detailed(&found)));
        }
        insta::assert_snapshot!(rule.code, report);
    }
}

#[test]
fn an_example_that_needs_something_finds_nothing_without_it() {
    let needy = RULES
        .iter()
        .filter(|rule| !matches!(rule.docs.given, Given::Nothing));
    for rule in needy {
        let found = example_findings(any_rule(), rule.docs.bad);
        assert!(
            !codes(&found).contains(&rule.code),
            "{}\n{}",
            rule.code,
            detailed(&found)
        );
    }
}

#[test]
fn the_sample_has_nothing_but_its_written_order() {
    insta::assert_snapshot!(detailed(&lint(SAMPLE)), @r#"
    info[DDT401]: written order differs from stage order; ddt runs stage order
      at example.hjson:14:9: runs after `hostos-base-os-sw-release`
      at example.hjson:19:9: written below it
      note: ddt runs hostos-boot-release, hostos-config-release, hostos-base-os-sw-release, hostos-base-net-sw-release, hostos-nextgen-os-sw-release, hostos-post-config-release, hostos-kernel-patch-release
      help: write the packages in this order
    "#);
}

#[test]
fn twelve_mistakes_are_twelve_findings() {
    let found = lint(include_str!("../../fixtures/lint/twelve-mistakes.hjson"));
    insta::assert_snapshot!(concise(&found), @r#"
    example.hjson:3:3: error[DDT201]: unknown key `rollouts`
    example.hjson:4:14: error[DDT503]: `artifrepo`: a repo has no scheme; write `registry.example.com/team` without `https://`
    example.hjson:9:11: error[DDT001]: expected `:` after key `tag`
    example.hjson:10:24: error[DDT204]: `forcereboot`: `on` is not yes or no
    example.hjson:12:9: error[DDT205]: unknown package `hostos-confg-release`
    example.hjson:13:23: error[DDT302]: `tag`: `20221316T084253Z` is not a moment that exists: there is no month 13
    example.hjson:16:11: error[DDT101]: `tag` has no value; it swallowed the next line
    example.hjson:20:48: error[DDT102]: `# pinned` is part of the value of `tag`
    example.hjson:23:16: error[DDT308]: `tag`: `latest` is not a release, it moves
    example.hjson:24:31: error[DDT106]: `1.50` is read as the number 1.5
    example.hjson:27:18: error[DDT304]: `tag`: `05` has a leading zero; write `5`
    example.hjson:31:11: error[DDT105]: `tag` is repeated; the one at 30:11 is ignored
    "#);
    let mut codes = codes(&found);
    codes.sort_unstable();
    codes.dedup();
    assert_eq!((found.len(), codes.len()), (12, 12));
}

#[test]
fn a_misread_value_is_reported_at_its_cause_only() {
    let package = |line: &str| {
        format!(
            "{{\n  mzone: m1\n  components: {{\n    hostos: {{\n      packages: {{\n        hostos-kernel-patch-release: {{\n{line}\n          artifrepo: host.example\n        }}\n      }}\n    }}\n  }}\n}}\n"
        )
    };
    for (line, code) in [
        ("tag:", "DDT101"),
        ("tag: 3.1.10-20220622T070711Z_1412be2 # pin", "DDT102"),
        ("tag: 3.1.10-20220622T070711Z_1412be2,", "DDT103"),
        ("tag: #3.1.10-20220622T070711Z_1412be2", "DDT104"),
        ("tag: 3.10", "DDT106"),
        ("\u{a0}tag: 3.1.10-20220622T070711Z_1412be2", "DDT107"),
    ] {
        assert_eq!(codes(&lint(&package(line))), [code], "{line}");
    }
}

#[test]
fn findings_are_sorted_by_place_and_code() {
    let found = lint(include_str!("../../fixtures/lint/twelve-mistakes.hjson"));
    let places = found
        .iter()
        .map(|one| (one.primary().map(|label| label.span.start), one.code));
    assert!(places.is_sorted());
}

#[test]
fn json_holds_everything_a_finding_says() {
    let found = lint(any_rule().docs.bad);
    insta::assert_snapshot!(json(&found, 1).expect("findings are JSON"), @r#"
    {
      "schema": 1,
      "kind": "lint",
      "findings": [
        {
          "code": "DDT101",
          "name": "swallowed-member",
          "severity": "error",
          "message": "`tag` has no value; it swallowed the next line",
          "path": "example.hjson",
          "line": 7,
          "column": 11,
          "end_line": 7,
          "end_column": 14,
          "label": "value missing here",
          "key_path": "components.hostos.packages.hostos-kernel-patch-release.tag",
          "notes": [
            "an HJSON value may start on the following line"
          ],
          "help": "write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`",
          "related": [
            {
              "path": "example.hjson",
              "line": 8,
              "column": 11,
              "end_line": 8,
              "end_column": 47,
              "key_path": "components.hostos.packages.hostos-kernel-patch-release.tag",
              "message": "parsed as the value of `tag`"
            }
          ]
        }
      ],
      "summary": {
        "files": 1,
        "errors": 1,
        "warnings": 0,
        "infos": 0
      }
    }
    "#);
}

#[test]
fn the_pages_of_the_rules_are_up_to_date() {
    let directory = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let mut pages = vec![("README.md".to_owned(), index())];
    pages.extend(
        RULES
            .iter()
            .map(|rule| (format!("{}.md", rule.code), page(rule))),
    );
    if std::env::var_os("UPDATE_DOCS").is_some() {
        for (name, text) in &pages {
            fs::write(directory.join(name), text).expect("a page is written");
        }
    }
    for (name, text) in &pages {
        let committed = fs::read_to_string(directory.join(name)).unwrap_or_default();
        assert_eq!(
            committed, *text,
            "{name} is out of date; run the tests with UPDATE_DOCS=1"
        );
    }
    let mut names: Vec<String> = pages.into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(names_in(&directory), names);
}

/// Pieces of documents, so that random texts get past the parser.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "mzone: m1\n",
        "components: {\n",
        "hostos: {\n",
        "packages: {\n",
        "}\n",
        "{",
        "}",
        "[",
        "]",
        "hostos-boot-release: {\n",
        "hostos-config-release: {\n",
        "tag:",
        " 3.10\n",
        " \n",
        ",",
        "tag: 3.0.6-20220602T124916Z_887ca13\n",
        "artifrepo: host.example/team\n",
        "'x'",
        "\"a\" ",
        "forcereboot: yes\n",
        "# ddt: ignore[DDT1,DDT502]\n",
        "# ddt: ignore-file[x] until=2020-01-01\n",
        "nodes: {\n",
        "groups: {\n",
        "stages: [\n",
        "component: x\n",
        "after: [ x ]\n",
        "\u{a0}",
        "é# ddt: ignore[",
        "requires: [ hostos ]\n",
        "\r\n",
        "'''\n",
        "/*",
        "selector: \"@x\"\n",
    ];
    let piece = prop_oneof![4 => prop::sample::select(words.as_slice().to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,4}"];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_linted_and_every_place_is_inside(text in pieces()) {
        for rule in RULES.iter().filter(|rule| !matches!(rule.docs.given, Given::Nothing)) {
            for one in example_findings(rule, &text) {
                for label in &one.labels {
                    let (start, end) = (label.span.start, label.span.end);
                    let length = label.source.text().len();
                    prop_assert!(start <= end && end <= length, "{one:?}");
                    prop_assert!(label.source.text().is_char_boundary(start), "{one:?}");
                    prop_assert!(label.source.text().is_char_boundary(end), "{one:?}");
                }
                prop_assert!(one.code.and_then(super::rule).is_some(), "{one:?}");
                prop_assert!(!one.labels.is_empty(), "{one:?}");
            }
        }
    }
}

#[test]
fn only_reading_raises_syntax_errors() {
    let syntax = RULES.iter().filter(|rule| !rule.is_ignorable());
    for rule in syntax {
        assert!(matches!(rule.checks, [Check::Reading]), "{}", rule.code);
    }
}
