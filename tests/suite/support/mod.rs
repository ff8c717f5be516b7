//! What the integration tests share: a fleet of real hosts, zones of local nodes, and a sealed environment to run
//! programs in.

pub(crate) mod certificates;
pub(crate) mod ddt;
pub(crate) mod docker_registry;
pub(crate) mod faulty_registry;
pub(crate) mod fleet;
pub(crate) mod gate;
pub(crate) mod host;
pub(crate) mod lamps;
pub(crate) mod local_node;
pub(crate) mod memory_registry;
pub(crate) mod process;
pub(crate) mod release;
pub(crate) mod remote;
pub(crate) mod skip;
pub(crate) mod snapshot;
pub(crate) mod traces;
pub(crate) mod tree;
pub(crate) mod wait;
pub(crate) mod zone;
