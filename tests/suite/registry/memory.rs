//! A large bundle passes through ddt, and never lies in its memory; a node gets it once.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;

use super::Place;
use crate::support::docker_registry::DockerRegistry;
use crate::support::process::{Ended, Running};
use crate::support::wait::until;

/// The size of the bundle, twice what ddt may use, which is little more than the program itself.
const BUNDLE: usize = 128 << 20;
const MEMORY: u64 = 64 << 20;

impl Place {
    /// Runs to the end, and asserts that it was done with little memory.
    #[track_caller]
    fn run_within_memory(&self, arguments: &[&str]) -> Ended {
        let command = self.workspace.ddt(arguments.iter().copied());
        let mut running = Running::start(command, &self.workspace.path());
        let status = format!("/proc/{}/status", running.id());
        let mut most = 0;
        until("ddt ends", || {
            most = most.max(peak(&status));
            running.has_ended()
        });
        assert!(most > 0, "the memory was not seen");
        assert!(most < MEMORY, "ddt {arguments:?} used {most} bytes");
        running.end().exits(0)
    }
}

/// The most bytes of memory that a process ever had; nothing of one that has ended.
fn peak(status: &str) -> u64 {
    let status = fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) << 10
}

#[test]
fn a_bundle_larger_than_the_memory_is_pushed_and_deployed_and_sent_once() {
    let Some(registry) = DockerRegistry::open() else {
        return;
    };
    let place = Place::new();
    let mut large = File::create(place.path("demo/large")).expect("a file");
    for number in 0..BUNDLE >> 20 {
        let part = [u8::try_from(number).expect("few parts"); 1 << 20];
        large.write_all(&part).expect("written");
    }
    let repo = format!("{}/team", registry.host());
    place.run_within_memory(&["bundle", "push", "demo", &format!("{repo}/demo:1.0.0")]);
    fs::remove_dir_all(place.path("demo")).expect("removed");
    place
        .workspace
        .write("ddt.hjson", "components: [ \"components\" ]\n");
    place.workspace.write("components/solo.hjson", SOLO);
    place.workspace.write("inventory.hjson", INVENTORY);
    place
        .workspace
        .write("zone.hjson", MANIFEST.replace("REPO", &repo));
    place.run_within_memory(&["deploy", "zone.hjson"]);
    // An upload begins with a directory of its own in here.
    let bundles = place.path("node/var/lib/ddt/bundles");
    let changed = || {
        let metadata = fs::metadata(&bundles).expect("the node has the bundle");
        (metadata.ctime(), metadata.ctime_nsec())
    };
    let before = changed();
    let again = ["deploy", "zone.hjson", "--reinstall"];
    place.run_within_memory(&again).says("1 done");
    assert_eq!(changed(), before, "the bundle was sent again");
}

pub(super) const MANIFEST: &str = "{
  mzone: zone-1
  artifrepo: REPO
  components: {
    solo: {
      packages: {
        demo: {
          tag: 1.0.0
        }
      }
    }
  }
}
";

pub(super) const INVENTORY: &str = "{
  mzone: zone-1
  nodes: {
    node-1: {
      transport: local
      root: node
    }
  }
}
";

pub(super) const SOLO: &str = "{
  component: solo
  plain_tags: yes
  stages: [ \"done\" ]
  ready: done
  files: {
    stage: /etc/solo/stage
    releases: /etc/solo/releases
    history: /var/log/solo.log
  }
  packages: [
    {
      package: demo
      sets: done
      required: yes
    }
  ]
}
";
