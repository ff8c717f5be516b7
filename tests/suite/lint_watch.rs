//! `ddt lint --watch`: what is said follows the files.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Stdio};

use crate::support::ddt::Workspace;
use crate::support::process::send;
use crate::support::wait::until;

const BAD: &str = include_str!("../../fixtures/lint/DDT101/bad.hjson");
const GOOD: &str = include_str!("../../fixtures/lint/DDT101/good.hjson");

/// Starts to watch `documents`; what is found goes to the file `found`, all else to `told`.
fn watch(workspace: &Workspace) -> Child {
    let output = |name| File::create(workspace.path().join(name)).expect("a file");
    workspace
        .ddt(["lint", "--watch", "--output", "concise", "documents"])
        .stdin(Stdio::null())
        .stdout(output("found"))
        .stderr(output("told"))
        .spawn()
        .expect("ddt starts")
}

fn times(path: &Path, said: &str) -> usize {
    let text = fs::read_to_string(path).expect("a file");
    text.matches(said).count()
}

#[test]
fn every_change_is_linted_and_an_interrupt_ends_with_the_last_result() {
    let workspace = Workspace::new();
    workspace.write("documents/a.hjson", GOOD);
    let [found, told] = ["found", "told"].map(|name| workspace.path().join(name));
    let mut ddt = watch(&workspace);
    until("the first look is over", || times(&told, "watching") == 1);
    assert_eq!(times(&found, "DDT101"), 0);
    workspace.write("documents/a.hjson", BAD);
    until("the change is linted", || times(&told, "watching") == 2);
    assert_eq!(times(&found, "a.hjson:7:11: error[DDT101]"), 1);
    workspace.write("documents/b.hjson", BAD);
    until("the new file is linted", || times(&told, "watching") == 3);
    assert_eq!(times(&found, "b.hjson:7:11: error[DDT101]"), 1);
    send("INT", &ddt.id().to_string());
    assert_eq!(ddt.wait().expect("ddt ends").code(), Some(1));
}
