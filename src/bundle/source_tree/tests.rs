#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::os::unix::net::UnixListener;

use super::*;
use crate::bundle::fixture::Directory;

fn refused(directory: &Directory) -> String {
    let error = read(directory.path()).unwrap_err().to_string();
    directory.redact(&error)
}

#[test]
fn refuses_a_socket() {
    let directory = Directory::new();
    let _socket = UnixListener::bind(directory.join("socket")).unwrap();
    insta::assert_snapshot!(
        refused(&directory),
        @"`socket` is neither a file, a directory nor a link; remove it"
    );
}

#[test]
fn refuses_a_setuid_file() {
    let directory = Directory::new();
    directory.file("bin/su", "", 0o4755);
    insta::assert_snapshot!(
        refused(&directory),
        @"`bin/su` is setuid or setgid; clear that with chmod"
    );
}

#[test]
fn refuses_a_link_that_leads_out() {
    let directory = Directory::new();
    directory.link("etc", "/etc");
    insta::assert_snapshot!(
        refused(&directory),
        @"the link `etc` leads out of the bundle: `/etc`"
    );
}

#[test]
fn does_not_follow_links() {
    let directory = Directory::new();
    directory.file("steps/deploy", "", 0o755);
    directory.link("more", "steps");
    let tree = read(directory.path()).unwrap();
    let paths: Vec<_> = tree.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["more", "steps", "steps/deploy"]);
}

#[test]
fn refuses_names_with_a_meaning_elsewhere() {
    let directory = Directory::new();
    directory.file("a/.wh.b", "", 0o644);
    insta::assert_snapshot!(
        refused(&directory),
        @"`a/.wh.b` starts with `.wh.`, which means a deletion in an image; rename it"
    );
}

#[test]
fn refuses_what_is_no_directory() {
    let directory = Directory::new();
    directory.file("a", "", 0o644);
    let said = read(&directory.join("a")).unwrap_err().to_string();
    insta::assert_snapshot!(
        directory.redact(&said),
        @"[DIR]/a is not a directory; name one that holds a bundle.hjson"
    );
}
