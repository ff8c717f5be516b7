//! Bundles and other tools: skopeo and umoci read ours, and ddt reads theirs.

use super::Place;
use crate::support::docker_registry::{DockerRegistry, is_installed};
use crate::support::skip::skip;
use std::process::Command;

fn has(program: &str) -> bool {
    let has = is_installed(program);
    if !has {
        skip(&format!("{program} is not installed"));
    }
    has
}

/// Runs a tool in the working directory of a place.
#[track_caller]
fn run(place: &Place, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(place.path(""))
        .env("HOME", place.path("../home"))
        .output()
        .expect("the tool starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}:\n{said}");
}

#[test]
fn skopeo_copies_a_bundle_out_and_in_without_a_change_of_digest() {
    if !has("skopeo") {
        return;
    }
    let Some(registry) = DockerRegistry::open() else {
        return;
    };
    let (place, host) = (Place::with_layout(), registry.host());
    let digest = place.digest("layout");
    place
        .run(&["bundle", "push", "demo", &format!("{host}/ours/demo:1.0.0")])
        .exits(0);
    let copy = |from: &str, to: &str| {
        let options = [
            "--insecure-policy",
            "copy",
            "--src-tls-verify=false",
            "--dest-tls-verify=false",
        ];
        run(
            &place,
            "skopeo",
            &[&options[..], &["--preserve-digests", from, to]].concat(),
        );
    };
    copy(
        &format!("docker://{host}/ours/demo:1.0.0"),
        "oci:out:demo:1.0.0",
    );
    assert_eq!(place.digest("out"), digest);
    copy(
        "oci:out:demo:1.0.0",
        &format!("docker://{host}/back/demo:1.0.0"),
    );
    let inspect = ["bundle", "inspect", &format!("{host}/back/demo:1.0.0")];
    place.run(&inspect).exits(0).says(&digest);
}

#[test]
fn images_that_umoci_makes_are_bundles() {
    if !has("umoci") || !has("skopeo") {
        return;
    }
    let Some(registry) = DockerRegistry::open() else {
        return;
    };
    let (place, host) = (Place::with_layout(), registry.host());
    // Several layers; the second deletes a file of the first.
    place.workspace.write("demo/surplus", "surplus");
    run(&place, "umoci", &["init", "--layout", "image"]);
    run(&place, "umoci", &["new", "--image", "image:demo"]);
    let repack = |change: &str| {
        run(&place, "rm", &["-rf", "root"]);
        run(
            &place,
            "umoci",
            &["unpack", "--rootless", "--image", "image:demo", "root"],
        );
        run(&place, "sh", &["-ec", change]);
        run(
            &place,
            "umoci",
            &["repack", "--image", "image:demo", "root"],
        );
    };
    repack("cp -R demo/. root/rootfs");
    repack("rm root/rootfs/surplus");
    for (format, compression) in [("oci", "gzip"), ("v2s2", "gzip"), ("oci", "zstd")] {
        let to = format!("docker://{host}/{format}-{compression}/demo:1.0.0");
        let options = [
            "--insecure-policy",
            "copy",
            "--dest-tls-verify=false",
            "--dest-compress-format",
        ];
        run(
            &place,
            "skopeo",
            &[
                &options[..],
                &[compression, "--format", format, "oci:image:demo", &to],
            ]
            .concat(),
        );
        let from = format!("{host}/{format}-{compression}/demo:1.0.0");
        place
            .run(&["bundle", "inspect", &from])
            .exits(0)
            .says("deploy");
        let pulled = format!("dir:pulled-{format}-{compression}");
        place.run(&["bundle", "pull", &from, &pulled]).exits(0);
        let layout = pulled.replace("dir:", "");
        let unpacked = format!("unpacked-{format}-{compression}");
        if format == "oci" && compression == "gzip" {
            run(
                &place,
                "umoci",
                &[
                    "unpack",
                    "--rootless",
                    "--image",
                    &format!("{layout}:demo:1.0.0"),
                    &unpacked,
                ],
            );
            let root = place.path(&unpacked).join("rootfs");
            assert!(root.join("bundle.hjson").exists() && !root.join("surplus").exists());
        }
    }
}

#[test]
fn umoci_lists_a_bundle() {
    if !has("umoci") {
        return;
    }
    let place = Place::with_layout();
    let output = Command::new("umoci")
        .args(["list", "--layout", "layout"])
        .current_dir(place.path(""))
        .output();
    let output = output.expect("umoci starts");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "demo:1.0.0\n");
}
