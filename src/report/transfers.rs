//! What a person at a terminal sees while bundles come from a registry, or go there: one bar for all their bytes.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget};

use super::output::Output;
use super::trouble::locked;
use super::{bars, bytes};
use crate::bundle::registry::Transfer;

type NewTarget = Box<dyn Fn() -> ProgressDrawTarget + Send + Sync>;

/// Shows the progress of transfers on a terminal, and nothing elsewhere.
pub struct Transfers {
    what: &'static str,
    unicode: bool,
    /// Makes what is drawn on; where nothing is drawn there is nothing.
    target: Option<NewTarget>,
    bar: Mutex<Option<ProgressBar>>,
}

impl Transfers {
    /// Shows on standard error that something is transferred.
    pub fn new(what: &'static str, stderr: Output) -> Self {
        let is_terminal = stderr.stream.is_terminal();
        let target: NewTarget = Box::new(ProgressDrawTarget::stderr);
        Self::on(what, stderr.look.unicode, is_terminal.then_some(target))
    }

    fn on(what: &'static str, unicode: bool, target: Option<NewTarget>) -> Self {
        Self {
            what,
            unicode,
            target,
            bar: Mutex::default(),
        }
    }

    fn with_bar(&self, change: impl FnOnce(&ProgressBar)) {
        let Some(target) = &self.target else { return };
        let mut bar = locked(&self.bar);
        let shown = bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(0), target());
            bar.with_style(bars::style(bytes::TEMPLATE, self.unicode))
                .with_message(self.what)
        });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::screen::Screen;

    #[test]
    fn counts_every_byte_once_and_leaves_nothing() {
        let screen = Screen::default();
        let drawn = screen.clone();
        let target: NewTarget = Box::new(move || drawn.target());
        let transfers = Transfers::on("bundles", false, Some(target));
        transfers.expect(1000);
        transfers.expect(1000);
        transfers.advance(700);
        // A connection broke off, and the registry does not go on where it did.
        transfers.lose(700);
        transfers.advance(1536);
        assert!(screen.saw("bundles: 1.50 KiB/1.95 KiB"), "{screen:?}");
        transfers.advance(464);
        assert!(locked(&transfers.bar).is_none());
    }
}
