//! Tests of reading: what is wrong with a document is said all at once, with its places.

use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Diagnostic, Document, Source, YesNo};
use crate::hjson::{KeyPath, Span};
use crate::name::Name;
use crate::tag::ReleaseTag;

/// A document with one of everything.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: Name,
    #[serde(default)]
    count: Option<u16>,
    #[serde(default)]
    ready: YesNo,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    color: Option<Color>,
    #[serde(default)]
    releases: std::collections::BTreeMap<Name, Release>,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Color {
    Red,
    Green,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Release {
    tag: ReleaseTag,
}

fn read(text: &str) -> Result<Document<Sample>, Vec<Diagnostic>> {
    Document::read(Source::new("a.hjson", text))
}

/// What is said about a text, with the places.
fn said(found: Result<Document<Sample>, Vec<Diagnostic>>) -> String {
    match found {
        Ok(document) => serde_json::to_string(&document.value).expect("it is JSON"),
        Err(diagnostics) => diagnostics.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

fn line(diagnostic: &Diagnostic) -> String {
    let label = diagnostic.primary().expect("every error has a place");
    let position = label.source.position(label.span.start);
    let part = label.span.of(label.source.text());
    let path = diagnostic
        .path()
        .map_or_else(String::new, |path| format!(" {path}"));
    let code = diagnostic.code.expect("every error has a code");
    let help = diagnostic.help.as_deref().unwrap_or("nothing");
    format!(
        "{position} {code}{path} {part:?} {} -> {help}",
        diagnostic.message
    )
}

#[test]
fn a_correct_document_is_typed() {
    let text = "{\n  name: x\n  count: 3\n  ready: Yes\n  words: [ \"a\", 3.10 ]\n  color: green\n  releases: { one: { tag: \"1.2.3\" } }\n}\n";
    insta::assert_snapshot!(said(read(text)), @r#"{"name":"x","count":3,"ready":"yes","words":["a","3.10"],"color":"green","releases":{"one":{"tag":"1.2.3"}}}"#);
}

#[test]
fn a_place_is_found_by_its_key_path() {
    let document =
        read("{\n  name: x\n  releases: { one: { tag: \"1.2.3\" } }\n}\n").expect("it is correct");
    let tag = KeyPath::from(["releases", "one", "tag"]);
    assert_eq!(document.span(&tag).of(document.source.text()), "\"1.2.3\"");
    assert_eq!(document.key_span(&tag).of(document.source.text()), "tag");
    let missing = KeyPath::from(["releases", "one", "digest"]);
    assert_eq!(
        document.key_span(&missing).of(document.source.text()),
        "{ tag: \"1.2.3\" }"
    );
}

#[test]
fn texts_that_are_no_documents() {
    insta::assert_snapshot!(said(read("")), @r#"1:1 DDT207 (root) "" the document is empty -> write at least `name`"#);
    insta::assert_snapshot!(said(read("  # nothing but a comment\n")), @r#"1:1 DDT207 (root) "" the document is empty -> write at least `name`"#);
    insta::assert_snapshot!(said(read("{ }")), @r#"1:1 DDT207 (root) "" the document is empty -> write at least `name`"#);
    insta::assert_snapshot!(said(read("just words")), @r#"1:1 DDT203 (root) "just words" the document must be an object, found string -> write `{ key: value }`"#);
    insta::assert_snapshot!(said(read("[ 1 ]")), @r#"1:1 DDT203 (root) "[" the document must be an object, found array -> write `{ key: value }`"#);
}

#[test]
fn bytes_that_are_no_clean_text() {
    let bytes = |bytes: &[u8]| said(Document::read_bytes("a.hjson", bytes));
    insta::assert_snapshot!(bytes(b"\xEF\xBB\xBFname: x\n"), @r#"1:1 DDT003 "\u{feff}" the file starts with a byte order mark; some parsers read the whole file as one string -> delete the first three bytes of the file; save it as UTF-8 without BOM"#);
    insta::assert_snapshot!(bytes(b"name: x\0y\n"), @r#"1:8 DDT003 "\0" NUL character in the file -> delete it, or write `\u0000` in a quoted string"#);
    insta::assert_snapshot!(bytes(b"name: x\xFFy\n"), @r#"1:8 DDT003 "�" bytes that are not UTF-8 (shown as U+FFFD) -> save the file as UTF-8"#);
    insta::assert_snapshot!(bytes(b"\xFF\xFEn\0a\0m\0e\0:\0x\0"), @r#"1:1 DDT003 "" the file is encoded as UTF-16; HJSON is UTF-8 -> save the file as UTF-8"#);
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    let text = format!("{{\nname: {}", "[".repeat(1_000_000));
    let found = read(&text).expect_err("it is too deep");
    let told: Vec<String> = found.iter().map(|one| one.message.clone()).collect();
    insta::assert_debug_snapshot!(told, @r#"
    [
        "nesting exceeds 128 levels",
    ]
    "#);
}

#[test]
fn everything_wrong_with_the_shape_is_said_at_once() {
    let text = "{\n  nmae: x\n  count: many\n  ready: on\n  words: {\n    a: b\n  }\n  color: gren\n  colour: red\n  releases: {\n    one: {\n      tag: latest\n      name: y\n    }\n    two: { }\n    -three: 3\n  }\n  count: 70\n}\n";
    insta::assert_snapshot!(said(read(text)), @r#"
    18:3 DDT105 count "count" `count` is repeated; the one at 3:3 is ignored -> keep one of them
    2:3 DDT201 nmae "nmae" unknown key `nmae` -> did you mean `name`?
    3:10 DDT203 count "many" `count` must be an integer, found string -> write a whole number without quotes
    4:10 DDT204 ready "on" `ready`: `on` is not yes or no -> use `yes` or `no`
    5:10 DDT203 words "{" `words` must be an array, found object -> write `[ item ]`
    8:10 DDT203 color "gren" `color` cannot be `gren` -> did you mean `green`?
    9:3 DDT201 colour "colour" unknown key `colour` -> did you mean `color`?
    12:12 DDT308 releases.one.tag "latest" `tag`: `latest` is not a release, it moves -> pin a release: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha
    13:7 DDT206 releases.one.name "name" `name` does not belong here -> move it to the root of the document
    15:10 DDT202 releases.two.tag "{" `two` lacks `tag` -> add `tag: …`
    16:5 DDT203 releases.-three "-three" a name starts with a letter or a digit, not with '-' -> choose another name
    16:13 DDT203 releases.-three "3" `-three` must be an object, found number -> write `{ key: value }`
    "#);
}

#[test]
fn a_number_that_does_not_fit_is_an_error_with_its_place() {
    insta::assert_snapshot!(said(read("name: x\ncount: 70000\n")), @r#"2:8 DDT203 count "70000" `count` must be a whole number from 0 to 65535 -> correct the number"#);
    insta::assert_snapshot!(said(read("name: x\ncount: -1\n")), @r#"2:8 DDT203 count "-1" `count` must be a whole number from 0 to 65535 -> correct the number"#);
    insta::assert_snapshot!(said(read("name: x\ncount: 1.5\n")), @r#"2:8 DDT203 count "1.5" `count` must be a whole number from 0 to 65535 -> correct the number"#);
}

#[test]
fn a_part_of_a_value_is_pointed_at_where_it_is_written_as_it_is() {
    insta::assert_snapshot!(said(read("name: x\nreleases: { a: { tag: \"3.05.1\" } }\n")), @r#"2:26 DDT304 releases.a.tag "05" `tag`: `05` has a leading zero; write `5` -> remove the leading zero"#);
    insta::assert_snapshot!(said(read("name: x\nreleases: { a: { tag: \"3.\\u00305.1\" } }\n")), @r#"2:23 DDT304 releases.a.tag "\"3.\\u00305.1\"" `tag`: `05` has a leading zero; write `5` -> remove the leading zero"#);
}

#[test]
fn a_position_past_the_end_is_the_end() {
    let source = Source::new("a.hjson", "a\nbc");
    assert_eq!(source.position(99), source.position(4));
    assert_eq!(source.position(3).to_string(), "2:2");
}

proptest! {
    #[test]
    fn every_place_is_inside_the_text(text in "(name|tag|releases|[a-z{}\\[\\]:,# '\"\\n]|é|\\PC){0,60}") {
        let Err(found) = read(&text) else { return Ok(()) };
        for label in found.iter().flat_map(|one| &one.labels) {
            let Span { start, end } = label.span;
            prop_assert!(start <= end && end <= text.len());
            prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end));
        }
    }
}
