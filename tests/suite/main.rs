//! The integration tests: the `ddt` binary and library against real files, processes and hosts. One binary, a folder
//! per area.

mod crash_points;
mod deploy;
mod fleet;
mod fleet_deploy;
mod fmt;
mod hjson;
mod lint_compare;
mod lint_fix;
mod lint_formats;
mod lint_watch;
mod locks;
mod lsp;
mod registry;
mod schema;
mod support;
mod tour;
mod trust;
mod verify;
mod walls;
