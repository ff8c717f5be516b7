//! The formats on real findings, and on names and texts that try to break out of them.

mod commands;
mod documents;
mod schemas;

use camino::Utf8Path;

use super::{Findings, OutputError, PathBase};
use crate::document::{Diagnostic, Fix, Severity, Source};
use crate::hjson::{Edit, KeyPath, Span};
use crate::lint::{Linter, Origin, Selection, Subject, Surroundings};

/// A file name and a text with everything that some format has a meaning for.
const HOSTILE_NAME: &str = "::error::%0A,a:b;]<&\"'>\u{7}\n##vso[task.complete].hjson";
const HOSTILE_TEXT: &str =
    "]]>&lt;<x a=\"'\">%25,;:]\r\n\t::stop-commands::\u{0}\u{1b}[31m\u{fffe}é検👍";

/// What was found in some files.
struct Run {
    sources: Vec<Source>,
    diagnostics: Vec<Diagnostic>,
    base: PathBase,
}

impl Run {
    fn of(sources: Vec<Source>, diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            sources,
            diagnostics,
            base: PathBase {
                working_directory: "/repository/zones".into(),
                repository: "/repository".into(),
            },
        }
    }

    /// What the linter finds in documents.
    fn lint(documents: &[(&str, &str)]) -> Self {
        let (surroundings, selection) = (Surroundings::built_in(), Selection::default());
        let linter = Linter {
            surroundings: &surroundings,
            selection: &selection,
        };
        let subjects = documents
            .iter()
            .map(|(path, text)| Subject::recognise(path, text.as_bytes(), Origin::Named));
        let subjects: Vec<_> = subjects.collect();
        let found = subjects.iter().flat_map(|subject| linter.lint(subject));
        let diagnostics = found.collect();
        let sources = subjects.into_iter().map(|subject| subject.source);
        Self::of(sources.collect(), diagnostics)
    }

    /// Two files with findings and a clean one between them.
    fn usual() -> Self {
        Self::lint(&[
            (
                "bad.hjson",
                include_str!("../../../../fixtures/lint/DDT101/bad.hjson"),
            ),
            (
                "good.hjson",
                include_str!("../../../../fixtures/lint/DDT101/good.hjson"),
            ),
            (
                "info.hjson",
                include_str!("../../../../fixtures/lint/sample.hjson"),
            ),
        ])
    }

    fn clean() -> Self {
        let good = include_str!("../../../../fixtures/lint/DDT101/good.hjson");
        Self::lint(&[("good.hjson", good)])
    }

    /// A finding of every severity in a file that wants to be a command.
    fn hostile() -> Self {
        let source = Source::new(HOSTILE_NAME, format!("a: {HOSTILE_TEXT}\n"));
        let finding = |severity| {
            Diagnostic::error(HOSTILE_TEXT)
                .severity(severity)
                .code("DDT105")
                .at(&source, Span::new(3, 3 + HOSTILE_TEXT.len()), HOSTILE_TEXT)
                .about(KeyPath::from([HOSTILE_TEXT]))
                .at(&source, Span::new(0, 1), "")
                .note(HOSTILE_TEXT)
                .help(HOSTILE_TEXT)
                .fix(Fix::safe(HOSTILE_TEXT, vec![Edit::insert(0, HOSTILE_TEXT)]))
        };
        let severities = [Severity::Info, Severity::Warning, Severity::Error];
        let diagnostics = severities.into_iter().map(finding).collect();
        Self::of(vec![source], diagnostics)
    }

    /// Every kind of run.
    fn all() -> [Self; 3] {
        [Self::usual(), Self::clean(), Self::hostile()]
    }

    fn print<T>(&self, format: impl Fn(&Findings<'_>) -> T) -> T {
        let files: Vec<&Utf8Path> = self.sources.iter().map(Source::path).collect();
        format(&Findings {
            files: &files,
            diagnostics: &self.diagnostics,
            base: &self.base,
        })
    }

    fn printed(&self, format: fn(&Findings<'_>) -> Result<String, OutputError>) -> String {
        self.print(format).expect("the findings can be printed")
    }
}
