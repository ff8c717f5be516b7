//! Release bundles: what they are, where they come from, and how their content is
//! checked before any node sees it.
//!
//! A bundle is found by a [`Repo`](crate::reference::Repo), a name and a tag. Its content
//! becomes a [`tree`] in memory, checked as a whole; the tree becomes one canonical
//! archive, the payload that is sent to nodes. Foreign archives are never unpacked onto a disk.

mod archive;
mod artifact;
pub mod build;
mod cache;
mod config_schema;
mod content;
#[cfg(test)]
mod demo;
pub mod descriptor;
#[cfg(test)]
pub(crate) mod fixture;
mod hashing;
#[cfg(test)]
pub(crate) mod hostile;
pub mod layout;
mod lock;
pub mod meter;
pub mod registry;
pub mod resolve;
pub mod scaffold;
pub mod signature;
pub mod source_tree;
mod step_path;
mod timeout;
pub mod tree;
pub mod unpack;
mod whiteout;

pub use cache::{PayloadCache, PruneError, Pruned, prune};
pub use config_schema::{ConfigFault, ConfigSchema, Part, SchemaFault};
pub use content::{read_descriptor, step_name};
pub use descriptor::{BundleDescriptor, Steps};
pub use lock::{
    FILE_NAME as LOCK_FILE_NAME, LockFile, LockFileError, LockedComponents, LockedPackages,
    LockedRelease,
};
pub use registry::Registries;
pub use resolve::{
    FoundBundle, PackedRelease, ResolveError, ResolveErrorKind, ResolvedBundle, Resolver,
};
pub use step_path::{StepPath, StepPathError};
pub use timeout::{Timeout, TimeoutError};
