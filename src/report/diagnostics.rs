//! Messages about documents, for people: what, where, why, and what to type next.

use std::fmt::{self, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles,
};

use super::escape::{escape, lines};
use super::excerpt::Excerpt;
use super::look::{Look, Tone};
use super::words::count;
use crate::document::{Diagnostic, Label, Severity, Source};
use crate::failure::Failure;

/// Renders messages one after the other, then says how many there are. Nothing for none.
pub fn render(diagnostics: &[Diagnostic], look: Look) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        render_one(&mut out, diagnostic, look);
        out.push('\n');
    }
    if let Some(totals) = totals(diagnostics) {
        out.push_str(&totals);
        out.push('\n');
    }
    out
}

/// Renders why a verb could not do what it was asked, with the documents at fault.
pub fn render_failure(failure: &Failure, look: Look) -> String {
    let mut out = render(&failure.diagnostics, look);
    let error = look.paint(Tone::Bad, "error:");
    push_line(&mut out, &format!("{error} {}", lines(&failure.message)));
    for cause in &failure.causes {
        push_line(&mut out, &format!("  cause: {}", lines(cause)));
    }
    if let Some(help) = &failure.help {
        push_line(&mut out, &format!("  help: {}", lines(help)));
    }
    out
}

/// `2 errors, 1 warning`, or nothing.
fn totals(diagnostics: &[Diagnostic]) -> Option<String> {
    let kinds = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Info, "info message"),
    ];
    let total = |(severity, word): (Severity, &str)| {
        let same = diagnostics.iter().filter(|one| one.severity == severity);
        let number = same.count();
        (number > 0).then(|| count(number, word))
    };
    let totals: Vec<String> = kinds.into_iter().filter_map(total).collect();
    (!totals.is_empty()).then(|| totals.join(", "))
}

fn render_one(out: &mut String, diagnostic: &Diagnostic, look: Look) {
    let mut sources = by_source(&diagnostic.labels).into_iter();
    let primary = sources.next();
    push_block(
        out,
        &Block::new(&diagnostic.message, primary.as_ref()),
        &icon(diagnostic),
        look,
    );
    for other in sources {
        let path = other.source.path().as_str();
        push_block(out, &Block::new(path, Some(&other)), "see also", look);
    }
    for note in &diagnostic.notes {
        push_line(out, &format!("  note: {}", lines(note)));
    }
    if let Some(help) = &diagnostic.help {
        push_line(out, &format!("  help: {}", lines(help)));
    }
}

/// `error[DDT101]:`.
fn icon(diagnostic: &Diagnostic) -> String {
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    match diagnostic.code {
        Some(code) => format!("{word}[{code}]:"),
        None => format!("{word}:"),
    }
}

/// The labels of one document.
struct SourceLabels<'a> {
    source: &'a Source,
    labels: Vec<&'a Label>,
}

/// Groups labels by their document; the primary one's document comes first.
fn by_source(labels: &[Label]) -> Vec<SourceLabels<'_>> {
    let mut groups: Vec<SourceLabels<'_>> = Vec::new();
    for label in labels {
        match groups
            .iter_mut()
            .find(|group| *group.source == label.source)
        {
            Some(group) => group.labels.push(label),
            None => groups.push(SourceLabels {
                source: &label.source,
                labels: vec![label],
            }),
        }
    }
    groups
}

/// A message and the excerpt of one document, as miette takes it.
#[derive(Debug)]
struct Block {
    message: String,
    excerpt: Option<Excerpt>,
    labels: Vec<LabeledSpan>,
}

impl Block {
    fn new(message: &str, shown: Option<&SourceLabels<'_>>) -> Self {
        let labels = shown.map_or(&[][..], |shown| &shown.labels);
        let spans: Vec<_> = labels.iter().map(|label| label.span).collect();
        let excerpt = shown.map(|shown| Excerpt::new(shown.source, &spans));
        let places = excerpt.iter().flat_map(Excerpt::spans);
        let labels = places
            .zip(labels)
            .enumerate()
            .map(|(index, (place, label))| {
                let text = (!label.text.is_empty()).then(|| escape(label.text.as_bytes()));
                match index {
                    0 => LabeledSpan::new_primary_with_span(text, place),
                    _ => LabeledSpan::new_with_span(text, place),
                }
            });
        Self {
            message: lines(message),
            labels: labels.collect(),
            excerpt,
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Block {}

impl miette::Diagnostic for Block {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// Renders a block. miette puts its icon before the message: here that is the word
/// which says how bad it is, so that messages look like those of the compilers people know.
fn push_block(out: &mut String, block: &Block, icon: &str, look: Look) {
    let handler = GraphicalReportHandler::new_themed(theme(icon, look))
        .with_width(look.width.into())
        .with_wrap_lines(false)
        .with_context_lines(1)
        .without_syntax_highlighting();
    let mut rendered = String::new();
    if handler.render_report(&mut rendered, block).is_err() {
        // Only an excerpt that is wrong in itself could cause this; the message still counts.
        rendered = format!("{icon} {block}\n");
    }
    let rendered = rendered.strip_prefix("  ").unwrap_or(&rendered);
    for line in rendered.lines() {
        push_line(out, line.trim_end());
    }
}

fn theme(icon: &str, look: Look) -> GraphicalTheme {
    let characters = if look.unicode {
        ThemeCharacters::unicode()
    } else {
        ThemeCharacters::ascii()
    };
    let styles = if look.color {
        ThemeStyles::ansi()
    } else {
        ThemeStyles::none()
    };
    GraphicalTheme {
        characters: ThemeCharacters {
            error: icon.to_owned(),
            ..characters
        },
        styles: severity_style(icon, styles),
    }
}

/// miette colours by its own severities; all blocks are errors to it.
fn severity_style(icon: &str, styles: ThemeStyles) -> ThemeStyles {
    let error = match icon {
        icon if icon.starts_with("error") => styles.error,
        icon if icon.starts_with("warning") => styles.warning,
        _ => styles.advice,
    };
    ThemeStyles { error, ..styles }
}

fn push_line(out: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{line}");
}

#[cfg(test)]
mod tests;
