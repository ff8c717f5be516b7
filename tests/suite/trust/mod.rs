//! Whom ddt trusts: what is locked stays what it was, and what has to be signed is.

mod lock;
mod pins;
mod referrers;
mod registry;
mod signatures;
mod signed;
