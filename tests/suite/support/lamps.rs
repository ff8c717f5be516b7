//! A small component with all that a run can go through: a reboot, stages, a release that only adds its line.

use super::release::Release;
use super::zone::Zone;

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
      package: lamp-firmware
      may_reboot: yes
      sets: wired
    }
    {
      package: lamp-light
      after: [ "lamp-firmware" ]
      needs: wired
      sets: lit
    }
    {
      package: lamp-shade
      after: [ "lamp-light" ]
    }
  ]
}
"#;

/// The packages, in definition order.
pub(crate) const PACKAGES: [&str; 3] = ["lamp-firmware", "lamp-light", "lamp-shade"];

/// New lamps at release 1.2.3, the first package of which reboots them.
pub(crate) fn lamps(nodes: &[&str]) -> Zone {
    let releases = PACKAGES.map(|package| Release::new(package, "1.2.3"));
    let mut zone = Zone::new(nodes, "lamps", releases.into());
    zone.release("lamp-firmware").entry("forcereboot: yes");
    zone.write("ddt.hjson", "{\n  components: [\n    definitions\n  ]\n}\n");
    zone.write("definitions/lamps.hjson", DEFINITION);
    zone
}
