//! What a person at a terminal sees while bundles come from a registry, or go there: one bar for all their bytes.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Output;
use super::trouble::locked;
use crate::bundle::registry::Transfer;

/// Shows the progress of transfers on a terminal, and nothing elsewhere.
pub struct Transfers {
    what: &'static str,
    /// Where to draw, if anywhere, and how.
    look: Option<Style>,
    bar: Mutex<Option<ProgressBar>>,
}

#[derive(Clone, Copy)]
struct Style {
    unicode: bool,
}

impl Transfers {
    /// Shows on standard error that something is transferred.
    pub fn new(what: &'static str, stderr: Output) -> Self {
        let unicode = stderr.look.unicode;
        Self {
            what,
            look: stderr.stream.is_terminal().then_some(Style { unicode }),
            bar: Mutex::default(),
        }
    }

    fn with_bar(&self, change: impl FnOnce(&ProgressBar)) {
        let Some(style) = self.look else { return };
        let mut bar = locked(&self.bar);
        let shown = bar.get_or_insert_with(|| new_bar(self.what, style));
        change(shown);
        if shown.length() == Some(shown.position()) {
            shown.finish_and_clear();
            *bar = None;
        }
    }
}

impl Transfer for Transfers {
    fn expect(&self, bytes: u64) {
        if bytes > 0 {
            self.with_bar(|bar| bar.inc_length(bytes));
        }
    }

    fn advance(&self, bytes: u64) {
        if bytes > 0 {
            self.with_bar(|bar| bar.inc(bytes));
        }
    }

    fn lose(&self, bytes: u64) {
        if bytes > 0 {
            self.with_bar(|bar| bar.dec(bytes));
        }
    }
}

impl Drop for Transfers {
    fn drop(&mut self) {
        if let Some(bar) = locked(&self.bar).take() {
            bar.finish_and_clear();
        }
    }
}

fn new_bar(what: &'static str, style: Style) -> ProgressBar {
    let template = "{spinner} {msg}: {bytes}/{total_bytes} [{bar:20}] {bytes_per_sec} {eta}";
    let drawn = ProgressStyle::with_template(template);
    let drawn = drawn.unwrap_or_else(|_| ProgressStyle::default_bar());
    let drawn = match style.unicode {
        true => drawn.progress_chars("━╸ "),
        false => drawn.progress_chars("=> "),
    };
    let bar =
        ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr()).with_style(drawn);
    bar.set_message(what);
    bar
}
