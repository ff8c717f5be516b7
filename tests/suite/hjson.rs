//! The HJSON parser against the official test suite, read from the directory that `DDT_HJSON_SUITE` names: the one that
//! holds `testCases`.

use std::path::{Path, PathBuf};

use ddt::hjson::{Quotes, canonical, format, json_text, parse, parse_bytes, to_json};
use serde_json::Value as Json;

/// The suite's inputs by what they ask for.
struct Suite {
    accepted: Vec<PathBuf>,
    rejected: Vec<PathBuf>,
}

/// Finds the suite; says so and returns `None` where it is not installed, as it is not part of this project.
#[expect(
    clippy::print_stderr,
    reason = "a test that checks nothing must say so"
)]
fn suite() -> Option<Suite> {
    let Some(root) = std::env::var_os("DDT_HJSON_SUITE") else {
        eprintln!("skipped: DDT_HJSON_SUITE does not name a copy of the official Hjson suite");
        return None;
    };
    let cases = Path::new(&root).join("testCases");
    let list = std::fs::read_to_string(cases.join("testlist.txt")).expect("the suite has a list");
    let paths = list
        .lines()
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| cases.join(name));
    let (rejected, accepted) = paths.partition(|path| name(path).starts_with("fail"));
    Some(Suite { accepted, rejected })
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn expected(path: &Path) -> Json {
    let result = name(path)
        .replace("_test.hjson", "_result.json")
        .replace("_test.json", "_result.json");
    let text = std::fs::read_to_string(path.with_file_name(result))
        .expect("every accepted input has a result");
    whole(serde_json::from_str(&text).expect("results are JSON"))
}

/// Writes every number with 14 digits: the results say `1701` for `17.01e2`, and the last bit depends on who reads it.
fn whole(json: Json) -> Json {
    match json {
        Json::Number(number) => number
            .as_f64()
            .map(|number| format!("{:.13e}", number + 0.0))
            .into(),
        Json::Array(items) => items.into_iter().map(whole).collect(),
        Json::Object(members) => members
            .into_iter()
            .map(|(key, value)| (key, whole(value)))
            .collect(),
        other => other,
    }
}

#[test]
fn the_suite_is_complete() {
    let Some(suite) = suite() else { return };
    assert_eq!((suite.accepted.len(), suite.rejected.len()), (25, 62));
}

#[test]
fn accepted_inputs_have_the_expected_values() {
    for path in suite().map(|suite| suite.accepted).unwrap_or_default() {
        let parsed = parse_bytes(&std::fs::read(&path).expect("the input is readable"));
        assert_eq!(parsed.errors, [], "{}", path.display());
        let root = parsed.tree.root().expect("there is a root");
        assert_eq!(whole(to_json(&root)), expected(&path), "{}", path.display());
    }
}

#[test]
fn accepted_inputs_survive_typing() {
    for path in suite().map(|suite| suite.accepted).unwrap_or_default() {
        let parsed = parse_bytes(&std::fs::read(&path).expect("the input is readable"));
        let text = canonical(&parsed.tree.root().expect("there is a root"));
        let typed: Json = deser_hjson::from_str(&text).expect("canonical text is readable");
        assert_eq!(whole(typed), expected(&path), "{}", path.display());
    }
}

#[test]
fn accepted_inputs_are_formatted_once_and_for_all() {
    for path in suite().map(|suite| suite.accepted).unwrap_or_default() {
        let parsed = parse_bytes(&std::fs::read(&path).expect("the input is readable"));
        for quotes in [Quotes::Kept, Quotes::Needed] {
            let formatted = format(&parsed, quotes).expect("the input is correct");
            let again = parse(&formatted);
            assert_eq!(again.errors, [], "{}", path.display());
            let json = to_json(&again.tree.root().expect("there is a root"));
            assert_eq!(whole(json), expected(&path), "{}", path.display());
            let twice = format(&again, quotes);
            assert_eq!(twice, Some(formatted), "{}", path.display());
        }
    }
}

#[test]
fn accepted_inputs_become_json_with_the_expected_values() {
    for path in suite().map(|suite| suite.accepted).unwrap_or_default() {
        let parsed = parse_bytes(&std::fs::read(&path).expect("the input is readable"));
        let text = json_text(&parsed.tree.root().expect("there is a root"));
        let json: Json = serde_json::from_str(&text).expect("the text is JSON");
        assert_eq!(whole(json), expected(&path), "{}", path.display());
    }
}

#[test]
fn rejected_inputs_are_not_formatted() {
    for path in suite().map(|suite| suite.rejected).unwrap_or_default() {
        let parsed = parse_bytes(&std::fs::read(&path).expect("the input is readable"));
        assert_eq!(format(&parsed, Quotes::Kept), None, "{}", path.display());
    }
}

#[test]
fn rejected_inputs_have_errors() {
    for path in suite().map(|suite| suite.rejected).unwrap_or_default() {
        let parsed = parse_bytes(&std::fs::read(&path).expect("the input is readable"));
        assert_ne!(parsed.errors, [], "{}", path.display());
    }
}
