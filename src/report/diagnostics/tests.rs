use super::*;
use crate::hjson::Span;
use proptest::prelude::*;

const MANIFEST: &str = "{\n  mzone: mzone7204\n  components: {\n    hostos: {\n      packages: {\n        hostos-config-release: {\n          tag:\n          artifrepo: registry.example.com/team\n        }\n      }\n    }\n  }\n}\n";

fn span_of(text: &str, part: &str) -> Span {
    let start = text.find(part).expect("the part is in the text");
    Span::new(start, start + part.len())
}

fn swallowed() -> Diagnostic {
    let source = Source::new("manifests/mz7204.hjson", MANIFEST);
    let swallowed = "artifrepo: registry.example.com/team";
    Diagnostic::error("`tag` has no value; it swallowed the next line")
        .code("DDT101")
        .at(&source, span_of(MANIFEST, "tag:"), "value missing here")
        .at(
            &source,
            span_of(MANIFEST, swallowed),
            "parsed as the value of `tag`",
        )
        .note("an HJSON value may start on the following line")
        .help("write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`")
}

fn conflict() -> Diagnostic {
    let first = Source::new("a.hjson", "{\n  tag: 3.5.79\n}\n");
    let second = Source::new("b.hjson", "{\n  tag: 3.5.79\n}\n");
    Diagnostic::error("3.5.79 names two commits")
        .severity(Severity::Warning)
        .code("DDT307")
        .at(&first, Span::new(9, 15), "this one is 0ffa960")
        .at(&second, Span::new(9, 15), "this one is 1ffa960")
}

#[test]
fn shows_the_places_the_note_and_the_help() {
    insta::assert_snapshot!(render(&[swallowed()], Look::PLAIN));
}

#[test]
fn draws_with_unicode_where_it_may() {
    let look = Look {
        unicode: true,
        ..Look::PLAIN
    };
    insta::assert_snapshot!(render(&[swallowed()], look));
}

#[test]
fn colors_the_severity_where_it_may() {
    let look = Look {
        color: true,
        ..Look::PLAIN
    };
    assert!(render(&[swallowed()], look).starts_with("\u{1b}[31merror[DDT101]:\u{1b}[0m"));
    assert!(render(&[conflict()], look).starts_with("\u{1b}[33mwarning[DDT307]:\u{1b}[0m"));
}

#[test]
fn shows_every_document_and_counts_the_messages() {
    let info = Diagnostic::error("nothing to point at").severity(Severity::Info);
    let rendered = render(&[conflict(), swallowed(), swallowed(), info], Look::PLAIN);
    assert!(
        rendered.ends_with("\n2 errors, 1 warning, 1 info message\n"),
        "{rendered}"
    );
    insta::assert_snapshot!(render(&[conflict()], Look::PLAIN));
}

#[test]
fn says_nothing_about_nothing() {
    assert_eq!(render(&[], Look::PLAIN), "");
}

#[test]
fn shows_awkward_documents() {
    let texts = [
        ("empty.hjson", "", 0..0),
        ("end.hjson", "a: 1\n", 5..5),
        ("no-newline.hjson", "a: 1", 4..4),
        ("past-the-end.hjson", "a: 1\n", 90..99),
        ("crlf.hjson", "{\r\n  a: 1\r\n  b: 2\r\n}\r\n", 11..15),
        ("line-end.hjson", "a: 1\r\nb: 2\r\n", 4..5),
        ("tab.hjson", "{\n\ta:\t1\n}\n", 5..6),
        ("wide.hjson", "a: 検査 ✓ b\n", 3..9),
        ("control.hjson", "a: \u{1b}[31mred\u{7} b\n", 3..12),
        ("many-lines.hjson", "{\n  a: {\n    b: 1\n  }\n}\n", 7..22),
    ];
    let diagnostics: Vec<Diagnostic> = texts
        .into_iter()
        .map(|(path, text, range)| {
            let source = Source::new(path, text);
            Diagnostic::error(path).at(&source, Span::new(range.start, range.end), "here")
        })
        .collect();
    insta::assert_snapshot!(render(&diagnostics, Look::PLAIN));
}

#[test]
fn cuts_a_very_long_line_around_its_label() {
    let text = format!(
        "{{\"a\": \"{}\", \"tga\": 1, \"b\": \"{}\"}}",
        "x".repeat(5_000),
        "y".repeat(5_000)
    );
    let source = Source::new("long.json", text.clone());
    let diagnostic =
        Diagnostic::error("unknown key `tga`").at(&source, span_of(&text, "\"tga\""), "here");
    insta::assert_snapshot!(render(&[diagnostic], Look::PLAIN));
}

#[test]
fn keeps_distant_places_apart() {
    let text: String = (1..=400)
        .map(|line| format!("line{line}: {line}\n"))
        .collect();
    let source = Source::new("far.hjson", text.clone());
    let diagnostic = Diagnostic::error("`line3` is repeated")
        .at(&source, span_of(&text, "line300"), "this one counts")
        .at(&source, span_of(&text, "line3:"), "this one is ignored")
        .at(&source, span_of(&text, "line320"), "so is this");
    insta::assert_snapshot!(render(&[diagnostic], Look::PLAIN));
}

#[test]
fn shows_a_failure_with_its_causes_and_what_to_do() {
    let cause = std::io::Error::other("permission\u{1b}denied");
    let failure = Failure::environment("cannot read manifests/a.hjson")
        .because(&cause)
        .help("check who may read it");
    insta::assert_snapshot!(render_failure(&failure, Look::PLAIN));
    let failure =
        Failure::refused("manifests/mz7204.hjson is refused").with_diagnostics(vec![swallowed()]);
    let rendered = render_failure(&failure, Look::PLAIN);
    assert!(rendered.ends_with("1 error\nerror: manifests/mz7204.hjson is refused\n"));
}

fn documents() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            Just("\n".to_owned()),
            Just("\r\n".to_owned()),
            Just("\r".to_owned()),
            Just("\t".to_owned()),
            Just("é検\u{1b}[2J\u{202e}".to_owned()),
            Just("x".repeat(300)),
            "\\PC{0,12}",
            ".{0,4}",
        ],
        0..12,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    /// Whatever the document and the places, there is a message, and it is safe to show.
    #[test]
    fn never_panics_and_never_lets_a_control_character_through(
        text in documents(),
        places in prop::collection::vec((0_usize..900, 0_usize..900), 0..5),
        unicode: bool,
    ) {
        let source = Source::new("a.hjson", text);
        let diagnostic = places.iter().fold(
            Diagnostic::error("something is wrong"),
            |diagnostic, (start, length)| {
                diagnostic.at(&source, Span::new(*start, start + length), "here")
            },
        );
        let look = Look { unicode, ..Look::PLAIN };
        let rendered = render(&[diagnostic], look);
        prop_assert!(rendered.starts_with("error: something is wrong\n"));
        prop_assert!(!rendered.chars().any(|shown| shown.is_control() && shown != '\n'));
        prop_assert_eq!(rendered.matches("here").count(), places.len());
    }
}
