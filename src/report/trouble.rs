//! What went wrong while reporting. It never stops a run, and is said once at its end.

use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Remembers the first error and how many there were. Cheap to clone; clones share.
#[derive(Clone, Debug)]
pub struct Trouble {
    what: &'static str,
    errors: Arc<Mutex<Errors>>,
}

#[derive(Debug, Default)]
struct Errors {
    first: Option<String>,
    others: usize,
}

impl Trouble {
    /// Starts without any; `what` is what could not be done, as in `cannot WHAT: …`.
    pub fn new(what: &'static str) -> Self {
        Self {
            what,
            errors: Arc::default(),
        }
    }

    /// Takes note of an error.
    pub fn note(&self, error: &dyn Display) {
        let mut errors = locked(&self.errors);
        match errors.first {
            None => errors.first = Some(error.to_string()),
            Some(_) => errors.others += 1,
        }
    }

    /// Takes note of an error, if it is one.
    pub fn check<T>(&self, result: std::io::Result<T>) -> Option<T> {
        result.inspect_err(|error| self.note(error)).ok()
    }

    /// What to tell people, if anything went wrong.
    pub fn message(&self) -> Option<String> {
        let errors = locked(&self.errors);
        let first = errors.first.as_ref()?;
        let more = match errors.others {
            0 => String::new(),
            others => format!(" (and {others} more)"),
        };
        Some(format!("cannot {}: {first}{more}", self.what))
    }
}

/// Locks even after a panic elsewhere: what is reported is never more than incomplete.
pub(super) fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
