//! The lines of a document around a message's labels, made safe and small enough to show.
//!
//! miette never sees the document itself: a label ends with its first line, text that a
//! terminal would act on is written out, a very long line is cut around its labels. So a
//! message about any document takes a few lines, and no document can break the rendering.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::escape::escape;
use crate::document::Source;
use crate::hjson::{Position, Span};

/// A line of more bytes than this is cut.
const LONGEST_LINE: usize = 120;
/// What is kept of a cut line before its first label, in bytes.
const KEPT_BEFORE: usize = 40;
/// Stands for what is cut away.
const CUT: &str = "...";

/// Some lines of a document as they are shown, and where the labels are in them.
#[derive(Debug)]
pub(super) struct Excerpt {
    path: String,
    text: String,
    /// Lines of the document before the first one shown.
    lines_before: usize,
    places: Vec<Place>,
}

/// Where a label is, as shown and in truth.
#[derive(Debug)]
struct Place {
    shown: SourceSpan,
    position: Position,
}

/// A line of the document with the labels on it.
struct Line<'a> {
    start: usize,
    text: &'a str,
    spans: Vec<(usize, Span)>,
}

impl Excerpt {
    /// Cuts the lines out that the spans start on, each with one line before and after.
    pub(super) fn new(source: &Source, spans: &[Span]) -> Self {
        let text: &str = &source.shown_text();
        let spans: Vec<Span> = spans.iter().map(|span| within(text, *span)).collect();
        let first = spans.iter().map(|span| span.start).min().unwrap_or(0);
        let last = spans.iter().map(|span| span.start).max().unwrap_or(0);
        let start = line_start(text, line_start(text, first).saturating_sub(1));
        let mut excerpt = Self {
            path: escape(source.path().as_str().as_bytes()),
            text: String::new(),
            lines_before: text[..start].matches('\n').count(),
            places: places(source, &spans),
        };
        let lines = lines(&text[start..], start, last, &spans);
        for index in 0..lines.len() {
            let nearby = index.saturating_sub(1)..lines.len().min(index + 2);
            let is_shown = lines[nearby].iter().any(|line| !line.spans.is_empty());
            excerpt.push(&lines[index], is_shown);
        }
        excerpt
    }

    /// Where each label is in the text that is shown, in the order of the spans.
    pub(super) fn spans(&self) -> impl Iterator<Item = SourceSpan> {
        self.places.iter().map(|place| place.shown)
    }

    /// Adds a line; one that is not shown keeps its number, not its text.
    fn push(&mut self, line: &Line<'_>, is_shown: bool) {
        if is_shown {
            let (from, to) = line.window();
            let prefix = if from > 0 { CUT } else { "" };
            let offset = self.text.len() + prefix.len();
            for (index, span) in &line.spans {
                let shown = |at: usize| {
                    let at = (at - line.start).clamp(from, to);
                    offset + escape(&line.text.as_bytes()[from..at]).len()
                };
                let start = shown(span.start);
                self.places[*index].shown = (start, shown(span.end) - start).into();
            }
            self.text.push_str(prefix);
            self.text.push_str(&escape(&line.text.as_bytes()[from..to]));
            self.text
                .push_str(if to < line.text.len() { CUT } else { "" });
        }
        // The last line ends, too: a label at the very end needs a place to stand.
        self.text.push('\n');
    }
}

impl Line<'_> {
    /// The part of the line that is shown.
    fn window(&self) -> (usize, usize) {
        if self.text.len() <= LONGEST_LINE {
            return (0, self.text.len());
        }
        let starts = self.spans.iter().map(|(_, span)| span.start - self.start);
        let from = starts.min().unwrap_or(0).saturating_sub(KEPT_BEFORE);
        let from = self.text.floor_char_boundary(from);
        (from, self.text.floor_char_boundary(from + LONGEST_LINE))
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self.text.as_str();
        let read = text.read_span(span, context_lines_before, context_lines_after)?;
        let place = self.places.iter().find(|place| place.shown == *span);
        // Without context it is the place of a label that is asked for.
        let (line, column) = match place.filter(|_| context_lines_before == 0) {
            Some(place) => (place.position.line - 1, place.position.column - 1),
            None => (read.line() + self.lines_before, read.column()),
        };
        let data = read.data();
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            data,
            *read.span(),
            line,
            column,
            data.iter().filter(|byte| **byte == b'\n').count(),
        )))
    }
}

/// Moves a span into the text, between characters, and ends it with its first line.
fn within(text: &str, span: Span) -> Span {
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end.max(start));
    Span::new(start, end.min(line_end(text, start)).max(start))
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
}

fn line_end(text: &str, offset: usize) -> usize {
    let rest = &text[offset..];
    let end = rest
        .find('\n')
        .map_or(text.len(), |newline| offset + newline);
    if text[offset..end].ends_with('\r') {
        end - 1
    } else {
        end
    }
}

fn places(source: &Source, spans: &[Span]) -> Vec<Place> {
    let place = |span: &Span| Place {
        shown: (0, 0).into(),
        position: source.position(span.start),
    };
    spans.iter().map(place).collect()
}

/// The lines from `start` to the one after that of `last`; an empty one at the end of
/// the document only with a label on it.
fn lines<'a>(text: &'a str, start: usize, last: usize, spans: &[Span]) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut offset = start;
    for raw in text.split('\n') {
        let end = offset + raw.len();
        let on_line = |(_, span): &(usize, Span)| (offset..=end).contains(&span.start);
        let line = Line {
            start: offset,
            text: raw.strip_suffix('\r').unwrap_or(raw),
            spans: spans.iter().copied().enumerate().filter(on_line).collect(),
        };
        let is_end = end == start + text.len() && raw.is_empty();
        if !(is_end && line.spans.is_empty()) {
            lines.push(line);
        }
        if offset > last {
            break;
        }
        offset = end + 1;
    }
    lines
}
