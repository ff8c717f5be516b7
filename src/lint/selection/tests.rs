//! Tests of who has the first word.

use super::*;
use crate::document::{Document, Severity, Source};
use crate::hjson::Span;
use crate::project::Project;

/// What a project's settings and the arguments of a call make of a finding in a file.
fn level(settings: &str, call: Layer, code: &'static str) -> Option<Severity> {
    let project = Document::<Project>::read(Source::new("ddt.hjson", settings));
    let project = project.expect("a project").value;
    let selection = Selection {
        call,
        ..Selection::of_project(&project.lint, ProjectPaths::new("/p", "/p/zones"))
    };
    let rule = rule(code).expect("a rule");
    let mut finding = Diagnostic::error("x")
        .code(rule.code)
        .severity(rule.severity)
        .at(&Source::new("a.hjson", ""), Span::new(0, 0), "");
    selection.keep(&mut finding).then_some(finding.severity)
}

fn selectors(text: &str) -> Vec<RuleSelector> {
    vec![text.parse().expect("a rule")]
}

#[test]
fn a_rule_counts_as_its_page_says() {
    let plain = |code| level("", Layer::default(), code);
    assert_eq!(plain("DDT502"), Some(Severity::Warning));
    assert_eq!(plain("DDT701"), None);
}

#[test]
fn profiles_switch_on_and_raise() {
    let strict = |code| level("lint: { profile: \"strict\" }", Layer::default(), code);
    assert_eq!(strict("DDT701"), Some(Severity::Info));
    assert_eq!(strict("DDT303"), Some(Severity::Error));
    let hardened = |code| level("lint: { profile: \"hardened\" }", Layer::default(), code);
    assert_eq!(hardened("DDT701"), Some(Severity::Error));
}

#[test]
fn a_level_switches_a_rule_on_and_the_closest_name_counts() {
    let text = "lint: { severity: { DDT7: \"error\", unpinned-digest: \"warning\" } }";
    let stated = |code| level(text, Layer::default(), code);
    assert_eq!(stated("DDT701"), Some(Severity::Warning));
    assert_eq!(stated("DDT705"), Some(Severity::Error));
}

#[test]
fn the_call_goes_before_the_file_and_the_file_before_the_project() {
    let text = "lint: {
      ignore: [ \"DDT501\" ]
      severity: { DDT502: \"error\" }
      overrides: [ { paths: [ \"zones/*\" ], ignore: [ \"DDT502\" ] } ]
    }";
    let by = |call, code| level(text, call, code);
    assert_eq!(by(Layer::default(), "DDT501"), None);
    assert_eq!(by(Layer::default(), "DDT502"), None);
    let select = Layer {
        select: selectors("DDT5"),
        ..Layer::default()
    };
    assert_eq!(by(select.clone(), "DDT501"), Some(Severity::Error));
    assert_eq!(by(select.clone(), "DDT502"), Some(Severity::Error));
    assert_eq!(by(select, "DDT101"), None);
}

#[test]
fn an_override_is_for_its_files_only() {
    let text = "lint: { overrides: [ { paths: [ \"other\" ], ignore: [ \"DDT502\" ] } ] }";
    assert_eq!(
        level(text, Layer::default(), "DDT502"),
        Some(Severity::Warning)
    );
}

#[test]
fn what_is_unignorable_always_counts() {
    let text = "lint: { unignorable: [ \"DDT701\", \"DDT502\" ], ignore: [ \"DDT502\" ] }";
    let ignoring = Layer {
        ignore: selectors("DDT5"),
        ..Layer::default()
    };
    assert_eq!(level(text, ignoring, "DDT502"), Some(Severity::Warning));
    assert_eq!(
        level(text, Layer::default(), "DDT701"),
        Some(Severity::Info)
    );
}
