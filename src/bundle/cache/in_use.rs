//! Who uses the cache: nothing is pruned that a run still needs.

use std::fs::{File, TryLockError};
use std::io;
use std::sync::{Arc, OnceLock};

use camino::Utf8Path;

/// A use of the cache, which lasts as long as the value and its clones.
#[derive(Clone, Debug, Default)]
pub(in crate::bundle) struct InUse(Arc<OnceLock<File>>);

impl InUse {
    /// Begins, unless it has begun. Waits while the cache is pruned. The directory is there.
    pub(in crate::bundle) fn begin(&self, cache: &Utf8Path) -> io::Result<()> {
        if self.0.get().is_none() {
            let lock = File::open(cache)?;
            lock.lock_shared()?;
            // If another thread was faster, its lock serves as well.
            let _ = self.0.set(lock);
        }
        Ok(())
    }
}

/// Takes the cache for oneself; nothing if somebody uses it.
pub(super) fn alone(cache: &Utf8Path) -> io::Result<Option<File>> {
    let lock = File::open(cache)?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
