//! A terminal for tests of what is drawn.

use std::io;
use std::sync::{Arc, Mutex};

use indicatif::{ProgressDrawTarget, TermLike};

use super::trouble::locked;

/// A terminal of 80 columns that remembers every line that was ever drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Screen(Arc<Mutex<Vec<String>>>);

impl Screen {
    /// What draws on it.
    pub(super) fn target(&self) -> ProgressDrawTarget {
        ProgressDrawTarget::term_like(Box::new(self.clone()))
    }

    pub(super) fn lines(&self) -> Vec<String> {
        locked(&self.0).clone()
    }

    pub(super) fn saw(&self, text: &str) -> bool {
        self.lines().iter().any(|line| line.contains(text))
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        80
    }
    fn height(&self) -> u16 {
        24
    }
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        locked(&self.0).push(text.to_owned());
        Ok(())
    }
    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}
