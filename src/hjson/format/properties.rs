//! What formatting promises of every document; the fuzz target checks the same.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;

use super::super::properties::{json, source};
use super::super::{Parsed, TokenKind, json_text, parse, to_json};
use super::{Quotes, format};

/// What may stand between any two things.
const GAPS: [&str; 13] = [
    "",
    " ",
    "\n",
    "\r\n",
    "\n\n \n",
    "\t",
    "\r",
    "# note\n",
    "//note \u{a0}\r\n",
    "/* two\n\n   lines \r\n*/",
    "/**/",
    "# a\rb\n",
    "\u{1}",
];

const SCALARS: [&str; 24] = [
    "word\n",
    "two words, } # and\r\n",
    "key: value\r",
    "\u{a0}#x\n",
    "\u{a0}true\n",
    "\u{a0}\n",
    "\u{a0}\u{1}x\n",
    "\u{feff}x\n",
    "1.2.3 \n",
    "*.deb\u{a0}\n",
    "'it\\'s'",
    "\"a\\nb\\n\"",
    "\" \\n  \\t\"",
    "\"http://x\"",
    "\"a, b\"",
    "\"é # あ\"",
    "'''one'''",
    "''' \n    one\n\n  \ttwo\r\n'''",
    "'''\r\n\n'''",
    "''''''",
    "3.10",
    "-0",
    "1e3",
    "null",
];

const KEYS: [&str; 9] = [
    "a",
    "b-c",
    "'d e'",
    "\"\\u0061\"",
    "/slash",
    "\u{feff}k",
    "\"\"",
    "é",
    "x\"y",
];

fn gap() -> impl Strategy<Value = String> {
    vec(select(GAPS.as_slice()), 0..3).prop_map(|gaps| gaps.concat())
}

fn separator() -> impl Strategy<Value = String> {
    (gap(), select(["\n", ","].as_slice()), gap())
        .prop_map(|(before, separator, behind)| format!("{before}{separator}{behind}"))
}

fn member(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let key = select(KEYS.as_slice());
    (key, gap(), gap(), value, separator()).prop_map(|(key, before, behind, value, separator)| {
        let is_quoted = key.starts_with(['"', '\'']);
        let before = if is_quoted { before.as_str() } else { " " };
        format!("{key}{before}:{behind}{value}{separator}")
    })
}

fn value() -> impl Strategy<Value = String> {
    let scalar = select(SCALARS.as_slice()).prop_map(str::to_owned);
    scalar.prop_recursive(4, 40, 5, |inner| {
        let item = (inner.clone(), separator()).prop_map(|(value, separator)| value + &separator);
        prop_oneof![
            select(["[]", "{}", "[1,2 ,\"x\"]", "['a' 'b']"].as_slice()).prop_map(str::to_owned),
            (gap(), vec(item, 0..5)).prop_map(|(gap, items)| format!("[{gap}{}]", items.concat())),
            (gap(), vec(member(inner), 0..5))
                .prop_map(|(gap, members)| format!("{{{gap}{}}}", members.concat())),
        ]
    })
}

fn document() -> impl Strategy<Value = String> {
    let root = prop_oneof![
        1 => value(),
        1 => vec(member(value()), 0..5).prop_map(|members| members.concat()),
    ];
    let document = (gap(), root, gap()).prop_map(|(before, root, behind)| before + &root + &behind);
    document.prop_map(|source| source.trim_start_matches('\u{feff}').to_owned())
}

/// Every value with its key path, and repeated keys too.
fn values(parsed: &Parsed) -> Vec<String> {
    let mut walk = parsed.tree.walk();
    let mut values = Vec::new();
    while let Some(value) = walk.next() {
        let text = value.style().map(|_| value.text());
        values.push(format!("{} {} {text:?}", walk.path(), value.kind()));
    }
    values
}

/// Every comment, without what is white at the end of its lines.
fn comments(parsed: &Parsed) -> Vec<Vec<&str>> {
    let comments = parsed.tree.tokens();
    comments
        .filter(|token| token.kind == TokenKind::Comment)
        .map(|token| {
            let text = token.span.of(parsed.tree.source());
            text.split('\n').map(str::trim_end).collect()
        })
        .collect()
}

fn check(source: &str, quotes: Quotes) -> Result<(), TestCaseError> {
    let parsed = parse(source);
    prop_assert_eq!(&parsed.errors, &[]);
    let Some(formatted) = format(&parsed, quotes) else {
        return Err(TestCaseError::fail("a correct document is formatted"));
    };
    let again = parse(&formatted);
    prop_assert_eq!(&again.errors, &[], "{}", formatted);
    prop_assert_eq!(values(&again), values(&parsed), "{}", formatted);
    prop_assert_eq!(comments(&again), comments(&parsed), "{}", formatted);
    prop_assert_eq!(format(&again, quotes), Some(formatted));
    Ok(())
}

proptest! {
    #[test]
    fn meaning_and_comments_stay_and_once_is_enough(source in document()) {
        check(&source, Quotes::Kept)?;
        check(&source, Quotes::Needed)?;
    }

    #[test]
    fn any_text_that_is_hjson_is_formatted(source in source()) {
        if parse(&source).errors.is_empty() {
            check(&source, Quotes::Kept)?;
            check(&source, Quotes::Needed)?;
        }
    }

    #[test]
    fn json_text_is_json_with_the_same_values(source in document()) {
        let parsed = parse(&source);
        let text = parsed.tree.root().map(|root| json_text(&root)).unwrap_or_default();
        let read: Result<Json, _> = serde_json::from_str(&text);
        prop_assert!(read.is_ok(), "{:?}: {}", read, text);
        let again = parse(&text);
        let json = |parsed: &Parsed| parsed.tree.root().map(|root| to_json(&root));
        prop_assert_eq!(json(&again), json(&parsed), "{}", text);
    }

    #[test]
    fn json_becomes_hjson_with_the_same_values(json in json()) {
        let source = json.to_string();
        check(&source, Quotes::Needed)?;
        let hjson = format(&parse(&source), Quotes::Needed).unwrap_or_default();
        let read = parse(&hjson);
        prop_assert_eq!(read.tree.root().map(|root| to_json(&root)), Some(json));
    }
}
