#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::io::{self, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use tar::{Builder, Header};

use super::*;
use crate::bundle::hostile::Hostile;

fn unpack_layers(layers: &[Vec<u8>], limits: Limits) -> Result<Tree, UnpackError> {
    let mut unpacker = Unpacker::new(tempfile::tempfile().unwrap(), limits);
    for layer in layers {
        unpacker.add_layer(layer.as_slice(), layer.len() as u64)?;
    }
    unpacker.finish()
}

fn unpack(archive: Hostile) -> Result<Tree, UnpackError> {
    unpack_layers(&[archive.end()], Limits::default())
}

fn paths(tree: &Tree) -> Vec<&str> {
    tree.iter().map(|(path, _)| path.as_str()).collect()
}

fn text(tree: &Tree, path: &str) -> String {
    match tree.get(Utf8Path::new(path)) {
        Some(Entry::File { content, .. }) => io::read_to_string(content.open().unwrap()).unwrap(),
        other => panic!("{path} is no file: {other:?}"),
    }
}

#[test]
fn refuses_what_no_bundle_may_hold() {
    use EntryType as Kind;
    let new = Hostile::default;
    let setuid = |header: &mut Header| header.set_mode(0o4755);
    let setgid = |header: &mut Header| header.set_mode(0o2755);
    let cases = [
        new().file("/etc/passwd", b"x"),
        new().file("a/../../etc/passwd", b"x"),
        new().entry(Kind::Symlink, "a", "/etc", b""),
        new().entry(Kind::Symlink, "a/b", "../../etc", b""),
        new().entry(Kind::Symlink, "a", "", b""),
        new()
            .entry(Kind::Symlink, "a", "b", b"")
            .file("a/passwd", b"x"),
        new().file("a", b"x").file("a/b", b"x"),
        new().file("a/b", b"x").entry(Kind::Symlink, "a", "b", b""),
        new().entry(Kind::Link, "a", "/etc/passwd", b""),
        new().entry(Kind::Link, "a", "../passwd", b""),
        new().entry(Kind::Link, "a", "absent", b""),
        new()
            .entry(Kind::Symlink, "b", "a", b"")
            .entry(Kind::Link, "a", "b", b""),
        new().entry(Kind::Char, "null", "", b""),
        new().entry(Kind::Block, "disk", "", b""),
        new().entry(Kind::Fifo, "pipe", "", b""),
        new().entry(Kind::new(b'Q'), "odd", "", b""),
        new().entry_with(Kind::Regular, "su", "", b"", setuid),
        new().entry_with(Kind::Directory, "sg", "", b"", setgid),
        new().file("a", b"x").file("./a", b"y"),
        new()
            .entry(Kind::Directory, "a", "", b"")
            .entry(Kind::Directory, "a/", "", b""),
        new().file("a/.wh.", b""),
        new().file("a/.wh.b/c", b""),
        new().file("a\nb", b""),
        new().file("a/", b""),
        new()
            .entry(Kind::XHeader, "x", "", b"12 size=999\n")
            .file("a", b"x"),
        new()
            .entry(Kind::XHeader, "x", "", b"22 GNU.sparse.major=1\n")
            .file("a", b"x"),
        new()
            .entry(Kind::XHeader, "x", "", b"17 path=../../up\n")
            .file("a", b"x"),
        new()
            .entry(Kind::GNULongName, "x", "", b"../../up")
            .file("a", b"x"),
    ];
    let said = cases.map(|case| unpack(case).map(|_| ()).unwrap_err().to_string());
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn takes_a_root_only_if_it_is_a_directory() {
    use EntryType as Kind;
    let root = |kind, path, mode| {
        let set = |header: &mut Header| header.set_mode(mode);
        let archive = Hostile::default().entry_with(kind, path, "/etc", b"", set);
        unpack(archive.file("./a", b"x"))
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(root(Kind::Directory, "./", 0o755), Ok(()));
    assert_eq!(root(Kind::Directory, ".", 0o755), Ok(()));
    let refused = [
        root(Kind::Directory, "/", 0o755),
        root(Kind::Directory, "./", 0o2755),
        root(Kind::Symlink, "./", 0o777),
        root(Kind::Regular, ".", 0o644),
        root(Kind::Char, "./", 0o644),
    ];
    insta::assert_snapshot!(refused.map(Result::unwrap_err).join("\n"), @r"
    `/` is an absolute path
    `.` is setuid or setgid
    its root, `.`, is not a directory
    its root, `.`, is not a directory
    its root, `.`, is not a directory
    ");
}

#[test]
fn refuses_an_archive_that_is_cut_short() {
    let mut archive = Hostile::default().file("a", &[1; 2000]).end();
    archive.truncate(512 + 700);
    let refused = unpack_layers(&[archive], Limits::default());
    assert!(matches!(refused, Err(UnpackError::CutShort(path)) if path == "a"));
}

#[test]
fn refuses_what_is_no_archive() {
    let refused = unpack_layers(&[vec![7; 4096]], Limits::default());
    assert!(matches!(refused, Err(UnpackError::Io(_))));
}

#[test]
fn keeps_to_its_limits() {
    let limited = |change: fn(&mut Limits), archive: Hostile| {
        let mut limits = Limits::default();
        change(&mut limits);
        let refused = unpack_layers(&[archive.end()], limits);
        refused.map(|_| ()).unwrap_err().to_string()
    };
    let two = || Hostile::default().file("a", &[0; 600]).file("b", &[0; 600]);
    insta::assert_snapshot!(
        limited(|limits| limits.bytes = 1000, two()),
        @"it holds more than 1000 bytes"
    );
    insta::assert_snapshot!(
        limited(|limits| limits.entries = 1, two()),
        @"it holds more than 1 entries"
    );
    let linked = Hostile::default()
        .file("a", &[0; 600])
        .entry(EntryType::Link, "b", "a", b"");
    insta::assert_snapshot!(
        limited(|limits| limits.bytes = 1000, linked),
        @"it holds more than 1000 bytes"
    );
    let long_name = Hostile::default().entry(EntryType::GNULongName, "x", "", &[b'a'; 3 << 20]);
    insta::assert_snapshot!(
        limited(|_| {}, long_name.file("a", b"")),
        @"an entry has names and attributes of more than 1048576 bytes"
    );
}

#[test]
fn refuses_a_decompression_bomb() {
    let archive = Hostile::default().file("zeros", &vec![0; 64 << 20]).end();
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&archive).unwrap();
    let packed = packed.finish().unwrap();
    let mut unpacker = Unpacker::new(tempfile::tempfile().unwrap(), Limits::default());
    let refused = unpacker.add_layer(GzDecoder::new(packed.as_slice()), packed.len() as u64);
    insta::assert_snapshot!(
        refused.unwrap_err(),
        @"it decompresses to more than 200 times its own size"
    );
}

#[test]
fn takes_what_ordinary_programs_write() {
    let mut archive = Builder::new(Vec::new());
    let long = format!("{}/{}", "d".repeat(90), "f".repeat(90));
    let mut header = Header::new_gnu();
    header.set_mode(0o750);
    header.set_size(2);
    archive
        .append_data(&mut header, &long, b"hi".as_slice())
        .unwrap();
    let tree = unpack_layers(&[archive.into_inner().unwrap()], Limits::default()).unwrap();
    assert_eq!(text(&tree, &long), "hi");
    let entry = tree.get(Utf8Path::new(&long));
    assert!(matches!(
        entry,
        Some(Entry::File {
            executable: true,
            ..
        })
    ));
}

#[test]
fn makes_a_copy_of_a_hard_link() {
    let archive = Hostile::default()
        .file("a", b"same")
        .entry(EntryType::Link, "b", "./a", b"");
    let tree = unpack(archive).unwrap();
    assert_eq!(text(&tree, "b"), "same");
}

#[test]
fn applies_layers_in_order_with_their_deletions() {
    let lower = Hostile::default()
        .file("keep", b"1")
        .file("gone", b"1")
        .file("d/old", b"1")
        .file("d/kept/old", b"1")
        .file("changed", b"1");
    // A deletion concerns the layers below only, wherever it stands in its own.
    let upper = Hostile::default()
        .file("d/new", b"2")
        .file("d/.wh..wh..opq", b"")
        .file(".wh.gone", b"")
        .file(".wh.changed", b"")
        .file("changed", b"2");
    let tree = unpack_layers(&[lower.end(), upper.end()], Limits::default()).unwrap();
    assert_eq!(paths(&tree), ["changed", "d", "d/new", "keep"]);
    assert_eq!(text(&tree, "changed"), "2");
}

#[test]
fn sees_a_link_that_only_two_layers_together_lead_out() {
    let lower = Hostile::default()
        .entry(EntryType::Directory, "c/d", "", b"")
        .entry(EntryType::Directory, "b", "", b"")
        .entry(EntryType::Symlink, "x/a", "../b/../y", b"");
    assert!(unpack_layers(std::slice::from_ref(&lower.bytes), Limits::default()).is_ok());
    let upper = Hostile::default().entry(EntryType::Symlink, "b", "..", b"");
    let refused = unpack_layers(&[lower.end(), upper.end()], Limits::default());
    assert!(matches!(
        refused,
        Err(UnpackError::Tree(TreeError::LinkOutside { .. }))
    ));
}
