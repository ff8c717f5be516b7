#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::*;

/// Builds a tree: `a/` is a directory, `a -> b` a link, anything else an empty file.
fn tree(lines: &[&str]) -> Tree {
    let mut tree = Tree::default();
    for line in lines {
        let (path, entry) = entry(line);
        tree.insert(path, entry).unwrap();
    }
    tree
}

fn entry(line: &str) -> (Utf8PathBuf, Entry) {
    if let Some((path, target)) = line.split_once(" -> ") {
        return (path.into(), Entry::Link(target.into()));
    }
    if let Some(path) = line.strip_suffix('/') {
        return (path.into(), Entry::Directory);
    }
    let content = Content::Path("nowhere".into(), 0);
    let executable = false;
    (
        line.into(),
        Entry::File {
            executable,
            content,
        },
    )
}

fn paths(tree: &Tree) -> Vec<&str> {
    tree.iter().map(|(path, _)| path.as_str()).collect()
}

#[test]
fn brings_paths_into_one_form() {
    for (path, normal) in [("./a//b/", "a/b"), ("a/./b", "a/b"), ("a", "a")] {
        assert_eq!(normal_path(path.as_bytes()), Ok(Some(normal.into())));
    }
    for root in ["", ".", "./"] {
        assert_eq!(normal_path(root.as_bytes()), Ok(None));
    }
}

#[test]
fn refuses_paths_that_mean_another_place() {
    let says = |path: &[u8]| normal_path(path).unwrap_err().to_string();
    insta::assert_snapshot!(says(b"/etc/passwd"), @"`/etc/passwd` is an absolute path");
    insta::assert_snapshot!(says(b"a/../../b"), @"`a/../../b` leads out of the bundle");
    insta::assert_snapshot!(says(b"a\nb"), @r"`a\nb` is not a name that every node can hold");
    insta::assert_snapshot!(says(b"a\xffb"), @"`a�b` is not a name that every node can hold");
}

#[test]
fn holds_the_directories_above_an_entry() {
    assert_eq!(paths(&tree(&["a/b/c"])), ["a", "a/b", "a/b/c"]);
    assert_eq!(paths(&tree(&["a/b", "a/"])), ["a", "a/b"]);
}

#[test]
fn puts_nothing_below_a_file_or_a_link() {
    for line in ["a", "a -> b"] {
        let mut tree = tree(&[line]);
        let (path, below) = entry("a/c");
        let said = tree.insert(path, below).unwrap_err().to_string();
        assert_eq!(said, "`a/c` stands below `a`, which is not a directory");
    }
}

#[test]
fn takes_a_path_once() {
    let mut tree = tree(&["a/b"]);
    for line in ["a", "a/b", "a/b -> c"] {
        let (path, again) = entry(line);
        assert!(matches!(
            tree.insert(path, again),
            Err(TreeError::Duplicate(_))
        ));
    }
}

#[test]
fn removes_what_is_below_and_nothing_beside_it() {
    let mut whole = tree(&["a/b/c", "a/b.x", "a-b/c", "ab"]);
    whole.remove(Utf8Path::new("a"));
    assert_eq!(paths(&whole), ["a-b", "a-b/c", "ab"]);
    whole.clear(Utf8Path::new("a-b"));
    assert_eq!(paths(&whole), ["a-b", "ab"]);
    whole.clear(Utf8Path::new(""));
    assert!(paths(&whole).is_empty());
}

#[test]
fn lays_one_tree_over_another() {
    let mut lower = tree(&["a/b", "a/c", "d -> a", "e"]);
    lower.overlay(tree(&["a/b/x", "d/y", "e"])).unwrap();
    assert_eq!(paths(&lower), ["a", "a/b", "a/b/x", "a/c", "d", "d/y", "e"]);
}

#[test]
fn follows_links_inside() {
    let tree = tree(&[
        "bin -> usr/bin",
        "usr/bin/sh",
        "x/up -> ../bin/sh",
        "gone -> nowhere",
    ]);
    let resolve = |path: &str| tree.resolve(Utf8Path::new(path));
    assert_eq!(resolve("bin/sh"), Some("usr/bin/sh".into()));
    assert_eq!(resolve("x/up"), Some("usr/bin/sh".into()));
    assert_eq!(tree.check_links(), Ok(()));
}

#[test]
fn refuses_links_that_lead_out() {
    for lines in [
        vec!["a -> /etc"],
        vec!["a -> .."],
        vec!["d/a -> ../../x"],
        // Textually inside; on a disk `b` is `c/d`, so `b/../..` is the root's parent.
        vec!["c/d/", "b -> c/d", "a -> b/../../.."],
        vec!["up -> d/../..", "d/"],
        vec!["a -> b", "b -> a"],
        vec!["a -> a"],
    ] {
        let refused = tree(&lines).check_links();
        assert!(
            matches!(refused, Err(TreeError::LinkOutside { .. })),
            "{lines:?}"
        );
    }
    insta::assert_snapshot!(
        tree(&["d/a -> ../../x"]).check_links().unwrap_err(),
        @"the link `d/a` leads out of the bundle: `../../x`"
    );
}
