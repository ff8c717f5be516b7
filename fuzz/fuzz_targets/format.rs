//! Formats arbitrary bytes that are HJSON and checks what formatting promises.
#![no_main]

use ddt::hjson::{Parsed, Quotes, TokenKind, format, json_text, parse, parse_bytes, to_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let parsed = parse_bytes(bytes);
    for quotes in [Quotes::Kept, Quotes::Needed] {
        let formatted = format(&parsed, quotes);
        assert_eq!(formatted.is_some(), parsed.errors.is_empty());
        if let Some(formatted) = formatted {
            check(&parsed, &formatted, quotes);
        }
    }
});

/// Values and comments are the same, and there is nothing left to format.
fn check(parsed: &Parsed, formatted: &str, quotes: Quotes) {
    let again = parse(formatted);
    assert_eq!(again.errors, []);
    assert_eq!(json(&again), json(parsed));
    assert_eq!(comments(&again), comments(parsed));
    assert_eq!(format(&again, quotes).as_deref(), Some(formatted));
    let text = again.tree.root().map(|root| json_text(&root));
    let read = text.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    assert!(read.is_some());
}

fn json(parsed: &Parsed) -> Option<serde_json::Value> {
    parsed.tree.root().map(|root| to_json(&root))
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
