//! The integration tests: the `ddt` binary and library against real files, processes and hosts. One binary, a folder
//! per area.

mod deploy;
mod fleet;
mod fleet_deploy;
mod hjson;
mod lint_compare;
mod support;
mod tour;
mod walls;
