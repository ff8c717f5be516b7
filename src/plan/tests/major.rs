//! Rule 5: a node of another major is left out, the others go on.

use super::facts::{Change, blank, ready};
use super::zone::Zone;

const NEWER_OS: &str = "3.5.0-20220808T144532Z_1b241f2";

#[test]
fn a_node_of_another_major_is_skipped_and_the_others_go_on() {
    for other in [
        "5.0.0-20230101T000000Z_1b241f2",
        "2.9.9-20230101T000000Z_1b241f2",
    ] {
        let zone = Zone::sample()
            .only(&["base-os-sw"])
            .wants("base-os-sw", NEWER_OS);
        let zone = zone.node("node-1", ready());
        let plan = zone
            .node("node-2", ready().has("base-os-sw", other))
            .plan()
            .unwrap();
        assert!(plan.skips_a_node());
        assert_eq!((plan.nodes[0].work(), plan.nodes[1].work()), (1, 0));
    }
}

#[test]
fn a_wanted_major_the_node_does_not_have_skips_it() {
    let zone = Zone::sample()
        .node("node-1", ready())
        .node("node-2", blank());
    let newer = zone
        .clone()
        .wants("base-os-sw", "5.0.0-20230101T000000Z_1b241f2");
    insta::assert_snapshot!(newer.told(), @r"
    node-1, upgrade: skipped: hostos-base-os-sw-release is 3.4.83-20220708T144532Z_1b241f2, the manifest wants 5.0.0-20230101T000000Z_1b241f2: a 3.x node takes 3.x releases only, not 5.x
    node-2, fresh: deploy
      boot: run and reboot, not installed [- → pre-config]
      config: run, not installed [pre-config → pre-install]
      base-os-sw: run, not installed [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
    let older = zone.wants("base-os-sw", "2.0.0-20230101T000000Z_1b241f2");
    insta::assert_snapshot!(older.told(), @r"
    node-1, upgrade: skipped: hostos-base-os-sw-release is 3.4.83-20220708T144532Z_1b241f2, the manifest wants 2.0.0-20230101T000000Z_1b241f2: a 3.x node takes 3.x releases only, not 2.x
    node-2, fresh: deploy
      boot: run and reboot, not installed [- → pre-config]
      config: run, not installed [pre-config → pre-install]
      base-os-sw: run, not installed [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn what_else_is_wrong_with_a_skipped_node_stands_in_nobodys_way() {
    let mut facts = ready().has("boot", "3.9.9-20230101T000000Z_887ca13");
    facts.privileged = false;
    let zone = Zone::sample().wants("base-os-sw", "5.0.0-20230101T000000Z_1b241f2");
    insta::assert_snapshot!(zone.node("node-1", facts).told(), @"node-1, upgrade: skipped: hostos-base-os-sw-release is 3.4.83-20220708T144532Z_1b241f2, the manifest wants 5.0.0-20230101T000000Z_1b241f2: a 3.x node takes 3.x releases only, not 5.x");
}
