//! Secrets that steps read: where one comes from, what it is, and what must not be shown of it.
//!
//! Pure. [`crate::provider::secret`] asks the sources, [`crate::node`] delivers the values and covers them in what
//! nodes say.

mod mask;
mod masker;
mod source;
mod value;

pub use mask::{Mask, SHORTEST_MASKED};
pub use masker::Masker;
pub use source::{SecretPlace, SecretSource, SecretSourceError};
pub use value::{PackageSecrets, RunSecrets, SecretValue};
