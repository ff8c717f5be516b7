//! `ddt lint --fix` on real files and streams: the shipped manifest plans the same afterwards.

use std::io::Write;
use std::process::{Output, Stdio};

use super::support::ddt::Workspace;
use super::tour::copy;

const MANIFEST: &str = "manifests/hostos/mzone7204.hjson";

fn run(workspace: &Workspace, arguments: &[&str]) -> Output {
    let output = workspace.ddt(arguments.iter().copied()).output();
    output.expect("ddt runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn the_sample_plans_the_same_after_it_is_fixed() {
    let workspace = Workspace::new();
    copy(&["manifests", "ddt.hjson"], &workspace.path());
    let plan = |name: &str| {
        let planned = run(&workspace, &["plan", MANIFEST, "-o", name]);
        assert_eq!(planned.status.code(), Some(0), "{planned:?}");
        std::fs::read_to_string(workspace.path().join(name)).expect("a plan")
    };
    let before = plan("before.json");
    let said = run(&workspace, &["lint", MANIFEST, "--output", "concise"]);
    assert_eq!(said.status.code(), Some(0));
    assert_eq!(text(&said.stdout).matches("info[DDT401]").count(), 1);
    assert_eq!(text(&said.stdout).lines().count(), 1);
    let shown = run(&workspace, &["lint", MANIFEST, "--diff"]);
    assert_eq!(shown.status.code(), Some(1));
    let fixed = run(&workspace, &["lint", MANIFEST, "--fix"]);
    assert_eq!(fixed.status.code(), Some(0));
    assert_eq!(
        text(&fixed.stdout),
        "1 file, no findings\nfixed 1 finding in 1 file\n"
    );
    assert_eq!(plan("after.json"), before);
    assert_eq!(
        run(&workspace, &["lint", MANIFEST, "--diff"]).status.code(),
        Some(0)
    );
}

#[test]
fn standard_input_is_fixed_to_standard_output() {
    let workspace = Workspace::new();
    let fixed = |arguments: &[&str], text: &str| {
        let mut ddt = workspace.ddt(arguments.iter().copied());
        let piped = ddt.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut running = piped.stderr(Stdio::piped()).spawn().expect("ddt starts");
        let mut stdin = running.stdin.take().expect("a pipe");
        stdin.write_all(text.as_bytes()).expect("ddt reads");
        drop(stdin);
        running.wait_with_output().expect("ddt ends")
    };
    let clean = "{\n  mzone: m1\n  components: { }\n}\n";
    let output = fixed(&["lint", "--fix", "-"], &clean.replace("m1", "'m1'"));
    assert_eq!(text(&output.stdout), clean.replace("m1", "\"m1\""));
    assert_eq!(
        text(&output.stderr),
        "1 file, no findings\nfixed 1 finding in 1 file\n"
    );
    assert_eq!(output.status.code(), Some(0));
    let output = fixed(&["lint", "--fix", "-"], clean);
    assert_eq!(text(&output.stdout), clean);
    let output = fixed(
        &["lint", "--fix", "-", "--output", "concise"],
        "{ mzone: m1 }\n",
    );
    assert_eq!(text(&output.stdout), "{ mzone: m1 }\n");
    assert!(
        text(&output.stderr).starts_with("stdin.hjson:1:1: error[DDT002]"),
        "{output:?}"
    );
    assert_eq!(output.status.code(), Some(1));
}
