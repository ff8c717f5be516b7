//! How far the transfer of blobs has come, for whoever shows it.

/// Is told about bytes, from several threads. Those that lie in the cache already are told about at once.
pub trait Transfer: Send + Sync {
    /// So many more bytes are to be transferred.
    fn expect(&self, bytes: u64);
    /// So many more bytes have been.
    fn advance(&self, bytes: u64);
    /// So many of them have to be transferred again.
    fn lose(&self, bytes: u64);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTransfer;

impl Transfer for NoTransfer {
    fn expect(&self, _bytes: u64) {}
    fn advance(&self, _bytes: u64) {}
    fn lose(&self, _bytes: u64) {}
}
