//! What a node says of itself, and that asking changes nothing.

use super::sandbox::{RELEASES, STAGE, in_every_shell, query};
use crate::node::Node as _;
use crate::node::facts::BootId;

#[tokio::test]
async fn facts_of_an_empty_root_write_nothing() {
    in_every_shell(async |sandbox| {
        let facts = sandbox.node().facts(&query()).await.expect("facts");
        assert_eq!(facts.boot_id, BootId("sandbox-unbooted".into()));
        assert!(facts.privileged);
        assert!(facts.free_kib > 0);
        assert_eq!(facts.epoch, 0);
        assert_eq!(facts.last_attempt, None);
        let component = facts.components.values().next().expect("a component");
        assert_eq!(*component, Default::default());
        assert!(sandbox.tree().is_empty());
    })
    .await;
}

#[tokio::test]
async fn facts_read_files_and_leave_them_alone() {
    in_every_shell(async |sandbox| {
        let digest = crate::digest::Digest::of(b"bundle");
        let line = format!("2026-01-02T03:04:05Z p b:1.2.3 {digest} run0 deployed");
        sandbox.write(STAGE, "pre-config\n");
        sandbox.write(RELEASES, &format!("{line}\n{line}\n"));
        sandbox.write(
            "etc/genesis/network.conf",
            "A=1\nNODE_TYPES = \"master, compute\" # x\n",
        );
        let before = sandbox.tree();
        let facts = sandbox.node().facts(&query()).await.expect("facts");
        let component = facts.components.values().next().expect("a component");
        assert_eq!(component.stage.as_deref(), Some("pre-config"));
        assert_eq!(component.releases.len(), 2);
        let types = component.personalities.as_ref().expect("the file is there");
        assert!(types.iter().eq(["compute", "master"]));
        assert_eq!(sandbox.tree(), before);
    })
    .await;
}

#[tokio::test]
async fn content_that_is_not_understood_is_said_and_shown() {
    in_every_shell(async |sandbox| {
        sandbox.write(STAGE, "pre-config\nand more\n");
        sandbox.write(RELEASES, "some\0thing\n");
        std::fs::create_dir_all(sandbox.root().join("etc/genesis/network.conf")).expect("made");
        let facts = sandbox.node().facts(&query()).await.expect("facts");
        let component = facts.components.values().next().expect("a component");
        let said: Vec<String> = component
            .unknown
            .iter()
            .map(|unknown| {
                format!(
                    "{}: {}: {:?}",
                    unknown.path, unknown.reason, unknown.excerpt
                )
            })
            .collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(said.join("\n"), @r#"
            /etc/genesis/deploy_stage: a stage is one line: "pre-config\nand more\n"
            /etc/genesis/release-bundles: it holds a NUL byte: "some\0thing\n"
            /etc/genesis/network.conf: it is not a regular file: ""
            "#);
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_that_never_ends_is_not_read_to_its_end() {
    in_every_shell(async |sandbox| {
        let path = sandbox.root().join(RELEASES);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        let file = std::fs::File::create(&path).expect("made");
        file.set_len(1 << 40).expect("grown");
        let facts = sandbox.node().facts(&query()).await.expect("facts");
        let component = facts.components.values().next().expect("a component");
        assert_eq!(component.unknown[0].reason, "it is larger than 1 MiB");
    })
    .await;
}
