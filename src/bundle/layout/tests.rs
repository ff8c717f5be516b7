#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::fs;
use std::io::Write;

use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::*;
use crate::bundle::fixture::Directory;
use crate::bundle::meter::Limits;
use crate::bundle::tree::{Entry, Tree};
use crate::bundle::{archive, source_tree};

fn source(directory: &Directory, tag: &str) -> Tree {
    directory.bundle("demo", "demo", tag);
    source_tree::read(&directory.join("demo")).unwrap()
}

fn packed(tree: &Tree) -> Vec<u8> {
    let mut bytes = Vec::new();
    archive::pack(tree, &mut bytes).unwrap();
    bytes
}

fn unpack(layout: &Layout, name: &str) -> Result<Tree, LayoutError> {
    let release = layout.find(name)?.unwrap();
    let scratch = || tempfile::tempfile();
    let mut unpacker = Unpacker::new(scratch().unwrap(), Limits::default());
    layout.unpack(&release, &mut unpacker, &scratch)?;
    Ok(unpacker.finish().unwrap())
}

/// A layout as another program would write it.
struct Foreign(Directory);

impl Foreign {
    fn new(layers: &[(&str, Vec<u8>)]) -> Self {
        let foreign = Self(Directory::new());
        let layers: Vec<_> = layers
            .iter()
            .map(|(kind, bytes)| foreign.blob(kind, bytes))
            .collect();
        let config = foreign.blob("application/vnd.oci.image.config.v1+json", b"{}");
        let manifest = json!({ "schemaVersion": 2, "config": config, "layers": layers });
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let mut entry = foreign.blob(kind, manifest.to_string().as_bytes());
        entry["annotations"] = json!({ "org.opencontainers.image.ref.name": "demo:1.0.0" });
        foreign.write_index(&json!({ "schemaVersion": 2, "manifests": [entry] }));
        foreign
            .0
            .file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#, 0o644);
        foreign
    }

    fn blob(&self, kind: &str, bytes: &[u8]) -> Value {
        let digest = Digest::of(bytes);
        self.0
            .file(&format!("blobs/sha256/{}", digest.hex()), bytes, 0o644);
        json!({ "mediaType": kind, "digest": digest, "size": bytes.len() })
    }

    fn write_index(&self, index: &Value) {
        self.0.file("index.json", index.to_string(), 0o644);
    }

    fn change_entry(&self, change: impl FnOnce(&mut Value)) {
        let text = fs::read_to_string(self.0.join("index.json")).unwrap();
        let mut index: Value = serde_json::from_str(&text).unwrap();
        change(&mut index["manifests"][0]);
        self.write_index(&index);
    }

    fn layout(&self) -> Layout {
        Layout::at(self.0.path())
    }

    fn refused(&self) -> String {
        let error = unpack(&self.layout(), "demo:1.0.0").unwrap_err();
        self.0.redact(&error.to_string())
    }
}

const TAR: &str = "application/vnd.oci.image.layer.v1.tar";
const GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Default::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn gives_back_what_was_added() {
    let directory = Directory::new();
    let tree = source(&directory, "1.0.0");
    let layout = Layout::at(directory.join("layout"));
    let digest = layout.add(&tree, "demo:1.0.0").unwrap();
    let found = layout.find("demo:1.0.0").unwrap().unwrap();
    assert_eq!(digest_of(&found).unwrap(), digest);
    assert_eq!(
        packed(&unpack(&layout, "demo:1.0.0").unwrap()),
        packed(&tree)
    );
    assert_eq!(layout.find("demo:2.0.0").unwrap(), None);
}

#[test]
fn is_the_same_when_built_twice() {
    let directory = Directory::new();
    let build = |path: &str| {
        let tree = source(&directory, "1.0.0");
        Layout::at(directory.join(path))
            .add(&tree, "demo:1.0.0")
            .unwrap();
        let index = fs::read_to_string(directory.join(path).join("index.json")).unwrap();
        let blobs = directory.join(path).join("blobs/sha256");
        let mut names: Vec<_> = fs::read_dir(blobs)
            .unwrap()
            .map(|blob| blob.unwrap().file_name())
            .collect();
        names.sort();
        (index, names)
    };
    let first = build("one");
    assert_eq!(build("one"), first);
    assert_eq!(build("two"), first);
}

#[test]
fn is_an_artifact_as_the_specification_says() {
    let directory = Directory::new();
    directory.file("demo/bundle.hjson", "bundle: demo\n", 0o644);
    let tree = source_tree::read(&directory.join("demo")).unwrap();
    let layout = Layout::at(directory.join("layout"));
    let digest = layout.add(&tree, "demo:1.0.0").unwrap();
    let manifest = fs::read_to_string(layout.blob_path(&digest)).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let index = fs::read_to_string(directory.join("layout/index.json")).unwrap();
    insta::assert_snapshot!(format!("{manifest:#}\n{index}"));
    let config = manifest["config"]["digest"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(fs::read(layout.blob_path(&config)).unwrap(), b"{}");
}

#[test]
fn keeps_the_other_releases() {
    let directory = Directory::new();
    let layout = Layout::at(directory.join("layout"));
    let first = layout
        .add(&source(&directory, "1.0.0"), "demo:1.0.0")
        .unwrap();
    let second = layout
        .add(&source(&directory, "2.0.0"), "demo:2.0.0")
        .unwrap();
    let again = layout
        .add(&source(&directory, "2.0.1"), "demo:1.0.0")
        .unwrap();
    assert_ne!(first, again);
    let releases = layout.releases().unwrap();
    assert_eq!(
        releases,
        [
            ("demo:1.0.0".to_owned(), again),
            ("demo:2.0.0".to_owned(), second)
        ]
    );
}

#[test]
fn loses_nothing_when_many_build_at_once() {
    let directory = Directory::new();
    let tree = source(&directory, "1.0.0");
    let layout = Layout::at(directory.join("layout"));
    layout.add(&tree, "demo:0").unwrap();
    std::thread::scope(|scope| {
        for number in 1..8 {
            let (layout, tree) = (&layout, &tree);
            scope.spawn(move || layout.add(tree, &format!("demo:{number}")).unwrap());
        }
    });
    assert_eq!(layout.releases().unwrap().len(), 8);
}

#[test]
fn leaves_alone_a_directory_of_something_else() {
    let directory = Directory::new();
    let tree = source(&directory, "1.0.0");
    let error = Layout::at(directory.path())
        .add(&tree, "demo:1.0.0")
        .unwrap_err();
    insta::assert_snapshot!(
        directory.redact(&error.to_string()),
        @"[DIR] holds other files and is no image layout; name an empty or a new directory"
    );
}

#[test]
fn reads_the_layers_that_other_programs_write() {
    let directory = Directory::new();
    let lower = packed(&source(&directory, "1.0.0"));
    let upper = Directory::new();
    upper.file("deploy", "new", 0o755);
    upper.file("more", "", 0o644);
    let upper = packed(&source_tree::read(upper.path()).unwrap());
    let foreign = Foreign::new(&[(GZIP, gzip(&lower)), (TAR, upper)]);
    let tree = unpack(&foreign.layout(), "demo:1.0.0").unwrap();
    let paths: Vec<_> = tree.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["bundle.hjson", "deploy", "more"]);
    let deploy = tree.get("deploy".into()).map(Entry::size);
    assert_eq!(deploy, Some(3));
}

#[test]
fn reads_zstd_but_not_for_any_amount_of_memory() {
    let kind = "application/vnd.oci.image.layer.v1.tar+zstd";
    let directory = Directory::new();
    let archive = packed(&source(&directory, "1.0.0"));
    let packed = |window: u32| {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(window).unwrap();
        encoder.write_all(&archive).unwrap();
        encoder.finish().unwrap()
    };
    let foreign = Foreign::new(&[(kind, packed(20))]);
    assert!(unpack(&foreign.layout(), "demo:1.0.0").is_ok());
    let greedy = Foreign::new(&[(kind, packed(27))]);
    assert!(greedy.refused().contains("too much memory"));
}

#[test]
fn copies_a_release_as_it_is() {
    let directory = Directory::new();
    let layer = packed(&source(&directory, "1.0.0"));
    let foreign = Foreign::new(&[(GZIP, gzip(&layer))]);
    let from = foreign.layout();
    let release = from.find("demo:1.0.0").unwrap().unwrap();
    let to = Layout::at(directory.join("copy"));
    let digest = to.copy_release(&from, &release, "demo:1.0.0").unwrap();
    assert_eq!(digest, digest_of(&release).unwrap());
    assert!(unpack(&to, "demo:1.0.0").is_ok());
}

#[test]
fn refuses_a_blob_that_was_tampered_with() {
    let directory = Directory::new();
    let layer = packed(&source(&directory, "1.0.0"));
    let path = format!("blobs/sha256/{}", Digest::of(&layer).hex());
    let mut changed = layer.clone();
    changed[1] ^= 1;
    let mut longer = layer.clone();
    longer.push(0);
    let said = [changed, longer, layer[1..].to_vec()].map(|bytes| {
        let foreign = Foreign::new(&[(TAR, layer.clone())]);
        foreign.0.file(&path, bytes, 0o644);
        foreign.refused()
    });
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn refuses_a_manifest_that_was_tampered_with() {
    let foreign = Foreign::new(&[]);
    let release = foreign.layout().find("demo:1.0.0").unwrap().unwrap();
    let path = foreign.layout().blob_path(&digest_of(&release).unwrap());
    let text = fs::read_to_string(&path).unwrap().replace('2', "3");
    fs::write(path, text).unwrap();
    assert!(foreign.refused().contains("is damaged"));
}

#[test]
fn refuses_what_it_does_not_read() {
    let xz = Foreign::new(&[("application/vnd.oci.image.layer.v1.tar+xz", vec![0])]);
    insta::assert_snapshot!(
        xz.refused(),
        @"it has a layer of the kind `application/vnd.oci.image.layer.v1.tar+xz`; ddt reads tar, tar+gzip and tar+zstd"
    );
    let index = Foreign::new(&[]);
    index.change_entry(|entry| {
        entry["mediaType"] = json!("application/vnd.oci.image.index.v1+json");
    });
    insta::assert_snapshot!(
        index.refused(),
        @"it is a `application/vnd.oci.image.index.v1+json`; ddt needs a single image manifest, of one platform"
    );
    let algorithm = Foreign::new(&[]);
    algorithm.change_entry(|entry| entry["digest"] = json!("sha1:00"));
    assert!(algorithm.refused().contains("sha1"));
    let large = Foreign::new(&[]);
    large.change_entry(|entry| entry["size"] = json!(u64::MAX / 2));
    assert!(large.refused().contains("has more than 4194304 bytes"));
    let broken = Foreign::new(&[(GZIP, b"no gzip".to_vec())]);
    assert!(broken.refused().contains("is refused"));
}

#[test]
fn refuses_two_releases_of_one_name() {
    let foreign = Foreign::new(&[]);
    let text = fs::read_to_string(foreign.0.join("index.json")).unwrap();
    let mut index: Value = serde_json::from_str(&text).unwrap();
    let entry = index["manifests"][0].clone();
    index["manifests"] = json!([entry, entry]);
    foreign.write_index(&index);
    let error = foreign.layout().find("demo:1.0.0").unwrap_err();
    insta::assert_snapshot!(
        foreign.0.redact(&error.to_string()),
        @"[DIR]/index.json has two releases named `demo:1.0.0`; remove one"
    );
}
