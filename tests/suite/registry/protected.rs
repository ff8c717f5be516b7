//! Debian's registry with a password and TLS: from a source tree to a node, and who is let in.

use super::Place;
use crate::support::docker_registry::{DockerRegistry, PASSWORD, USER};
use crate::support::zone::Zone;
use std::fs;

const ADA: [&str; 2] = [USER, PASSWORD];

/// A place whose project trusts the registry's CA.
fn trusting(registry: &DockerRegistry) -> Place {
    let place = Place::with_layout();
    place.workspace.write("ddt.hjson", project(registry));
    place
}

fn project(registry: &DockerRegistry) -> String {
    let (host, ca) = (registry.host(), registry.ca());
    let ca = ca.display();
    format!("{{\n  registries: {{\n    \"{host}\": {{\n      ca: \"{ca}\"\n    }}\n  }}\n}}\n")
}

#[test]
fn what_is_pushed_is_pulled_with_its_digest() {
    let Some(registry) = DockerRegistry::protected() else {
        return;
    };
    let place = trusting(&registry);
    let host = registry.host();
    let remote = format!("{host}/team/demo:1.0.0");
    let digest = place.digest("layout");
    let run = |arguments: &[&str]| place.run_as(&host, ADA, arguments).exits(0);
    run(&["bundle", "push", "demo", &remote]).says(&format!("{remote} {digest} pushed"));
    run(&["bundle", "push", "dir:layout/demo:1.0.0", &remote]).says("already there");
    run(&["bundle", "inspect", &remote]).says(&digest);
    run(&["bundle", "pull", &remote, "dir:pulled"]).says(&digest);
    assert_eq!(place.digest("pulled"), digest);
}

#[test]
fn a_tag_keeps_its_bundle_unless_it_is_said() {
    let Some(registry) = DockerRegistry::open() else {
        return;
    };
    let place = Place::new();
    let remote = format!("{}/demo:1.0.0", registry.host());
    place.run(&["bundle", "push", "demo", &remote]).exits(0);
    place.workspace.write("demo/more", "more");
    let push = ["bundle", "push", "demo", &remote];
    place.run(&push).exits(2).says("`--overwrite` replaces it");
    place
        .run(&[&push[..], &["--overwrite"]].concat())
        .exits(0)
        .says("pushed");
    let other = format!("{}/demo:2.0.0", registry.host());
    place
        .run(&["bundle", "push", "demo", &other])
        .exits(2)
        .says("no place for the bundle demo:1.0.0");
}

#[test]
fn nobody_else_is_let_in() {
    let Some(registry) = DockerRegistry::protected() else {
        return;
    };
    let place = trusting(&registry);
    let host = registry.host();
    let push = ["bundle", "push", "demo", &format!("{host}/demo:1.0.0")];
    place.run(&push).exits(1).says("wants credentials (401)");
    let wrong = place.run_as(&host, [USER, "wrong"], &push).exits(1);
    wrong
        .says("does not take the credentials of `ada` (401)")
        .does_not_say("wrong");
    // Credentials for another registry are not tried.
    place
        .run_as("localhost:1", ADA, &push)
        .exits(1)
        .says("none are known");
    let mut incomplete = place.workspace.ddt(push);
    incomplete.env("DDT_REGISTRY_USER", USER);
    let ended = crate::support::process::Running::start(incomplete, &place.workspace.path()).end();
    ended.exits(1).says("DDT_REGISTRY_HOST is not set");
}

#[test]
fn docker_and_its_helpers_know_the_password() {
    let Some(registry) = DockerRegistry::protected() else {
        return;
    };
    let place = trusting(&registry);
    let host = registry.host();
    let push = ["bundle", "push", "demo", &format!("{host}/demo:1.0.0")];
    // base64 of `ada:lovelace`.
    let known = format!("{{\"auths\": {{\"{host}\": {{\"auth\": \"YWRhOmxvdmVsYWNl\"}}}}}}");
    let config = place.workspace.write("../home/.docker/config.json", known);
    place.run(&push).exits(0);
    let helper = format!(
        "#!/bin/sh\nread -r host\n[ \"$host\" = '{host}' ] || exit 1\n\
        echo '{{\"ServerURL\": \"x\", \"Username\": \"{USER}\", \"Secret\": \"{PASSWORD}\"}}'\n"
    );
    let helper = place.workspace.write("bin/docker-credential-test", helper);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&helper, mode).expect("permissions");
    fs::write(
        config,
        format!("{{\"credHelpers\": {{\"{host}\": \"test\"}}}}"),
    )
    .expect("a file");
    let mut command = place.workspace.ddt(push);
    let path = format!("{}:/usr/bin:/bin", place.path("bin").display());
    command.env("PATH", path);
    let ended = crate::support::process::Running::start(command, &place.workspace.path()).end();
    ended.exits(0).says("already there");
}

#[test]
fn a_registry_must_prove_who_it_is() {
    let Some(registry) = DockerRegistry::protected() else {
        return;
    };
    let place = trusting(&registry);
    let host = registry.host();
    let remote = format!("{host}/demo:1.0.0");
    let Some(other) = DockerRegistry::protected() else {
        return;
    };
    let project = project(&registry).replace(
        &registry.ca().display().to_string(),
        &other.ca().display().to_string(),
    );
    place.workspace.write("ddt.hjson", project);
    let inspect = ["bundle", "inspect", &remote];
    place
        .run_as(&host, ADA, &inspect)
        .exits(1)
        .says("does not prove that it is the one meant");
    place.workspace.write("ddt.hjson", "registries: {}\n");
    // Without a CA, loopback is spoken to in plain HTTP, which this registry does not speak.
    place
        .run_as(&host, ADA, &inspect)
        .exits(1)
        .says("answers 400");
}

#[test]
fn a_zone_is_deployed_to_from_a_registry() {
    let Some(registry) = DockerRegistry::protected() else {
        return;
    };
    let zone = Zone::hostos(&["node-1"]);
    zone.write("ddt.hjson", project(&registry));
    zone.write_documents();
    let host = registry.host();
    let as_ada = |arguments: &[&str]| {
        let mut command = zone.ddt(arguments);
        command
            .env("DDT_REGISTRY_HOST", &host)
            .env("DDT_REGISTRY_USER", USER)
            .env("DDT_REGISTRY_PASSWORD", PASSWORD);
        crate::support::process::Running::start(command, &zone.path("")).end()
    };
    for (package, tag) in crate::support::zone::HOSTOS {
        let tree = format!("bundles/{package}/{tag}");
        if zone.path(&tree).exists() {
            let to = format!("{host}/hostos/{package}:{tag}");
            as_ada(&["bundle", "push", &tree, &to]).exits(0);
        }
    }
    fs::remove_dir_all(zone.path("bundles")).expect("removed");
    let manifest = zone
        .manifest()
        .replace("dir:bundles", &format!("{host}/hostos"));
    zone.write("manifest.hjson", manifest);
    let deploy = ["deploy", "manifest.hjson"];
    let refused = zone.run(&deploy).exits(1).says("wants credentials (401)");
    assert!(
        !zone.path("nodes").exists(),
        "a node was touched: {}",
        refused.stderr
    );
    as_ada(&deploy).exits(0).does_not_say(PASSWORD);
    assert_eq!(zone.node("node-1").deployed().len(), 7);
}
