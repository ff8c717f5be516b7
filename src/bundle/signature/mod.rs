//! Signatures of releases: who vouches that a name and a tag mean this very content.
//!
//! What is signed is a [`Statement`], never the content alone: it binds the bundle's name and
//! tag to a digest and a size, for a time. A release has one [`Signatures`] document, with a
//! signed statement of each key. A [`Policy`] says whose statements count, and how many it takes.

mod key;
mod policy;
mod signatures;
mod statement;
mod storage;
#[cfg(test)]
mod tests;

pub use key::{KeyError, PublicKey, SecretKey};
pub use policy::{NotTrusted, Policy, Rejected, TrustedKey};
pub use signatures::{Signatures, SignaturesError, SignedStatement};
pub use statement::{Release, Statement, StatementError};
pub use storage::{MEDIA_TYPE, tag};
