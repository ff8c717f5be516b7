//! Archives that want out of the directory they are unpacked into, sent to a node with the
//! digests that fit: what only a controller can do that is broken, or somebody else's.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use tar::{EntryType as Kind, Header};
use tokio::io::AsyncWriteExt as _;
use tokio::runtime::Builder;

use super::sandbox::{Sandbox, in_every_shell, until};
use crate::bundle::hostile::Hostile;
use crate::bundle::tree::{Entry, Tree};
use crate::digest::Digest;
use crate::node::session::{Patience, Session};
use crate::node::{Node as _, NodeError, Payload, Purpose};

/// The way from a payload's tree, while it is unpacked, to the node's root.
const UP: &str = "../../../../../..";

/// What an archive is aimed at, and from where.
struct Aim {
    digest: Digest,
    /// A directory of the node, as an absolute path.
    etc: Utf8PathBuf,
    /// Three paths in the payload's tree, the last of them below the first.
    a: String,
    b: String,
    below: String,
    /// A file in that directory, as an absolute path and from the payload's tree.
    absolute: String,
    relative: String,
}

type Case = (&'static str, Hostile);

impl Aim {
    fn at(etc: Utf8PathBuf, digest: Digest) -> Self {
        let inside = |path: &str| format!("{}/{path}", digest.hex());
        Self {
            a: inside("a"),
            b: inside("b"),
            below: inside("a/passwd"),
            absolute: format!("{etc}/passwd"),
            relative: inside(&format!("{UP}/etc/passwd")),
            digest,
            etc,
        }
    }

    fn corpus(&self) -> Vec<Case> {
        let parts = [
            self.paths(),
            self.links(),
            self.hard_links(),
            self.places(),
            self.kinds(),
        ];
        parts.into_iter().flatten().collect()
    }

    fn paths(&self) -> Vec<Case> {
        let file = |path: &str| Hostile::default().file(path, b"x");
        let renamed = |kind, data: &[u8]| {
            Hostile::default()
                .entry(kind, "x", "", data)
                .file(&self.a, b"x")
        };
        vec![
            ("absolute path", file(&self.absolute)),
            ("path with ..", file(&self.relative)),
            ("path of .. only", file("../sha256/planted")),
            (
                "absolute path in pax",
                renamed(Kind::XHeader, &pax("path", &self.absolute)),
            ),
            (
                "path with .. in pax",
                renamed(Kind::XHeader, &pax("path", &self.relative)),
            ),
            (
                "path with .. in a long name",
                renamed(Kind::GNULongName, self.relative.as_bytes()),
            ),
            (
                "wrong size in pax",
                renamed(Kind::XHeader, &pax("size", "999")),
            ),
        ]
    }

    fn links(&self) -> Vec<Case> {
        let to = |target: &str| Hostile::default().entry(Kind::Symlink, &self.a, target, b"");
        let over_a_link = Hostile::default()
            .entry(Kind::Symlink, &self.b, "..", b"")
            .entry(Kind::Symlink, &self.a, "b/../../../../../etc", b"");
        let in_pax = Hostile::default()
            .entry(Kind::XHeader, "x", "", &pax("linkpath", self.etc.as_str()))
            .entry(Kind::Symlink, &self.a, "b", b"");
        let opened = |header: &mut Header| header.set_mode(0o777);
        vec![
            (
                "absolute link, then through it",
                to(self.etc.as_str()).file(&self.below, b"x"),
            ),
            (
                "link with .., then through it",
                to(&format!("{UP}/etc")).file(&self.below, b"x"),
            ),
            ("link over a link", over_a_link.file(&self.below, b"x")),
            (
                "link in pax, then through it",
                in_pax.file(&self.below, b"x"),
            ),
            (
                "directory over a link",
                to(self.etc.as_str()).entry_with(Kind::Directory, &self.a, "", b"", opened),
            ),
            ("file over a link", to(&self.absolute).file(&self.a, b"x")),
        ]
    }

    fn hard_links(&self) -> Vec<Case> {
        let to = |target: &str| {
            Hostile::default()
                .file(&self.b, b"x")
                .entry(Kind::Link, &self.a, target, b"")
        };
        let to_a_link = Hostile::default()
            .entry(Kind::Symlink, &self.b, &self.absolute, b"")
            .entry(Kind::Link, &self.a, &self.b, b"");
        vec![
            ("hard link", to(&self.absolute)),
            (
                "hard link, then a file",
                to(&self.absolute).file(&self.a, b"x"),
            ),
            (
                "hard link with .., then a file",
                to(&self.relative).file(&self.a, b"x"),
            ),
            ("hard link to a link", to_a_link.file(&self.a, b"x")),
        ]
    }

    /// What stands where the runner has, or wants, something else.
    fn places(&self) -> Vec<Case> {
        let link =
            |path: &str, target: &str| Hostile::default().entry(Kind::Symlink, path, target, b"");
        let payload = self.digest.hex();
        let opened = |header: &mut Header| header.set_mode(0o2777);
        vec![
            (
                "link in the payload's place",
                link(payload, self.etc.as_str()),
            ),
            (
                "link in its place, then below",
                link(payload, self.etc.as_str()).file(&format!("{payload}/passwd"), b"x"),
            ),
            (
                "file in the payload's place",
                Hostile::default().file(payload, b"x"),
            ),
            (
                "link in the archive's place",
                link("archive", &self.absolute).file("archive", b"x"),
            ),
            (
                "directory of all",
                Hostile::default()
                    .entry_with(Kind::Directory, "./", "", b"", opened)
                    .entry(Kind::Directory, "..", "", b""),
            ),
        ]
    }

    fn kinds(&self) -> Vec<Case> {
        let entry = |kind| {
            Hostile::default()
                .file(&self.b, b"x")
                .entry(kind, &self.a, "", b"")
        };
        let setuid = |header: &mut Header| header.set_mode(0o4755);
        vec![
            ("character device", entry(Kind::Char)),
            ("block device", entry(Kind::Block)),
            ("pipe", entry(Kind::Fifo)),
            ("unknown kind", entry(Kind::new(b'Q'))),
            (
                "setuid",
                Hostile::default().entry_with(Kind::Regular, &self.a, "", b"", setuid),
            ),
        ]
    }
}

/// A record of a pax header: its length counts itself.
fn pax(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n");
    let length = (rest.len() + 1..).find(|length| length.to_string().len() + rest.len() == *length);
    format!("{}{rest}", length.expect("a length")).into_bytes()
}

fn payload(sandbox: &Sandbox, digest: &Digest, archive: Vec<u8>) -> Payload {
    let path = sandbox.directory.path().join("hostile.tar");
    std::fs::write(&path, &archive).expect("written");
    Payload {
        digest: digest.clone(),
        path: Utf8PathBuf::from_path_buf(path).expect("a path"),
        size: archive.len() as u64,
        archive: Digest::of(&archive),
    }
}

/// Waits until the upload is removed, and checks that the node's cache holds nothing but the
/// trees that were taken: plain files, of what one `tar` takes for such and another refuses.
async fn holds_only_trees(sandbox: &Sandbox, what: &str, taken: bool) {
    let bundles = sandbox.root().join("var/lib/ddt/bundles");
    let only_trees = || {
        let entries = bundles.read_dir_utf8().expect("there");
        entries.flatten().all(|entry| entry.file_name() == "sha256")
    };
    until(what, only_trees).await;
    let trees = bundles.join("sha256");
    let kept = trees.read_dir_utf8().expect("there");
    assert!(taken || kept.count() == 0, "{what} was kept");
    for entry in trees.read_dir_utf8().expect("there") {
        let path = entry.expect("an entry").into_path();
        let name = path.file_name().unwrap_or_default();
        assert_eq!(name.len(), 64, "{what}: {path}");
        assert!(is_plain(&path), "{what}: {path} is not plain");
        let below = path.read_dir_utf8().expect("a directory");
        let below: Vec<_> = below
            .map(|entry| entry.expect("an entry").into_path())
            .collect();
        assert!(below.iter().all(|path| is_plain(path)), "{what}: {below:?}");
    }
}

/// Says whether a path is a directory, or a file that gives no rights away.
fn is_plain(path: &Utf8Path) -> bool {
    let metadata = path.symlink_metadata().expect("there");
    let gives_rights = metadata.mode() & 0o6000 != 0;
    metadata.is_dir() || metadata.is_file() && metadata.nlink() == 1 && !gives_rights
}

#[tokio::test]
async fn no_archive_gets_out_of_the_directory_it_is_unpacked_into() {
    in_every_shell(async |sandbox| {
        sandbox.write("etc/passwd", "root\n");
        sandbox.write("etc/cron.d/job", "\n");
        let before = sandbox.tree();
        let aim = Aim::at(sandbox.root().join("etc"), Digest::of(b"hostile"));
        for (what, archive) in aim.corpus() {
            let payload = payload(sandbox, &aim.digest, archive.end());
            let uploaded = sandbox.node().upload(&[payload]).await;
            holds_only_trees(sandbox, what, uploaded.is_ok()).await;
            let var = sandbox.root().join("var");
            std::fs::remove_dir_all(&var).expect("removed");
            assert_eq!(sandbox.tree(), before, "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_no_bundle_may_hold_is_named() {
    in_every_shell(async |sandbox| {
        let digest = Digest::of(b"hostile");
        let inside = format!("{}/a device", digest.hex());
        let archive = Hostile::default().entry(Kind::Char, &inside, "", b"");
        let payload = payload(sandbox, &digest, archive.end());
        let error = sandbox.node().upload(&[payload]).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(error.expect_err("refused"));
        }
    })
    .await;
}

/// Links in three directories, by the path of each, and where it leads.
fn any_links() -> impl Strategy<Value = BTreeMap<String, String>> {
    let path = (
        select(&["", "d/", "d/e/"][..]),
        select(&["a", "b", "c"][..]),
    );
    let names = select(&["a", "b", "c", "d", "e", "f", "..", "..", ".", ""][..]);
    let target = vec(names, 1..6).prop_map(|names| names.join("/"));
    let target = target.prop_filter("a link leads somewhere", |target| !target.is_empty());
    btree_map(
        path.prop_map(|(above, name)| format!("{above}{name}")),
        target,
        1..6,
    )
}

/// What the controller says of them.
fn stay_inside(links: &BTreeMap<String, String>) -> bool {
    let mut tree = Tree::default();
    for directory in ["d", "d/e"] {
        let inserted = tree.insert(directory.into(), Entry::Directory);
        inserted.expect("a directory");
    }
    for (path, target) in links {
        let inserted = tree.insert(path.into(), Entry::Link(target.into()));
        inserted.expect("a link");
    }
    tree.check_links().is_ok()
}

fn archive_of(links: &BTreeMap<String, String>, digest: &Digest) -> Vec<u8> {
    let inside = |path: &str| format!("{}/{path}", digest.hex());
    let opened = |header: &mut Header| header.set_mode(0o755);
    let archive = ["", "d/", "d/e/"]
        .iter()
        .fold(Hostile::default(), |archive, path| {
            archive.entry_with(Kind::Directory, &inside(path), "", b"", opened)
        });
    let archive = archive.file(&inside("d/f"), b"x");
    let archive = links.iter().fold(archive, |archive, (path, target)| {
        archive.entry(Kind::Symlink, &inside(path), target, b"")
    });
    archive.end()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_node_takes_those_links_that_the_controller_takes(links in any_links()) {
        let test = in_every_shell(async |sandbox| {
            let digest = Digest::of(b"links");
            let payload = payload(sandbox, &digest, archive_of(&links, &digest));
            let uploaded = sandbox.node().upload(&[payload]).await;
            assert_eq!(uploaded.is_ok(), stay_inside(&links), "{uploaded:?}");
        });
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(test);
    }
}

#[tokio::test]
async fn an_archive_without_the_payload_is_refused() {
    in_every_shell(async |sandbox| {
        let digest = Digest::of(b"hostile");
        let etc = sandbox.root();
        let link = Hostile::default().entry(Kind::Symlink, digest.hex(), etc.as_str(), b"");
        for archive in [Hostile::default().file("other", b"x"), link] {
            let payload = payload(sandbox, &digest, archive.end());
            let error = sandbox
                .node()
                .upload(&[payload])
                .await
                .expect_err("refused");
            insta::allow_duplicates! {
                insta::assert_snapshot!(error);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_digest_names_no_payload() {
    in_every_shell(async |sandbox| {
        sandbox.write("var/lib/ddt/receipts/run1/order", "");
        let archive = Hostile::default().end();
        let digest = Digest::of(&archive);
        let mut link = sandbox.link(Purpose::Deploy, &sandbox.shell.path);
        let mut session = Session::open(&mut link).await.expect("a session");
        let request = format!("upload {} {} ../../receipts", archive.len(), digest.hex());
        let id = session.begin(&request).await.expect("sent");
        session.input().write_all(&archive).await.expect("sent");
        session.input().flush().await.expect("sent");
        let error = session
            .answer(&id, Patience::Short)
            .await
            .expect_err("refused");
        assert!(matches!(error, NodeError::Protocol(_)), "{error}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"answered what the runner does not say: protocol: not a digest: ../../receipts");
        }
        assert!(
            sandbox
                .root()
                .join("var/lib/ddt/receipts/run1/order")
                .exists()
        );
    })
    .await;
}
