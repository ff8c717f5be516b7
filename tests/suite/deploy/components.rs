//! A component that ddt was not built with: a definition in the project, with stages and tags of its own.

use crate::support::release::Release;
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::str;

const DEFINITION: &str = r#"{
  component: lamps
  stages: [
    wired
    lit
  ]
  ready: lit
  boot_cycle: lamp-firmware
  plain_tags: yes
  files: {
    stage: /etc/lamps/stage
    releases: /etc/lamps/releases
    history: /var/log/lamps.log
  }
  packages: [
    {
      package: lamp-light
      after: [ "lamp-wires" ]
      needs: wired
      sets: lit
    }
    {
      package: lamp-wires
      sets: wired
      required: yes
    }
    {
      package: lamp-firmware
      may_reboot: yes
    }
  ]
}
"#;

fn lamps(definition: &str) -> Zone {
    let releases = ["lamp-light", "lamp-wires"].map(|package| Release::new(package, "1.2.3"));
    let zone = Zone::new(&["lamp-1", "lamp-2"], "lamps", releases.into());
    zone.write("ddt.hjson", "{\n  components: [\n    definitions\n  ]\n}\n");
    zone.write("definitions/lamps.hjson", definition);
    zone
}

#[test]
fn is_deployed_in_its_own_order_to_its_own_files() {
    let zone = lamps(DEFINITION);
    zone.deploy(&[]).exits(0).says("4 tasks on 2 nodes: 4 done");
    for name in ["lamp-1", "lamp-2"] {
        let node = zone.node(name);
        assert_eq!(node.deployed(), ["lamp-wires", "lamp-light"], "{name}");
        assert_eq!(
            node.read("/etc/lamps/stage").as_deref(),
            Some("lit\n"),
            "{name}"
        );
        let releases = node.read("/etc/lamps/releases").expect("a record");
        assert!(
            releases.contains(" lamp-wires lamp-wires:1.2.3 sha256:"),
            "{releases}"
        );
        assert!(node.read("/var/log/lamps.log").is_some(), "{name}");
        assert_eq!(
            node.stage(),
            None,
            "{name} has a stage of another component"
        );
    }
}

#[test]
fn is_upgraded_by_plain_tags() {
    let mut zone = lamps(DEFINITION);
    zone.deploy(&[]).exits(0);
    zone.release("lamp-light").tag("1.10.0");
    zone.deploy(&[]).exits(0).says("2 tasks on 2 nodes");
    zone.release("lamp-light").tag("1.9.0");
    zone.deploy(&[])
        .exits(2)
        .says("1.10.0 is installed, the manifest wants the older 1.9.0");
}

#[test]
fn needs_what_its_definition_requires() {
    let mut zone = lamps(DEFINITION);
    zone.remove("lamp-wires");
    zone.deploy(&[]).exits(2).says("lamp-wires");
    assert!(!zone.path("nodes").exists(), "a node was touched");
}

#[test]
fn refuses_plain_tags_where_its_definition_does_not_allow_them() {
    let zone = lamps(&DEFINITION.replace("plain_tags: yes", "plain_tags: no"));
    zone.deploy(&[]).exits(2).says("DDT301");
}

#[test]
fn shows_the_ring_of_a_cyclic_definition() {
    let cyclic = DEFINITION.replace(
        "sets: wired",
        "after: [ \"lamp-light\" ]\n      sets: wired",
    );
    let zone = lamps(&cyclic);
    let ended = zone.deploy(&[]).exits(2);
    assert!(
        !zone.path("nodes").exists() && !zone.path(".ddt").exists(),
        "something was started"
    );
    assert_said(
        &ended.stderr,
        str![[r#"
error[DDT408]: lamp-light → lamp-wires → lamp-light come before each other in a circle
    ╭─[definitions/lamps.hjson:17:16]
 16 │     {
 17 │       package: lamp-light
    ·                ─────┬────
    ·                     ╰── comes before `lamp-wires`
 18 │       after: [ "lamp-wires" ]
    ╰────
    ╭─[definitions/lamps.hjson:23:16]
 22 │     {
 23 │       package: lamp-wires
    ·                ─────┬────
    ·                     ╰── comes before `lamp-light`
 24 │       after: [ "lamp-light" ]
    ╰────
  help: remove one step of the circle

1 error
error: definitions/lamps.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn replaces_one_that_is_built_in() {
    let mut zone = lamps(&DEFINITION.replace("component: lamps", "component: hostos"));
    zone.deploy(&[]).exits(2).says("lamps");
    zone.component("hostos");
    zone.deploy(&[]).exits(0);
    assert_eq!(zone.node("lamp-1").deployed(), ["lamp-wires", "lamp-light"]);
}
