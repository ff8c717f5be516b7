//! Bundles from registries, as users meet them: a real one, other tools, and one that fails in every way.

mod documents;
mod faults;
mod fetch;
mod guide;
mod memory;
mod protected;
mod retries;
mod tokens;
mod tools;
mod traced;

use crate::support::ddt::Workspace;
use crate::support::process::{Ended, Running};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// A workspace with the source tree of one bundle, `demo:1.0.0`.
struct Place {
    workspace: Workspace,
}

impl Place {
    fn new() -> Self {
        let workspace = Workspace::new();
        workspace.write(
            "demo/bundle.hjson",
            "bundle: demo\ntag: 1.0.0\nsteps: {\n  deploy: deploy\n}\n",
        );
        let step = workspace.write("demo/deploy", "#!/bin/sh\necho deployed\n");
        fs::set_permissions(step, Permissions::from_mode(0o755)).expect("permissions");
        Self { workspace }
    }

    /// The same with the bundle in the layout `layout`, too.
    fn with_layout() -> Self {
        let place = Self::new();
        place
            .run(&["bundle", "build", "demo", "-o", "layout"])
            .exits(0);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.workspace.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let command = self.workspace.ddt(arguments.iter().copied());
        Running::start(command, &self.workspace.path()).end()
    }

    /// Runs with credentials for a registry in the environment.
    fn run_as(&self, host: &str, [user, password]: [&str; 2], arguments: &[&str]) -> Ended {
        let mut command = self.workspace.ddt(arguments.iter().copied());
        command
            .env("DDT_REGISTRY_HOST", host)
            .env("DDT_REGISTRY_USER", user)
            .env("DDT_REGISTRY_PASSWORD", password);
        Running::start(command, &self.workspace.path()).end()
    }

    /// The digest of the bundle in a layout.
    fn digest(&self, layout: &str) -> String {
        let reference = format!("dir:{layout}/demo:1.0.0");
        let shown = self
            .run(&["bundle", "inspect", &reference, "--json"])
            .exits(0);
        let digest = &shown.json()["digest"];
        digest.as_str().expect("a digest").to_owned()
    }
}
