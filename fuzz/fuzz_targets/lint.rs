//! Lints and fixes arbitrary bytes as every kind of document, and checks what must hold for every finding.
#![no_main]

use ddt::document::{Diagnostic, Safety};
use ddt::lint::output::{Findings, PathBase, concise, detailed, github, gitlab, junit, rdjson, sarif};
use ddt::lint::{DocumentKind, Layer, Linter, Origin, RULES, RuleSelector, Selection, Subject, Surroundings};
use libfuzzer_sys::fuzz_target;

const PATH: &str = "fuzz.hjson";

const KINDS: [DocumentKind; 6] = [
    DocumentKind::Manifest,
    DocumentKind::Inventory,
    DocumentKind::Component,
    DocumentKind::Bundle,
    DocumentKind::Project,
    DocumentKind::Lock,
];

fuzz_target!(|bytes: &[u8]| {
    let surroundings = Surroundings::built_in();
    let selection = every_rule();
    let linter = Linter {
        surroundings: &surroundings,
        selection: &selection,
    };
    check(&linter, &Subject::recognise(PATH, bytes, Origin::Named));
    for kind in KINDS {
        check(&linter, &Subject::of_kind(PATH, bytes, kind));
    }
});

fn every_rule() -> Selection {
    let call = Layer {
        select: RULES.iter().map(|rule| RuleSelector::One(rule.code)).collect(),
        ..Layer::default()
    };
    Selection {
        call,
        ..Selection::default()
    }
}

fn check(linter: &Linter<'_>, subject: &Subject) {
    let found = linter.lint(subject);
    found.iter().for_each(check_places);
    check_outputs(&found);
    for allowed in [Safety::Safe, Safety::Unsafe] {
        let fixed = linter.fix(subject, allowed);
        fixed.findings.iter().for_each(check_places);
        assert!(fixed.subject.parsed.errors.len() <= subject.parsed.errors.len());
    }
}

/// A finding says where it is, and that is in the document, between characters.
fn check_places(found: &Diagnostic) {
    assert!(!found.labels.is_empty(), "{found:?}");
    for label in &found.labels {
        let text = label.source.text();
        assert!(text.get(label.span.start..label.span.end).is_some(), "{found:?}");
    }
}

fn check_outputs(found: &[Diagnostic]) {
    let base = PathBase {
        working_directory: "/project".into(),
        repository: "/project".into(),
    };
    let findings = Findings {
        files: &[PATH.into()],
        diagnostics: found,
        base: &base,
    };
    assert_eq!(concise(found).is_empty(), found.is_empty());
    detailed(found);
    github(&findings);
    gitlab(&findings).expect("a report");
    junit(&findings).expect("a report");
    rdjson(&findings).expect("a report");
    sarif(&findings).expect("a report");
}
