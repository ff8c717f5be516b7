//! The text that comes into being: its lines, their indentation, and the blank lines between them.

/// A text and where it is: printing never looks back at it.
pub(super) struct Printer {
    text: String,
    line_break: &'static str,
    depth: usize,
    /// What the source has behind the last thing that was printed.
    passed: Passed,
    /// Whether the line to come is the first behind an opening bracket, a key or the start.
    is_first: bool,
}

/// How far apart two things stand in the source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Passed {
    OneLine,
    LineBreak,
    BlankLine,
}

const INDENTATION: &str = "  ";

impl Printer {
    /// Starts a text whose lines end as the first line of the source does.
    pub(super) fn new(source: &str) -> Self {
        let first = source.split('\n').next().unwrap_or_default();
        let is_crlf = first.len() < source.len() && first.ends_with('\r');
        Self {
            text: String::with_capacity(source.len()),
            line_break: if is_crlf { "\r\n" } else { "\n" },
            depth: 0,
            passed: Passed::OneLine,
            is_first: true,
        }
    }

    /// Takes note of what is left out: whitespace and commas.
    pub(super) fn pass(&mut self, text: &str) {
        let passed = match text.bytes().filter(|byte| *byte == b'\n').count() {
            0 if !text.contains('\r') => Passed::OneLine,
            0 | 1 => Passed::LineBreak,
            _ => Passed::BlankLine,
        };
        self.passed = self.passed.max(passed);
    }

    /// Starts the next line, with a blank line before it where the source has some.
    pub(super) fn start_line(&mut self) {
        if !self.text.is_empty() {
            self.text.push_str(self.line_break);
        }
        if self.passed == Passed::BlankLine && !self.is_first {
            self.text.push_str(self.line_break);
        }
        self.text.push_str(&INDENTATION.repeat(self.depth));
        self.passed = Passed::OneLine;
        self.is_first = false;
    }

    /// Starts the line of a closing bracket, which has no blank line before it.
    pub(super) fn start_last_line(&mut self) {
        self.is_first = true;
        self.start_line();
    }

    /// The column at which a line starts.
    pub(super) fn column(&self) -> usize {
        self.depth * INDENTATION.len()
    }

    /// Moves the lines to come one level in.
    pub(super) fn indent(&mut self) {
        self.depth += 1;
        self.is_first = true;
    }

    /// Moves the lines to come one level out.
    pub(super) fn outdent(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Adds to the current line.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a comment, on a line of its own if it stands on one in the source.
    pub(super) fn comment(&mut self, text: &str) {
        if self.passed == Passed::OneLine && !self.text.is_empty() {
            self.text.push(' ');
        } else {
            self.start_line();
        }
        self.push_comment(text);
    }

    /// Adds a comment to the current line; of its text only whitespace at the end of a line is lost.
    pub(super) fn push_comment(&mut self, text: &str) {
        let mut lines = text.split('\n').map(str::trim_end);
        self.text.push_str(lines.next().unwrap_or_default());
        for line in lines {
            self.text.push_str(self.line_break);
            self.text.push_str(line);
        }
    }

    /// Adds a `'''` string with a value. The current line holds nothing but its indentation, by which the string's
    /// lines are read.
    pub(super) fn push_multiline(&mut self, value: &str) {
        let indentation = INDENTATION.repeat(self.depth);
        self.text.push_str("'''");
        for line in value.split('\n') {
            self.text.push_str(self.line_break);
            if !line.is_empty() {
                self.text.push_str(&indentation);
                self.text.push_str(line);
            }
        }
        self.text.push_str(self.line_break);
        self.text.push_str(&indentation);
        self.text.push_str("'''");
    }

    /// Ends the last line.
    pub(super) fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push_str(self.line_break);
        }
        self.text
    }
}
