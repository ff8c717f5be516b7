//! The shipped bundles of `manifests/hostos/bundles`, run for real in a sandbox.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::fixture::{Directory, resolver};
use super::{ResolvedBundle, Resolver};
use crate::digest::Digest;
use crate::node::attempt::StepKind;

/// Packages and their bundles, in the order in which they are deployed.
const PACKAGES: [(&str, &str); 7] = [
    ("hostos-boot-release", "hostos-boot-release"),
    ("hostos-config-release", "hostos-config-release"),
    ("hostos-base-os-sw-release", "hostos-base-os-sw-release"),
    ("hostos-base-net-sw-release", "hostos-base-net-sw-release"),
    (
        "hostos-nextgen-os-sw-release",
        "hostos-nextgen-os-sw-release",
    ),
    ("hostos-post-config-release", "hostos-config-release"),
    ("hostos-kernel-patch-release", "hostos-kernel-patch-release"),
];

fn source(bundle: &str) -> Utf8PathBuf {
    let bundles = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests/hostos/bundles");
    bundles.join(bundle)
}

/// An empty node root, with the files of an attempt beside it.
struct Sandbox {
    directory: Directory,
    resolver: Resolver,
}

/// One run of a step.
struct Call<'a> {
    package: &'a str,
    bundle: &'a ResolvedBundle,
    step: StepKind,
    tag: &'a str,
    from_tag: &'a str,
    dry_run: &'a str,
}

impl Sandbox {
    fn new() -> Self {
        let directory = Directory::new();
        fs::create_dir(directory.join("root")).unwrap();
        directory.file("config", r#"{"mtu":9000,"domain":"zone.example"}"#, 0o600);
        let resolver = resolver(&directory.join("cache"));
        Self {
            directory,
            resolver,
        }
    }

    fn bundle(&self, name: &str) -> ResolvedBundle {
        let bundle = self.resolver.resolve_source_tree(&source(name)).unwrap();
        assert_eq!(bundle.descriptor.bundle.as_str(), name);
        bundle
    }

    /// Runs a step as a node does, and returns what it printed.
    fn run(&self, call: &Call<'_>) -> String {
        let name = call.bundle.descriptor.bundle.as_str();
        let step = call.bundle.descriptor.step(call.step).unwrap();
        let output = Command::new(format!("./{}", step.path))
            .current_dir(source(name))
            .env("DDT_ZONE", "mzone7204")
            .env("DDT_NODE", "node1")
            .env("DDT_PACKAGE", call.package)
            .env("DDT_BUNDLE", name)
            .env("DDT_TAG", call.tag)
            .env("DDT_FROM_TAG", call.from_tag)
            .env("DDT_DRY_RUN", call.dry_run)
            .env("DDT_ROOT", self.directory.join("root"))
            .env("DDT_CONFIG", self.directory.join("config"))
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{}: {output:?}", call.package);
        printed
    }

    /// The files below the node's root, each with the digest of its bytes or its target.
    fn files(&self) -> BTreeMap<Utf8PathBuf, String> {
        let mut files = BTreeMap::new();
        let mut directories = vec![self.directory.join("root")];
        while let Some(directory) = directories.pop() {
            for entry in directory.read_dir_utf8().unwrap() {
                let path = entry.unwrap().into_path();
                if let Ok(target) = path.read_link_utf8() {
                    files.insert(path, target.to_string());
                } else if path.is_dir() {
                    directories.push(path);
                } else {
                    let digest = Digest::of(&fs::read(&path).unwrap());
                    files.insert(path, digest.to_string());
                }
            }
        }
        files
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.directory.join("root").join(path)).unwrap()
    }
}

#[test]
fn work_in_a_sandbox_from_an_empty_root() {
    let sandbox = Sandbox::new();
    for (package, name) in PACKAGES {
        let bundle = sandbox.bundle(name);
        let tag = bundle.descriptor.tag.to_string();
        let run = |step, dry_run| {
            sandbox.run(&Call {
                package,
                bundle: &bundle,
                step,
                tag: &tag,
                from_tag: "",
                dry_run,
            })
        };
        let before = sandbox.files();
        run(StepKind::Check, "1");
        assert_eq!(
            sandbox.files(),
            before,
            "{package}: a check changes nothing"
        );
        run(StepKind::Deploy, "");
        run(StepKind::Deploy, "");
        run(StepKind::Verify, "");
        assert_ne!(sandbox.files(), before, "{package}: a deployment is seen");
    }
    let network = sandbox.read("etc/hostos/network.conf");
    insta::assert_snapshot!(network, @r"
    # hostos-config-release 3.5.79-20220716T084253Z_0ffa960
    HOSTNAME=node1
    MTU=9000
    NAMESERVER=127.0.0.53
    DOMAIN=zone.example
    ");
    assert!(
        sandbox
            .read("etc/hostos/application.conf")
            .contains("NODE=node1")
    );
    assert!(sandbox.read("boot/hostos/version").starts_with("3.0.6-"));
}

#[test]
fn go_back_to_the_release_before() {
    for (package, name) in PACKAGES {
        let sandbox = Sandbox::new();
        let bundle = sandbox.bundle(name);
        let run = |step, tag, from_tag| {
            sandbox.run(&Call {
                package,
                bundle: &bundle,
                step,
                tag,
                from_tag,
                dry_run: "",
            })
        };
        run(StepKind::Deploy, "1.0.0", "");
        run(StepKind::Deploy, "1.1.0", "1.0.0");
        run(StepKind::Verify, "1.1.0", "1.0.0");
        run(StepKind::Rollback, "1.1.0", "1.0.0");
        run(StepKind::Verify, "1.0.0", "");
        run(StepKind::Rollback, "1.0.0", "");
        let left = sandbox.files().into_keys();
        let left: Vec<_> = left
            .filter(|path| path.as_str().contains("1.0.0"))
            .collect();
        assert_eq!(left, Vec::<Utf8PathBuf>::new(), "{package}");
    }
}

#[test]
fn refuse_a_kernel_patch_while_another_is_applied() {
    let sandbox = Sandbox::new();
    let transition = "root/sys/kernel/livepatch/other/transition";
    sandbox.directory.file(transition, "1\n", 0o644);
    let output = Command::new("./steps/check")
        .current_dir(source("hostos-kernel-patch-release"))
        .env("DDT_ROOT", sandbox.directory.join("root"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("Device or resource busy"), "{said}");
}
