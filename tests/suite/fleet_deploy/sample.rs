//! The shipped sample, `manifests/hostos`, on real hosts.

use crate::support::fleet::Kind;
use crate::support::process::Ended;
use crate::support::remote::RemoteZone;
use crate::support::zone::{HOSTOS, Zone};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/manifests/hostos");

struct Sample(RemoteZone);

impl Sample {
    fn up(count: usize, kind: Kind) -> Option<Self> {
        let zone = RemoteZone::of(Zone::hostos(&[]), count, kind)?;
        zone.edit_inventory(|text| text.replace("mzone: zone-1", "mzone: mzone7204"));
        let mirror = format!(
            "registries: {{\n  wcp-genctl-docker-local.artifactory.swg-devops.com: {{\n    \
             mirror: \"dir:{SAMPLE}/bundles\"\n  }}\n}}\n"
        );
        zone.zone().write("ddt.hjson", mirror);
        Some(Self(zone))
    }

    fn deploy(&self) -> Ended {
        let manifest = format!("{SAMPLE}/mzone7204.hjson");
        self.0
            .run(&["deploy", &manifest, "--inventory", "inventory.hjson"])
    }

    fn boot_ids(&self) -> Vec<Option<String>> {
        let hosts = 0..self.0.fleet().addresses().len();
        hosts.map(|host| self.0.fleet().boot_id(host)).collect()
    }

    /// Deploys to new hosts, and again to hosts on which there is nothing to do.
    fn deploys_once(&self) {
        let count = self.0.fleet().addresses().len();
        let before = self.boot_ids();
        let said = format!("{} tasks on {count} nodes: {} done", 7 * count, 7 * count);
        self.deploy().exits(0).says(&said);
        let after = self.boot_ids();
        let expected = HOSTOS.map(|(package, tag)| format!("{package} {tag} deployed"));
        for host in self.0.hosts() {
            assert_eq!(host.releases(), expected, "{host:?}");
        }
        assert!(
            before.iter().chain(&after).all(Option::is_some),
            "a host has no boot id"
        );
        assert!(
            before
                .iter()
                .zip(&after)
                .all(|(before, after)| before != after),
            "a host did not reboot"
        );
        self.deploy().exits(0).says(&format!(
            "nothing to do: {count} nodes of mzone7204 are up to date"
        ));
        assert_eq!(self.boot_ids(), after);
        assert!(self.0.hosts().all(|host| host.releases() == expected));
    }
}

#[test]
fn deploys_to_three_and_to_eight_hosts_that_reboot_once() {
    for count in [3, 8] {
        let Some(sample) = Sample::up(count, Kind::Namespaces) else {
            return;
        };
        sample.deploys_once();
        for host in sample.0.hosts() {
            let starts = host.run("grep -c 'Server listening on 0.0.0.0' /var/log/sshd.log");
            assert_eq!(starts, "2\n", "{host:?}: sshd starts with every boot");
            assert_eq!(host.run("hostos-base"), "3.4.83-20220708T144532Z_1b241f2\n");
        }
    }
}

#[test]
fn deploys_below_the_roots_of_unprivileged_hosts() {
    let Some(sample) = Sample::up(3, Kind::Plain) else {
        return;
    };
    sample.deploys_once();
}
