//! What the integration tests share: a fleet of real hosts, and a sealed environment to run programs in.

pub(crate) mod ddt;
pub(crate) mod fleet;
pub(crate) mod skip;
pub(crate) mod traces;
