//! The time of what is reported.

use std::sync::Arc;

use jiff::Timestamp;

/// Tells the time of what is reported: the time of day, or where events of the past are
/// shown, when they happened.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
