//! How output may look where it goes: its colours, characters and width.

use std::fmt;

use console::{Style, Term};

/// What `--color` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// Colour on a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Colour everywhere.
    Always,
    /// No colour anywhere.
    Never,
}

/// What a stream is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// A terminal.
    Terminal {
        /// Its width in columns, where it says so.
        columns: Option<u16>,
    },
    /// A file, a pipe or nothing.
    Other,
}

/// How output may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether terminal colours may be used.
    pub color: bool,
    /// Whether characters outside ASCII may be used.
    pub unicode: bool,
    /// The columns a table may take.
    pub width: u16,
}

/// What a piece of text means to the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Bad,
    Caution,
    Faint,
    Strong,
}

impl Stream {
    /// What this process's standard output is.
    pub fn stdout() -> Self {
        Self::of(&Term::stdout())
    }

    /// What this process's standard error is.
    pub fn stderr() -> Self {
        Self::of(&Term::stderr())
    }

    fn of(term: &Term) -> Self {
        if term.is_term() {
            Self::Terminal {
                columns: term.size_checked().map(|(_, columns)| columns),
            }
        } else {
            Self::Other
        }
    }

    /// Whether a person is likely to watch it live.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Terminal { .. })
    }

    /// The columns that a table may take on a terminal; elsewhere it takes what it needs.
    pub fn columns(self) -> Option<u16> {
        self.is_terminal().then(|| self.width())
    }

    fn width(self) -> u16 {
        match self {
            Self::Terminal {
                columns: Some(columns),
            } => columns.clamp(40, 120),
            _ => 80,
        }
    }
}

impl Look {
    /// No colour, ASCII, 80 columns: what a file gets.
    pub const PLAIN: Self = Self {
        color: false,
        unicode: false,
        width: 80,
    };

    /// Finds the look for a stream. `variable` reads an environment variable.
    pub fn of(
        choice: ColorChoice,
        stream: Stream,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_some_and(|term| term == "dumb");
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => stream.is_terminal() && !dumb && set("NO_COLOR").is_none(),
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        Self {
            color,
            unicode: locale.is_some_and(|locale| speaks_utf8(&locale)),
            width: stream.width(),
        }
    }

    /// Colours a text by its meaning, where colour may be used.
    pub(super) fn paint(self, tone: Tone, text: impl fmt::Display) -> String {
        let style = match tone {
            Tone::Good => Style::new().green(),
            Tone::Bad => Style::new().red().bold(),
            Tone::Caution => Style::new().yellow(),
            Tone::Faint => Style::new().dim(),
            Tone::Strong => Style::new().bold(),
        };
        style.force_styling(self.color).apply_to(text).to_string()
    }
}

fn speaks_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMINAL: Stream = Stream::Terminal { columns: Some(100) };

    fn look(choice: ColorChoice, stream: Stream, variables: &[(&str, &str)]) -> Look {
        Look::of(choice, stream, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn color_is_for_terminals_unless_said_otherwise() {
        let auto = ColorChoice::Auto;
        assert!(look(auto, TERMINAL, &[]).color);
        assert!(look(auto, TERMINAL, &[("NO_COLOR", "")]).color);
        assert!(!look(auto, TERMINAL, &[("NO_COLOR", "1")]).color);
        assert!(!look(auto, TERMINAL, &[("TERM", "dumb")]).color);
        assert!(!look(auto, Stream::Other, &[]).color);
        assert!(look(ColorChoice::Always, Stream::Other, &[("NO_COLOR", "1")]).color);
        assert!(!look(ColorChoice::Never, TERMINAL, &[]).color);
    }

    #[test]
    fn characters_follow_the_first_locale_variable_that_is_set() {
        let unicode = |variables| look(ColorChoice::Auto, TERMINAL, variables).unicode;
        assert!(!unicode(&[]));
        assert!(unicode(&[("LANG", "en_US.UTF-8")]));
        assert!(unicode(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8")]));
        assert!(!unicode(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]));
    }

    #[test]
    fn width_is_the_terminals_within_reason() {
        let width = |stream| look(ColorChoice::Auto, stream, &[]).width;
        assert_eq!(width(TERMINAL), 100);
        assert_eq!(width(Stream::Terminal { columns: Some(7) }), 40);
        assert_eq!(width(Stream::Terminal { columns: Some(999) }), 120);
        assert_eq!(width(Stream::Terminal { columns: None }), 80);
        assert_eq!(width(Stream::Other), 80);
    }

    #[test]
    fn paints_only_where_color_may_be_used() {
        let colorful = Look {
            color: true,
            ..Look::PLAIN
        };
        assert_eq!(
            colorful.paint(Tone::Good, "ready"),
            "\u{1b}[32mready\u{1b}[0m"
        );
        assert_eq!(Look::PLAIN.paint(Tone::Bad, "failed"), "failed");
    }
}
