//! Parses arbitrary bytes and checks what must hold for every source.
#![no_main]

use ddt::hjson::{Parsed, Span, Value, canonical, parse, parse_bytes, to_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let parsed = parse_bytes(bytes);
    check_tokens(&parsed);
    check_spans(&parsed);
    check_paths(&parsed);
    check_canonical(&parsed);
});

/// The tokens are the source, byte by byte.
fn check_tokens(parsed: &Parsed) {
    let mut end = 0;
    for token in parsed.tree.tokens() {
        assert_eq!(token.span.start, end);
        assert!(!token.span.is_empty());
        end = token.span.end;
    }
    assert_eq!(end, parsed.tree.source().len());
}

/// Every span lies in the source, on character boundaries.
fn check_spans(parsed: &Parsed) {
    let check = |span: Span| {
        assert!(
            parsed.tree.source().get(span.start..span.end).is_some(),
            "{span:?}"
        )
    };
    for error in &parsed.errors {
        check(error.span);
        error.related.iter().for_each(|related| check(related.span));
        assert!(!error.to_string().is_empty() && !error.help().is_empty());
    }
    for value in parsed.tree.walk() {
        check(value.span());
        value.members().for_each(|member| check(member.key.span()));
    }
}

/// Values are found at their paths, if no key is repeated. Only short sources, since finding is linear in the members.
fn check_paths(parsed: &Parsed) {
    let mut walk = parsed.tree.walk();
    while let Some(value) = walk.next().filter(|_| parsed.tree.source().len() < 1000) {
        let repeated = |object: Value<'_>| {
            object.members().any(|member| {
                object.get(&member.key.text()).map(Value::span) != Some(member.value.span())
            })
        };
        if !parsed.tree.walk().any(repeated) && parsed.errors.is_empty() {
            assert_eq!(
                parsed.tree.find(&walk.path()).map(Value::span),
                Some(value.span())
            );
        }
    }
}

/// The canonical text is correct HJSON with the same values, for this parser and for the one that types it.
fn check_canonical(parsed: &Parsed) {
    let Some(root) = parsed.tree.root() else {
        return;
    };
    let (text, json) = (canonical(&root), to_json(&root));
    let again = parse(&text);
    assert_eq!(again.errors, []);
    assert_eq!(
        again.tree.root().map(|root| to_json(&root)).as_ref(),
        Some(&json)
    );
    if parsed.tree.walk().all(is_typable) {
        assert_eq!(
            deser_hjson::from_str::<serde_json::Value>(&text).ok(),
            Some(json)
        );
    }
}

/// The typing library refuses whole numbers beyond 64 bits where no type asks for a string.
fn is_typable(value: Value<'_>) -> bool {
    let raw = value.raw();
    raw.contains(['.', 'e', 'E'])
        || raw.parse::<u64>().is_ok()
        || raw.parse::<i64>().is_ok()
        || raw.parse::<f64>().is_err()
}
