//! Properties that hold for every input, and the check that they do; the fuzz target tests the same ones.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::{Parsed, Span, Value, canonical, parse, parse_bytes, to_json};

/// Pieces of text that mean something in HJSON, so that random sequences of them reach every rule.
const PIECES: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\n",
    "\r\n",
    " ",
    "\t",
    "'",
    "\"",
    "'''",
    "\\",
    "\\u00e9",
    "\\ud83d",
    "\\x",
    "#",
    "//",
    "/*",
    "*/",
    "a",
    "key: ",
    "key: value\n",
    "\"key\": ",
    "'it': 'x'\n",
    "true",
    "false",
    "null",
    "0",
    "-1",
    "3.10",
    "1e3",
    "1e999",
    "é",
    "\u{a0}",
    "\u{feff}",
    "\0",
    "a: {\n",
    "list: [\n",
];

pub(super) fn source() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..40)
        .prop_map(|pieces| pieces.concat())
}

pub(super) fn json() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        prop::num::f64::NORMAL.prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        source().prop_map(Json::from),
    ];
    scalar.prop_recursive(6, 60, 6, |inner| {
        let key = prop_oneof![any::<String>(), source()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Correct HJSON, with the ways of writing that JSON does not have, and repeated keys.
fn correct() -> impl Strategy<Value = String> {
    const SCALARS: [&str; 12] = [
        "word",
        "two words, } # and",
        "'it\\'s'",
        "\"\\u00e9\"",
        "'\u{3042}'",
        "'''\n    one\n  two\n'''",
        "''''''",
        "3.10",
        "-0",
        "null",
        "*.deb",
        "true // so",
    ];
    const KEYS: [&str; 6] = [
        "a",
        "b-c",
        "'d e'",
        "\"\\u0061\"",
        "/slash",
        "\n# comment\n a",
    ];
    let scalar = prop::sample::select(SCALARS.as_slice()).prop_map(str::to_owned);
    scalar.prop_recursive(5, 40, 5, |inner| {
        let key = prop::sample::select(KEYS.as_slice());
        let member = (key, inner.clone()).prop_map(|(key, value)| format!("{key} : {value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..5)
                .prop_map(|items| format!("[\n{}\n]", items.join("\n,\r\n"))),
            prop::collection::vec(member, 0..5)
                .prop_map(|members| format!("{{{}\n}}", members.join("\n\t"))),
        ]
    })
}

fn spans(parsed: &Parsed) -> Vec<Span> {
    let members = parsed
        .tree
        .walk()
        .flat_map(|value| value.members().map(|member| member.key.span()));
    let errors = parsed.errors.iter().flat_map(|error| {
        let related = error.related.iter().map(|related| related.span);
        std::iter::once(error.span).chain(related)
    });
    parsed
        .tree
        .walk()
        .map(Value::span)
        .chain(members)
        .chain(errors)
        .collect()
}

fn check(parsed: &Parsed) -> Result<(), TestCaseError> {
    let source = parsed.tree.source();
    let tokens: Vec<_> = parsed.tree.tokens().collect();
    let text: String = tokens.iter().map(|token| token.span.of(source)).collect();
    prop_assert_eq!(text, source);
    prop_assert!(tokens.iter().all(|token| !token.span.is_empty()));
    for span in spans(parsed) {
        prop_assert!(
            source.get(span.start..span.end).is_some(),
            "{:?} is not in the source",
            span
        );
    }
    let Some(root) = parsed.tree.root() else {
        return Ok(());
    };
    let again = parse(&canonical(&root));
    prop_assert_eq!(&again.errors, &[]);
    prop_assert_eq!(
        again.tree.root().map(|root| to_json(&root)),
        Some(to_json(&root))
    );
    Ok(())
}

fn check_paths(parsed: &Parsed) -> Result<(), TestCaseError> {
    let mut walk = parsed.tree.walk();
    while let Some(value) = walk.next() {
        let path = walk.path();
        prop_assert_eq!(
            parsed.tree.find(&path).map(Value::span),
            Some(value.span()),
            "{}",
            path
        );
        if let Some(member) = walk.member() {
            prop_assert_eq!(member.value.span(), value.span());
            prop_assert_eq!(parsed.tree.key_span(&path), Some(member.key.span()));
        }
    }
    Ok(())
}

/// Reads the canonical text with the typing library, which must see the values the tree has.
fn check_typing(parsed: &Parsed) -> Result<(), TestCaseError> {
    let Some(root) = parsed.tree.root() else {
        return Ok(());
    };
    let typed = deser_hjson::from_str::<Json>(&canonical(&root)).map_err(|error| error.to_string());
    prop_assert_eq!(typed, Ok(to_json(&root)));
    Ok(())
}

proptest! {
    #[test]
    fn any_text_keeps_every_byte(source in any::<String>()) {
        check(&parse(&source))?;
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&parse_bytes(&bytes))?;
    }

    #[test]
    fn almost_hjson_keeps_every_byte(source in source()) {
        check(&parse(&source))?;
    }

    #[test]
    fn correct_hjson_is_read_and_typed_alike(source in correct()) {
        let parsed = parse(&source);
        prop_assert_eq!(&parsed.errors, &[]);
        check(&parsed)?;
        check_typing(&parsed)?;
    }

    #[test]
    fn json_is_read_as_json(json in json()) {
        let parsed = parse(&json.to_string());
        prop_assert_eq!(&parsed.errors, &[]);
        prop_assert_eq!(parsed.tree.root().map(|root| to_json(&root)), Some(json));
        check_paths(&parsed)?;
        check_typing(&parsed)?;
    }
}
