//! What the parser says about wrong sources, and how it reads the traps of the language.

use std::fmt::Write;

use super::super::{
    DEPTH_LIMIT, ERROR_LIMIT, Kind, Position, Span, Style, SyntaxErrorKind, Value, parse, to_json,
};

/// Shows a source and its errors, as a person would have to understand them.
fn report(source: &str) -> String {
    let parsed = parse(source);
    let mut report = format!(
        "----\n{}\n----\n",
        source
            .escape_debug()
            .to_string()
            .replace("\\n", "\n")
            .replace("\\\"", "\"")
    );
    let place = |span: Span| format!("{} {:?}", Position::of(source, span.start), span.of(source));
    for error in &parsed.errors {
        let _ = writeln!(report, "error at {}: {error}", place(error.span));
        for related in &error.related {
            let _ = writeln!(
                report,
                "  note at {}: {}",
                place(related.span),
                related.note
            );
        }
        let _ = writeln!(report, "  help: {}", error.help());
    }
    if let Some(root) = parsed.tree.root() {
        let _ = writeln!(report, "value: {}", to_json(&root));
    }
    report
}

fn reports(sources: &[&str]) -> String {
    sources
        .iter()
        .map(|source| report(source))
        .collect::<Vec<_>>()
        .join("\n")
}

fn kinds(source: &str) -> Vec<SyntaxErrorKind> {
    parse(source)
        .errors
        .into_iter()
        .map(|error| error.kind)
        .collect()
}

/// Reads a correct source and returns `[kind, style, text]` of the value of `key`.
fn read(source: &str, key: &str) -> (Kind, Option<Style>, String) {
    let parsed = parse(source);
    assert_eq!(parsed.errors, [], "{source}");
    let value = parsed
        .tree
        .root()
        .and_then(|root| root.get(key))
        .expect("the key is there");
    (value.kind(), value.style(), value.text().into_owned())
}

#[test]
fn unclosed_delimiters_are_reported_at_their_cause() {
    insta::assert_snapshot!(reports(&[
        "{ mzone: m1 }",
        "{ mzone: m1 }\n",
        "{\n  a: { b: m1 }\n  c: 1\n}\n",
        "{\n  a: [ x ]\n  b: 2\n}\n",
        "{ a: [ x ] }",
        "{\n  a: [1, 2\n  b: 3\n}\n",
        "{\n  a: {\n    b: 1\n",
        "{\n  a: ${x}\n",
        "[\"mismatch\"}",
        "a: [ 1 }\nb: 2",
        "{}}",
        "a: 1\n}\nb: 2",
        "{\n  a: {}\n  }\n  b: 1\n}\n",
        "{\n  a: \"x }\n  b: 1\n}\n{\n a: [\"x, y]\n }",
    ]));
}

#[test]
fn broken_members_are_reported_and_the_rest_is_read() {
    insta::assert_snapshot!(reports(&[
        "{\n  tag 3.0\n  b: 1\n}",
        "{\n  tag\n  b: 1\n}",
        "{\n  tag http://x/\n}",
        "{\n  tag\n  {\n    b: 1\n  }\n}",
        "{\n  wrong name: 0\n  b: 1\n}",
        "{\"a\", null}",
        "{\"a\" null}",
        "{\"a\":: null}",
        "{ : 0\n b: 1 }",
        "{\n  {name: 0\n}\n",
        "{\n  [\n    test\n  ]\n  b: 1\n}\n",
        "{\n  a:\n}",
        "{\n  a: ,x: 1\n}",
        "a:",
        "a: 1\nb",
        "{,}",
        "[1,,2]",
        "[ , 1]",
        "[\"a\": 1]",
        "{'''k''': 1}",
    ]));
}

#[test]
fn broken_strings_and_comments_are_reported_where_they_open() {
    insta::assert_snapshot!(reports(&[
        "{\n  a: \"open\n  b: 1\n}",
        "{\n  \"a: 1\n  b: 1\n}",
        "{\n  a: '''open\n  b: 1\n}",
        "{\n  a: 1 /* open\n}",
        r#"["\x15", "\u12", "\ud800", "\", 1]"#,
        "{} text\nmore",
        "[1],",
        "one\ntwo\n",
        "]",
        "\u{feff}{a: \"\0\"}",
    ]));
}

#[test]
fn every_help_fits_its_message() {
    let limits = [
        SyntaxErrorKind::TooLarge { limit: 10 },
        SyntaxErrorKind::TooDeep { limit: 128 },
    ];
    let encodings = [SyntaxErrorKind::Utf16, SyntaxErrorKind::InvalidUtf8];
    let texts = limits
        .into_iter()
        .chain(encodings)
        .map(|kind| format!("{kind}: {}", kind.help()));
    insta::assert_snapshot!(texts.collect::<Vec<_>>().join("\n"), @r"
    the file is larger than 10 bytes: split the file
    nesting exceeds 128 levels: flatten the document
    the file is encoded as UTF-16; HJSON is UTF-8: save the file as UTF-8
    bytes that are not UTF-8 (shown as U+FFFD): save the file as UTF-8
    ");
}

#[test]
fn traps_are_read_as_other_parsers_read_them() {
    use Kind::{Bool, Number, String};
    let (quoteless, literal) = (Some(Style::Quoteless), Some(Style::Literal));
    for (source, key, kind, style, text) in [
        (
            "tag:\nartifrepo: host",
            "tag",
            String,
            quoteless,
            "artifrepo: host",
        ),
        ("tag: 3.0.6-x,\nb: 1", "tag", String, quoteless, "3.0.6-x,"),
        ("tag: x # note", "tag", String, quoteless, "x # note"),
        ("tag: 3 # note", "tag", Number, literal, "3"),
        ("a: yes", "a", String, quoteless, "yes"),
        ("a: True", "a", String, quoteless, "True"),
        ("a: true,", "a", Bool, literal, "true"),
        ("a: 3.10", "a", Number, literal, "3.10"),
        ("a: 887e123", "a", Number, literal, "887e123"),
        ("a: 1e999", "a", String, quoteless, "1e999"),
        ("a: 01", "a", String, quoteless, "01"),
        ("a: 1.", "a", String, quoteless, "1."),
        ("a: -", "a", String, quoteless, "-"),
        ("a: 1\na: 2", "a", Number, literal, "2"),
        ("one: #x\ntwo: y", "one", String, quoteless, "two: y"),
        ("\u{a0}a: 1", "\u{a0}a", Number, literal, "1"),
        ("a: \u{a0}x\u{a0}\nb: 1", "a", String, quoteless, "x"),
        ("a: true\u{a0}\nb: 1", "a", Bool, literal, "true"),
        ("a: x\r\nb: 1", "a", String, quoteless, "x"),
        ("a#b: 1", "a#b", Number, literal, "1"),
        ("a\n:\n1", "a", Number, literal, "1"),
        (
            "{a: '''\n    x\n     y\n    '''}",
            "a",
            String,
            Some(Style::Multiline),
            "x\n y",
        ),
        (
            "\u{e9}: '''\n   x'''",
            "\u{e9}",
            String,
            Some(Style::Multiline),
            "x",
        ),
    ] {
        assert_eq!(
            read(source, key),
            (kind, style, text.to_owned()),
            "{source:?}"
        );
    }
}

#[test]
fn an_empty_source_is_an_empty_object() {
    for source in ["", " \n", "# only a comment", "/* */\n"] {
        let parsed = parse(source);
        assert_eq!(parsed.errors, []);
        let root = parsed.tree.root().expect("there is a root");
        assert_eq!(
            (root.kind(), root.members().count(), root.is_braceless()),
            (Kind::Object, 0, true)
        );
    }
}

#[test]
fn a_braceless_object_spans_its_members() {
    let parsed = parse("# comment\na: [1]\nb: {} # end\n");
    assert_eq!(parsed.tree.root().map(Value::raw), Some("a: [1]\nb: {}"));
}

#[test]
fn a_single_scalar_is_a_document() {
    let parsed = parse("# comment\n allow quoteless: {\n// end\n");
    assert_eq!(parsed.errors, []);
    assert_eq!(
        parsed.tree.root().map(Value::text).as_deref(),
        Some("allow quoteless: {")
    );
}

#[test]
fn repeated_keys_stay_in_the_tree_and_the_last_wins() {
    let parsed = parse("a: 1\n'a': 2\n\"\\u0061\": 3");
    let root = parsed.tree.root().expect("there is a root");
    let raw: Vec<_> = root
        .members()
        .map(|member| (member.key.raw(), member.value.raw()))
        .collect();
    assert_eq!(raw, [("a", "1"), ("'a'", "2"), ("\"\\u0061\"", "3")]);
    assert_eq!(root.get("a").map(Value::raw), Some("3"));
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(kinds(&nested(DEPTH_LIMIT)), []);
    for depth in [DEPTH_LIMIT + 1, 1_000_000] {
        assert_eq!(
            kinds(&nested(depth)),
            [SyntaxErrorKind::TooDeep { limit: DEPTH_LIMIT }]
        );
    }
    assert_eq!(
        kinds(&"{a:".repeat(1_000_000)),
        [SyntaxErrorKind::TooDeep { limit: DEPTH_LIMIT }]
    );
}

#[test]
fn errors_are_limited() {
    assert_eq!(kinds(&"}".repeat(100_000)).len(), ERROR_LIMIT);
    assert_eq!(kinds(&"a: [}\n".repeat(100_000)).len(), ERROR_LIMIT);
}

/// Each source would take hours if a part of it were read once for every other part.
#[test]
fn long_sources_of_one_part_keep_every_byte() {
    for part in [
        "a \"x\" ",
        "a:1, ",
        "\\x",
        "'''x''' ",
        "a: [}\n",
        "a: {x }\n",
        "/",
        "/**/",
        "[],",
        "\"",
        "1 ",
        "é",
    ] {
        for start in ["", "{", "[", "[\""] {
            let source = format!("{start}{}", part.repeat(1 << 17));
            let parsed = parse(&source);
            let tokens: usize = parsed.tree.tokens().map(|token| token.span.len()).sum();
            assert_eq!(tokens, source.len());
        }
    }
}
