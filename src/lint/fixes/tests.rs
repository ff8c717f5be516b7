//! Tests of the fixes through whole documents, and of what fixing promises.

use std::collections::BTreeSet;
use std::fs;

use camino::Utf8PathBuf;
use proptest::prelude::*;

use super::Fixed;
use super::verify::holds;
use crate::document::{Diagnostic, Document, Safety};
use crate::hjson::{apply, parse, to_json};
use crate::lint::docs::{example_findings, example_subject, example_surroundings};
use crate::lint::linter::Linter;
use crate::lint::rule::Rule;
use crate::lint::selection::{Layer, RuleSelector, Selection};
use crate::lint::subject::{Origin, Subject};
use crate::lint::{RULES, Surroundings};
use crate::manifest::Manifest;

/// The shipped manifest that the product's source document shows.
const SAMPLE: &str = include_str!("../../../manifests/hostos/mzone7204.hjson");

fn subject(text: &str) -> Subject {
    Subject::recognise("example.hjson", text.as_bytes(), Origin::Named)
}

/// Fixes with one rule only, so that every rule answers for its own fixes.
fn fixed_by(rule: &Rule, text: &str) -> Fixed {
    let surroundings = example_surroundings(rule);
    let selection = Selection {
        call: Layer {
            select: vec![RuleSelector::One(rule.code)],
            ..Layer::default()
        },
        ..Selection::default()
    };
    let linter = Linter {
        surroundings: &surroundings,
        selection: &selection,
    };
    linter.fix(&example_subject(rule, text), Safety::Unsafe)
}

fn fixed(text: &str, allowed: Safety) -> Fixed {
    let linter = Linter {
        surroundings: &Surroundings::built_in(),
        selection: &Selection::default(),
    };
    linter.fix(&subject(text), allowed)
}

fn text_of(fixed: &Fixed) -> &str {
    fixed.subject.source.text()
}

/// Name and text of the examples in which a rule finds something.
fn bad_examples(rule: &Rule) -> Vec<(String, String)> {
    let directory = directory(rule);
    let entries = directory.read_dir_utf8().expect("a directory");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_owned());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("bad")).collect();
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(directory.join(&name)).expect("a fixture");
        (name, text)
    };
    names.into_iter().map(read).collect()
}

fn directory(rule: &Rule) -> Utf8PathBuf {
    Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/lint")
        .join(rule.code)
}

fn fixes_of<'a>(rule: &Rule, found: &'a [Diagnostic]) -> impl Iterator<Item = Safety> + 'a {
    let code = rule.code;
    let own = found.iter().filter(move |one| one.code == Some(code));
    own.filter_map(|one| Some(one.fix.as_ref()?.safety))
}

#[test]
fn every_rule_has_the_fixes_that_it_says() {
    for rule in RULES {
        let surroundings = example_surroundings(rule);
        let linter = Linter {
            surroundings: &surroundings,
            selection: &Selection::default(),
        };
        let mut shown = BTreeSet::new();
        for (_, text) in bad_examples(rule) {
            shown.extend(fixes_of(rule, &linter.lint(&example_subject(rule, &text))));
        }
        let said = [Safety::Safe, Safety::Unsafe].into_iter();
        let said: BTreeSet<Safety> = said.filter(|one| rule.fixable.includes(*one)).collect();
        assert_eq!(shown, said, "{}", rule.code);
    }
}

#[test]
fn every_fix_makes_the_document_that_is_shown() {
    for rule in RULES {
        for (name, text) in bad_examples(rule) {
            let fixed = fixed_by(rule, &text);
            let found = example_findings(rule, &text);
            let fixable = fixes_of(rule, &found).count();
            assert_eq!(fixed.count > 0, fixable > 0, "{} {name}", rule.code);
            if fixable == 0 {
                continue;
            }
            let shown = directory(rule).join(name.replacen("bad", "fixed", 1));
            let good = directory(rule).join("good.hjson");
            let shown = if shown.exists() { shown } else { good };
            let expected = fs::read_to_string(&shown).expect("a fixture");
            assert_eq!(text_of(&fixed), expected, "{name} and {shown}");
            let left = fixes_of(rule, &fixed.findings).count();
            assert_eq!(left, 0, "{} {name}", rule.code);
            assert_eq!(fixed_by(rule, text_of(&fixed)).count, 0, "{}", rule.code);
        }
    }
}

#[test]
fn the_sample_is_written_in_order_and_says_the_same() {
    let fixed = fixed(SAMPLE, Safety::Safe);
    assert_eq!((fixed.count, fixed.findings.len()), (1, 0));
    let manifest = |text: &str| {
        let read = Document::<Manifest>::read_bytes("m.hjson", text.as_bytes());
        read.expect("a manifest").value
    };
    assert_eq!(manifest(SAMPLE), manifest(text_of(&fixed)));
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(SAMPLE), sorted(text_of(&fixed)), "only lines move");
}

#[test]
fn guesses_are_made_only_where_they_are_allowed() {
    let text = "{\n  mzone: 'm1'\n  artifrepos: host.example\n  components: { }\n}\n";
    let safely = fixed(text, Safety::Safe);
    assert_eq!(text_of(&safely), text.replace("'m1'", "\"m1\""));
    assert_eq!((safely.count, safely.findings.len()), (1, 1));
    let wholly = fixed(text, Safety::Unsafe);
    assert_eq!(
        text_of(&wholly),
        text.replace("'m1'", "\"m1\"").replace("repos", "repo")
    );
    assert_eq!((wholly.count, wholly.findings.len()), (2, 0));
}

#[test]
fn fixes_that_touch_wait_for_each_other() {
    let text = "mzone: m1\n\"mzone\": 'm1'\n'mzone': \"m1\"\ncomponents: { }\n";
    let after = "{\n  mzone: m1\n  mzone: \"m1\"\n  mzone: \"m1\"\n  components: { }\n}\n";
    let fixed = fixed(text, Safety::Safe);
    assert_eq!(text_of(&fixed), after);
    assert_eq!(fixed.findings.len(), 2, "the repeated keys are left");
}

#[test]
fn a_file_in_another_encoding_stays() {
    let linter = Linter {
        surroundings: &Surroundings::built_in(),
        selection: &Selection::default(),
    };
    let utf16: Vec<u8> = "mzone: 'm1'\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [utf16.as_slice(), b"mzone: 'm1' \xff\n"] {
        let subject = Subject::recognise("a.hjson", bytes, Origin::Named);
        let fixed = linter.fix(&subject, Safety::Unsafe);
        assert_eq!((fixed.count, text_of(&fixed)), (0, subject.source.text()));
    }
}

/// Pieces of documents with everything that can be fixed.
fn pieces() -> impl Strategy<Value = String> {
    const PIECES: [&str; 36] = [
        "{",
        "}",
        "[",
        "]",
        "{\n",
        "}\n",
        "[\n",
        "]\n",
        ",",
        "\n",
        "\r\n",
        " ",
        "\u{feff}",
        "\u{a0}",
        "mzone: m1\n",
        "\"mzone\": 'm1'\n",
        "components: {\n",
        "'hostos': {\n",
        "packages: {\n",
        "hostos-nextgen-os-sw-release: {\n",
        "hostos-base-os-sw-release: {\n",
        "hostos-bot-release: { }\n",
        "hostos-base-net-sw-release: {\n}, # net\n",
        "tag: 3.05.1-20220602T124916Z_887ca13 # pinned\n",
        "tag: 3.0.6-20220602T124916Z_887CA13,\n",
        "\u{a0}tag: 3.10\n",
        "artifrepos: https://host.example/team\n",
        "forcereboot: on\n",
        "forcereboot: yes\n",
        "config: { a: 1.50, b: x\u{200b}y\n}\n",
        "flags: [\"a\" 'b' \"c\"]\n",
        "channel: #x\nkey: value\n",
        "# ddt: ignore[DDT30,DDT502] why\n",
        "key: x # ddt: ignore[DDT502] why\n",
        "# a comment\n",
        "'''\n  text\n'''\n",
    ];
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES.as_slice()).prop_map(str::to_owned),
        1 => "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A manifest that has a value, written in odd ways.
fn manifests() -> impl Strategy<Value = String> {
    const PACKAGES: [&str; 5] = [
        "hostos-nextgen-os-sw-release",
        "hostos-base-os-sw-release",
        "\"hostos-config-release\"",
        "'hostos-boot-release'",
        "other-release",
    ];
    const INNER: [&str; 6] = [
        "flags: [3.10, 'a' \"b\"]\n",
        "config: { a: 1.50\n, b: 'x' }\n",
        "\"forcereboot\": yes\n",
        "# a comment\n",
        "\n",
        "'artifrepo': \"host.example\"\n",
    ];
    const BETWEEN: [&str; 5] = ["", "# above\n", "\n", "# ddt: ignore[DDT502] why\n", "\r\n"];
    let inner = prop::sample::subsequence(INNER.as_slice(), 0..=INNER.len());
    let between = prop::sample::select(BETWEEN.as_slice());
    let package = (between, inner).prop_map(|(between, inner)| (between, inner.concat()));
    let packages = prop::sample::subsequence(PACKAGES.as_slice(), 1..=PACKAGES.len());
    let braces = prop::bool::ANY;
    (packages.prop_shuffle(), prop::collection::vec(package, 5), braces).prop_map(
        |(names, bodies, braces)| {
            let written = names.iter().zip(bodies).map(|(name, (between, inner))| {
                format!("{between}    {name}: {{\ntag: 3.0.6-20220602T124916Z_887ca13\n{inner}}}\n")
            });
            let packages: String = written.collect();
            let text = format!("mzone: 'm1'\nartifrepo: host.example\ncomponents: {{ hostos: {{ packages: {{\n{packages}}} }} }}\n");
            if braces { format!("{{\n{text}}}\n") } else { text }
        },
    )
}

/// Every fix of a document, made alone.
fn alone(text: &str) -> Vec<(Diagnostic, Subject)> {
    let before = subject(text);
    let linter = Linter {
        surroundings: &Surroundings::built_in(),
        selection: &Selection::default(),
    };
    let made = |one: Diagnostic| {
        let after = apply(text, &one.fix.as_ref()?.edits)?;
        let after = Subject::of_kind("example.hjson", after.as_bytes(), before.kind);
        Some((one, after))
    };
    linter.lint(&before).into_iter().filter_map(made).collect()
}

/// Once the mark is gone, a quote or a brace begins what was the text of a key before.
#[test]
fn a_fix_that_uncovers_syntax_needs_a_look() {
    for text in ["\n\u{feff}\"mzone\": m1\n", "\n\u{feff}{"] {
        let before = subject(text);
        for (found, after) in alone(text) {
            let safety = found.fix.as_ref().map_or(Safety::Unsafe, |fix| fix.safety);
            let is_safe = safety == Safety::Safe;
            assert!(!is_safe || holds(&before, &after, safety), "{found:?}");
        }
    }
}

proptest! {
    #[test]
    fn every_safe_fix_is_safe_alone(text in prop_oneof![manifests(), pieces()]) {
        let before = subject(&text);
        for (found, after) in alone(&text) {
            let safety = found.fix.as_ref().map_or(Safety::Unsafe, |fix| fix.safety);
            prop_assert!(holds(&before, &after, safety), "{:?}\n{}", found, after.source.text());
        }
    }

    #[test]
    fn any_text_is_fixed_without_breaking_it(text in pieces()) {
        for allowed in [Safety::Safe, Safety::Unsafe] {
            let fixed = fixed(&text, allowed);
            let (before, after) = (parse(&text), parse(text_of(&fixed)));
            prop_assert!(after.errors.len() <= before.errors.len(), "{}", text_of(&fixed));
            let changed = text_of(&fixed) != text;
            prop_assert_eq!(changed, fixed.count > 0);
        }
    }

    #[test]
    fn safe_fixes_keep_the_value_of_a_manifest(text in manifests()) {
        let read = |text: &str| Document::<Manifest>::read_bytes("m.hjson", text.as_bytes());
        let before = read(&text);
        prop_assert!(before.is_ok(), "{}", text);
        let fixed = fixed(&text, Safety::Safe);
        let before = before.map(|document| document.value);
        prop_assert_eq!(&before.ok(), &read(text_of(&fixed)).map(|document| document.value).ok());
        let comments = |text: &str| text.matches("# a").count();
        prop_assert_eq!(comments(&text), comments(text_of(&fixed)), "comments stay");
        prop_assert_eq!(to_json_keys(&text), to_json_keys(text_of(&fixed)));
    }
}

/// The packages that a manifest names.
fn to_json_keys(text: &str) -> Vec<String> {
    let parsed = parse(text);
    let root = parsed.tree.root().map(|root| to_json(&root));
    let packages = root
        .as_ref()
        .map(|root| &root["components"]["hostos"]["packages"]);
    let packages = packages.and_then(|packages| packages.as_object());
    let mut names: Vec<String> = packages
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    names
}
