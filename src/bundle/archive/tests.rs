#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::collections::BTreeMap;
use std::fs;

use camino::Utf8Path;
use proptest::prelude::*;

use super::*;
use crate::bundle::fixture::Directory;
use crate::bundle::meter::Limits;
use crate::bundle::source_tree;
use crate::bundle::unpack::Unpacker;
use crate::digest::Digest;

/// What stands at a path: bytes and whether they may be executed, or a link's target.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Planned {
    Directory,
    File(bool, Vec<u8>),
    Link(String),
}

type Plan = BTreeMap<String, Planned>;

fn any_plan() -> impl Strategy<Value = Plan> {
    let name = "[a-zA-Z0-9 é._+-]{0,40}[a-z]";
    let path = prop::collection::vec(name, 1..5).prop_map(|names| names.join("/"));
    let planned = prop_oneof![
        1 => Just(Planned::Directory),
        4 => (any::<bool>(), prop::collection::vec(any::<u8>(), 0..1500))
            .prop_map(|(executable, bytes)| Planned::File(executable, bytes)),
        1 => name.prop_map(Planned::Link),
    ];
    prop::collection::btree_map(path, planned, 0..12).prop_map(without_clashes)
}

/// Leaves out what stands below a file or a link, and names that mean a deletion. A path
/// sorts after what is above it.
fn without_clashes(plan: Plan) -> Plan {
    let mut kept = Plan::new();
    for (path, planned) in plan {
        let above = Utf8Path::new(&path).ancestors().skip(1);
        let free = above
            .map(|parent| kept.get(parent.as_str()))
            .all(|parent| matches!(parent, None | Some(Planned::Directory)));
        if free && !path.contains(".wh.") {
            kept.insert(path, planned);
        }
    }
    kept
}

/// Lays a plan out on the disk; `umask` is taken off every mode.
fn lay_out<'plan>(
    plan: impl Iterator<Item = (&'plan String, &'plan Planned)>,
    umask: u32,
) -> Directory {
    let directory = Directory::new();
    for (path, planned) in plan {
        match planned {
            Planned::Directory => fs::create_dir_all(directory.join(path)).unwrap(),
            Planned::File(true, bytes) => directory.file(path, bytes, 0o777 & !umask),
            Planned::File(false, bytes) => directory.file(path, bytes, 0o666 & !umask),
            Planned::Link(target) => directory.link(path, target),
        }
    }
    directory
}

fn packed(tree: &Tree) -> Vec<u8> {
    let mut bytes = Vec::new();
    pack(tree, &mut bytes).unwrap();
    bytes
}

fn packed_directory(directory: &Directory) -> Vec<u8> {
    packed(&source_tree::read(directory.path()).unwrap())
}

fn unpacked(archive: &[u8]) -> Tree {
    let mut unpacker = Unpacker::new(tempfile::tempfile().unwrap(), Limits::default());
    unpacker.add_layer(archive, archive.len() as u64).unwrap();
    unpacker.finish().unwrap()
}

/// What a tree says, without the directories that only hold something.
fn plan_of(tree: &Tree, like: &Plan) -> Plan {
    let planned = tree.iter().filter_map(|(path, entry)| {
        let planned = match entry {
            Entry::Directory if !like.contains_key(path.as_str()) => return None,
            Entry::Directory => Planned::Directory,
            Entry::Link(target) => Planned::Link(target.to_string()),
            Entry::File {
                executable,
                content,
            } => {
                let mut bytes = Vec::new();
                content.open().unwrap().read_to_end(&mut bytes).unwrap();
                Planned::File(*executable, bytes)
            }
        };
        Some((path.to_string(), planned))
    });
    planned.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn gives_back_what_was_packed(plan in any_plan()) {
        let directory = lay_out(plan.iter(), 0o022);
        let archive = packed_directory(&directory);
        let tree = unpacked(&archive);
        prop_assert_eq!(&plan_of(&tree, &plan), &plan);
        prop_assert_eq!(packed(&tree), archive);
    }

    #[test]
    fn depends_on_nothing_but_the_tree(plan in any_plan()) {
        let one = lay_out(plan.iter(), 0o022);
        let other = lay_out(plan.iter().rev(), 0o077);
        prop_assert_eq!(packed_directory(&one), packed_directory(&other));
    }
}

#[test]
fn gives_these_bytes_on_every_machine() {
    let directory = Directory::new();
    directory.file("steps/deploy", "#!/bin/sh\n", 0o755);
    directory.file("bundle.hjson", "bundle: demo\n", 0o600);
    directory.file(&format!("{}file", "long/".repeat(40)), "", 0o644);
    directory.link("run", "steps/deploy");
    let digest = Digest::of(&packed_directory(&directory));
    insta::assert_snapshot!(digest);
}

#[test]
fn refuses_a_file_that_changes_meanwhile() {
    for later in ["12", "1234"] {
        let directory = Directory::new();
        directory.file("a", "123", 0o644);
        let tree = source_tree::read(directory.path()).unwrap();
        directory.file("a", later, 0o644);
        let said = pack(&tree, io::sink()).unwrap_err().to_string();
        assert!(
            said.contains("changed its size while it was read"),
            "{said}"
        );
    }
}
