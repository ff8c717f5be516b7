//! The formats against the schemas of those who read them.

use serde_json::Value;

use super::*;
use crate::lint::output::{checkstyle, gitlab, json, jsonl, junit, rdjson, sarif};

fn assert_valid(schema: &str, text: &str) {
    let schema = serde_json::from_str(schema).expect("a schema");
    let document: Value = serde_json::from_str(text).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn sarif_is_what_oasis_says() {
    let schema = include_str!("../../../../fixtures/schemas/sarif-2.1.0.json");
    // A bracket that one of its patterns closes and never opens.
    let schema = schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    for run in Run::all() {
        assert_valid(&schema, &run.printed(sarif));
    }
}

#[test]
fn gitlab_is_what_its_documentation_says() {
    let schema = include_str!("../../../../fixtures/schemas/gitlab-code-quality.json");
    for run in Run::all() {
        assert_valid(schema, &run.printed(gitlab));
    }
}

#[test]
fn rdjson_is_what_reviewdog_reads() {
    let schema = include_str!("../../../../fixtures/schemas/rdjson.json");
    for run in Run::all() {
        assert_valid(schema, &run.printed(rdjson));
    }
}

/// GitHub asks for more than the schema does.
#[test]
fn sarif_has_what_github_requires() {
    for run in Run::all() {
        let log: Value = serde_json::from_str(&run.printed(sarif)).expect("JSON");
        let run = &log["runs"][0];
        for rule in run["tool"]["driver"]["rules"].as_array().expect("rules") {
            for text in ["shortDescription", "fullDescription", "help"] {
                let text = rule[text]["text"].as_str().expect("a text");
                assert!((1..=1024).contains(&text.chars().count()), "{rule:#}");
            }
        }
        for result in run["results"].as_array().expect("results") {
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"]
                .as_str()
                .expect("an address");
            assert!(uri.starts_with("zones/"), "{uri}");
            for number in ["startLine", "startColumn", "endLine", "endColumn"] {
                assert!(place["region"][number].as_u64() > Some(0), "{place:#}");
            }
            let hash = &result["partialFingerprints"]["primaryLocationLineHash"];
            assert!(
                hash.as_str().is_some_and(|hash| hash.contains(':')),
                "{hash}"
            );
        }
    }
}

#[test]
fn xml_is_well_formed_and_says_what_was_meant() {
    for run in Run::all() {
        for text in [run.printed(junit), run.printed(checkstyle)] {
            let messages = attributes(&text, "message");
            let failing = run.diagnostics.iter();
            let failing =
                failing.filter(|one| one.severity > Severity::Info || text.contains("<checkstyle"));
            assert_eq!(messages.len(), failing.count());
        }
    }
    let names = attributes(&Run::hostile().printed(checkstyle), "name");
    let expected = format!("zones/{}", HOSTILE_NAME.replace('\u{7}', r"\u{7}"));
    assert_eq!(names, [expected]);
}

/// Reads a document to its end: the values of an attribute, wherever it is.
fn attributes(text: &str, name: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut found = Vec::new();
    loop {
        use quick_xml::events::Event;
        match reader.read_event().expect("well-formed XML") {
            Event::Eof => return found,
            Event::Start(element) | Event::Empty(element) => {
                let attribute = element.try_get_attribute(name).expect("attributes");
                found.extend(attribute.map(|one| {
                    one.normalized_value(quick_xml::XmlVersion::Implicit1_0)
                        .expect("a value")
                        .into_owned()
                }));
            }
            _ => {}
        }
    }
}

#[test]
fn the_same_findings_are_the_same_bytes() {
    for run in Run::all() {
        for format in [gitlab, junit, jsonl, rdjson, sarif, checkstyle] {
            assert_eq!(run.printed(format), run.printed(format));
        }
        let json = || json(&run.diagnostics, 3).expect("JSON");
        assert_eq!(json(), json());
    }
}
