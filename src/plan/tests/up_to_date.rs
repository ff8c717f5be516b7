//! Rule 6: the same tag is up to date, and `--reinstall` runs it.

use super::facts::{Change, deployed, ready};
use super::zone::Zone;
use crate::plan::Verdict;

#[test]
fn a_node_that_has_everything_has_nothing_to_do() {
    insta::assert_snapshot!(Zone::sample().node("node-1", ready()).told(), @r"
    node-1, upgrade: up to date
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: nothing, up to date
      base-net-sw: nothing, up to date
      nextgen-os-sw: nothing, up to date
      post-config: nothing, up to date
      kernel-patch: nothing, up to date
    ");
    let plan = Zone::sample().node("node-1", ready()).plan().unwrap();
    assert_eq!(
        (plan.work(), &plan.nodes[0].verdict),
        (0, &Verdict::UpToDate)
    );
}

#[test]
fn reinstall_runs_what_is_up_to_date_and_leaves_the_boot_release() {
    let zone = Zone::sample()
        .with(|zone| zone.options.reinstall = true)
        .node("node-1", ready())
        .node("node-2", deployed(5, "post-install"));
    insta::assert_snapshot!(zone.told(), @r"
    node-1, upgrade: deploy
      boot: nothing, an upgrade does not install it
      config: run, up to date, run again as asked [post-config]
      base-os-sw: run, up to date, run again as asked [post-config]
      base-net-sw: run, up to date, run again as asked [post-config]
      nextgen-os-sw: run, up to date, run again as asked [post-config]
      post-config: run, up to date, run again as asked [post-config]
      kernel-patch: run, up to date, run again as asked [post-config]
    node-2, continued: deploy
      boot: nothing, an upgrade does not install it
      config: run, up to date, run again as asked [post-install]
      base-os-sw: run, up to date, run again as asked [post-install]
      base-net-sw: run, up to date, run again as asked [post-install]
      nextgen-os-sw: run, up to date, run again as asked [post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn the_last_line_of_a_package_is_what_is_installed() {
    let older = "3.4.80-20220608T144532Z_1b241f2";
    let zone = Zone::sample()
        .only(&["base-os-sw"])
        .node("node-1", ready().has("base-os-sw", older));
    insta::assert_snapshot!(zone.told(), @r"
    node-1, upgrade: deploy
      base-os-sw: run, an older release is installed [post-config]
    ");
}
