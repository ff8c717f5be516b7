//! A zone that requires signatures, with one bundle and two keys.

use std::fs;
use std::path::PathBuf;

use ddt::bundle::signature::{Release, SecretKey, Signatures, SignedStatement, Statement};

use crate::support::process::Ended;
use crate::support::zone::Zone;

pub(super) const KERNEL: &str = "hostos-kernel-patch-release";
pub(super) const TAG: &str = "3.1.10-20220622T070711Z_1412be2";
pub(super) const NEWER: &str = "3.1.11-20220629T070711Z_77ab01c";

/// A zone of a component with one package, so that a test signs one bundle.
pub(super) struct Signed {
    pub(super) zone: Zone,
    /// Where the bundle and its signatures are.
    pub(super) repo: String,
}

/// What holds the bundle.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Trees,
    Layout,
}

impl Signed {
    pub(super) fn new(place: Place) -> Self {
        let mut zone = Zone::hostos(&["node-1"]);
        zone.keep(KERNEL);
        zone.component("solo");
        zone.write("components/solo.hjson", SOLO);
        zone.write_documents();
        let signed = Self {
            zone,
            repo: "dir:bundles".to_owned(),
        };
        for name in ["alice", "bob"] {
            signed
                .ddt(&["bundle", "keygen", "-o", name, "--no-passphrase"])
                .exits(0);
        }
        signed.project("require_signatures: yes");
        if place == Place::Layout {
            signed.build(TAG);
        }
        signed
    }

    /// The bundle in another place, from which it is deployed.
    pub(super) fn moved_to(mut self, repo: &str) -> Self {
        let manifest = self.zone.manifest().replace("dir:bundles", repo);
        self.zone.write("manifest.hjson", manifest);
        self.repo = repo.to_owned();
        self
    }

    /// A release of the bundle.
    pub(super) fn reference(&self, tag: &str) -> String {
        format!("{}/{KERNEL}:{tag}", self.repo)
    }

    pub(super) fn ddt(&self, arguments: &[&str]) -> Ended {
        self.zone.run(arguments)
    }

    /// Writes `ddt.hjson` with both keys, and more.
    pub(super) fn project(&self, more: &str) {
        self.project_with(more, "", "");
    }

    pub(super) fn project_with(&self, more: &str, alice: &str, bob: &str) {
        let key = |name: &str| {
            let file = fs::read_to_string(self.zone.path(&format!("{name}.pub"))).expect("a key");
            file.lines().nth(1).expect("two lines").to_owned()
        };
        let (a, b) = (key("alice"), key("bob"));
        self.zone.write(
            "ddt.hjson",
            format!(
                "components: [ \"components\" ]\n{more}\ntrusted_keys: {{\n  alice: {{\n    key: \"{a}\"\n    \
                 {alice}\n  }}\n  bob: {{\n    key: \"{b}\"\n    {bob}\n  }}\n}}\n"
            ),
        );
    }

    /// Packs the source tree of a release into the layout `bundles`, which takes the place of the trees.
    pub(super) fn build(&self, tag: &str) {
        let trees = self.zone.path("trees");
        if !trees.exists() {
            fs::rename(self.zone.path("bundles"), &trees).expect("renamed");
        }
        let tree = format!("trees/{KERNEL}/{tag}");
        self.ddt(&["bundle", "build", &tree, "-o", "bundles"])
            .exits(0);
    }

    pub(super) fn sign(&self, key: &str, tag: &str) -> Ended {
        self.sign_with(key, tag, &[])
    }

    pub(super) fn sign_with(&self, key: &str, tag: &str, options: &[&str]) -> Ended {
        let reference = self.reference(tag);
        self.ddt(&[&["bundle", "sign", &reference, "--key", key], options].concat())
    }

    pub(super) fn verify(&self, options: &[&str]) -> Ended {
        let reference = self.reference(TAG);
        self.ddt(&[&["bundle", "verify", &reference], options].concat())
    }

    pub(super) fn deploy(&self, options: &[&str]) -> Ended {
        self.ddt(&[&["deploy", "manifest.hjson"], options].concat())
    }

    #[track_caller]
    pub(super) fn refused(&self, reason: &str) {
        for verb in ["plan", "deploy"] {
            self.ddt(&[verb, "manifest.hjson"])
                .exits(2)
                .says("is not trusted")
                .says(reason);
        }
        assert!(!self.zone.path("nodes").exists(), "a node was touched");
    }

    /// A genuine statement about the release as it is, of another time.
    pub(super) fn signed_long_ago(&self, key: &str) -> String {
        let reference = self.reference(TAG);
        let inspected = self
            .ddt(&["bundle", "inspect", &reference, "--json"])
            .json();
        let text = |key: &str| inspected[key].as_str().expect("a text").to_owned();
        let statement = Statement {
            release: Release {
                bundle: KERNEL.parse().expect("a name"),
                tag: TAG.parse().expect("a tag"),
                digest: text("digest").parse().expect("a digest"),
                size: inspected["size"].as_u64().expect("a size"),
            },
            signed: "2020-01-01T00:00:00Z".parse().expect("a time"),
            expires: "2020-03-31T00:00:00Z".parse().expect("a time"),
        };
        let file = fs::read_to_string(self.zone.path(key)).expect("a key");
        let key = SecretKey::read(&file, None).expect("a key without a passphrase");
        let mut signatures = Signatures::default();
        signatures.add(SignedStatement::new(&statement, &key).expect("a signature"));
        signatures.text()
    }

    /// The file with the signatures of the release, beside source trees.
    pub(super) fn signatures(&self) -> PathBuf {
        let directory = self.zone.path("bundles").join(format!("{KERNEL}.ddtsig"));
        let mut files = fs::read_dir(directory).expect("signatures");
        files.next().expect("a file").expect("an entry").path()
    }
}

const SOLO: &str = "{
  component: solo
  stages: [ \"done\" ]
  ready: done
  files: {
    stage: /etc/solo/stage
    releases: /etc/solo/releases
    history: /var/log/solo.log
  }
  packages: [
    {
      package: hostos-kernel-patch-release
      sets: done
      required: yes
    }
  ]
}
";
