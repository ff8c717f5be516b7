//! Where the waiting for registries happens, whoever waits.

use std::thread;

/// Waits for a future on a thread of its own, so that the caller may be on a runtime itself.
///
/// # Errors
/// When threads cannot be started, or the work on them ends without a result.
pub(super) fn block_on<F: Future<Output: Send> + Send>(future: F) -> Result<F::Output, String> {
    let wait = || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let output = runtime.block_on(future);
        // What still waits for another process's lock is left behind.
        runtime.shutdown_background();
        Ok(output)
    };
    let ended = thread::scope(|scope| scope.spawn(wait).join());
    ended.unwrap_or_else(|_| Err("a thread broke down".to_owned()))
}
