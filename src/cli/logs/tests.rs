#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use std::fs;

use super::*;
use crate::cli::testbed::{Testbed, typed};

const OLD: &str = "20261120T003334Z-000001";
const NEW: &str = "20261121T003334Z-000002";

fn said(place: &Testbed, words: &[&str]) -> String {
    place.said(|out| typed::<LogsArgs>(words).show(&place.logs_dir(), out))
}

fn write(place: &Testbed, path: &str, bytes: &[u8]) {
    let path = place.logs_dir().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Two runs; the older one is the latest by its link.
fn two_runs() -> Testbed {
    let place = Testbed::new();
    write(
        &place,
        &format!("{OLD}/hostos/boot/node-1.log"),
        b"booted\n",
    );
    write(
        &place,
        &format!("{NEW}/hostos/boot/node-1.log"),
        b"first line\nlast line without an end",
    );
    write(
        &place,
        &format!("{NEW}/hostos/boot/node-2.log"),
        b"clear \x1b[2J\r\nbad \xff\n\n",
    );
    write(&place, &format!("{NEW}/hostos/base/node-1.log"), b"");
    write(&place, &format!("{NEW}/plan.json"), b"{}");
    write(&place, "notes.txt", b"mine");
    place
}

#[test]
fn shows_the_logs_of_a_run_fit_for_a_terminal() {
    insta::assert_snapshot!(said(&two_runs(), &[NEW]), @r"
    ==> hostos/base on node-1 <==
    ==> hostos/boot on node-1 <==
    first line
    last line without an end
    ==> hostos/boot on node-2 <==
    clear \u{1b}[2J
    bad \xff

    exit code 0
    ");
}

#[test]
fn latest_is_where_the_link_says_or_the_newest() {
    let place = two_runs();
    assert_eq!(said(&place, &["--path"]), said(&place, &[NEW, "--path"]));
    std::os::unix::fs::symlink(OLD, place.logs_dir().join("latest")).unwrap();
    insta::assert_snapshot!(said(&place, &[]), @r"
    ==> hostos/boot on node-1 <==
    booted
    exit code 0
    ");
    assert_eq!(said(&place, &["latest"]), said(&place, &[OLD]));
}

#[test]
fn selects_by_node_and_package_and_tells_the_paths() {
    let place = two_runs();
    insta::assert_snapshot!(said(&place, &[NEW, "--path", "--node", "node-1"]), @r"
    PROJECT/deploy_logs/20261121T003334Z-000002/hostos/base/node-1.log
    PROJECT/deploy_logs/20261121T003334Z-000002/hostos/boot/node-1.log
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &[NEW, "--path", "--node", "node-1", "--package", "boot"]), @r"
    PROJECT/deploy_logs/20261121T003334Z-000002/hostos/boot/node-1.log
    exit code 0
    ");
}

#[test]
fn raw_is_every_byte_and_nothing_else() {
    let place = two_runs();
    let mut out = Vec::new();
    typed::<LogsArgs>(&[NEW, "--raw", "--node", "node-2"])
        .show(&place.logs_dir(), &mut out)
        .unwrap();
    assert_eq!(out, b"clear \x1b[2J\r\nbad \xff\n\n");
}

#[test]
fn says_what_there_is_no_log_of() {
    let place = two_runs();
    let cases: [&[&str]; 6] = [
        &["20261121T003334Z-000003"],
        &["tomorrow"],
        &[NEW, "--node", "nod-1"],
        &[NEW, "--package", "kernel"],
        &[NEW, "--node", "node-2", "--package", "base"],
        &["../../etc"],
    ];
    insta::assert_snapshot!(cases.map(|words| said(&place, words)).join("\n\n"), @r"
    error: there are no logs of a run `20261121T003334Z-000003` in PROJECT/deploy_logs
    help: did you mean `20261121T003334Z-000002`?
    exit code 2

    error: there are no logs of a run `tomorrow` in PROJECT/deploy_logs
    help: `ddt history` lists the runs
    exit code 2

    error: run 20261121T003334Z-000002 has no log of node nod-1
    help: did you mean `node-1`?
    exit code 2

    error: run 20261121T003334Z-000002 has no log of package kernel
    help: `ddt logs 20261121T003334Z-000002 --path` lists them all
    exit code 2

    error: no log of run 20261121T003334Z-000002 matches
    help: `ddt logs 20261121T003334Z-000002 --path` lists them all
    exit code 3

    error: there are no logs of a run `../../etc` in PROJECT/deploy_logs
    help: `ddt history` lists the runs
    exit code 2
    ");
    fs::create_dir(place.logs_dir().join("20261122T003334Z-000003")).unwrap();
    insta::assert_snapshot!(said(&place, &[]), @r"
    error: run 20261122T003334Z-000003 has no logs
    help: `ddt history 20261122T003334Z-000003` says how far it came
    exit code 3
    ");
    insta::assert_snapshot!(said(&Testbed::new(), &[]), @r"
    error: there are no logs in PROJECT/deploy_logs
    help: `ddt deploy MANIFEST` writes some there
    exit code 3
    ");
}

#[test]
fn a_line_without_an_end_does_not_fill_the_memory() {
    let place = two_runs();
    let long = vec![b'x'; 200_000];
    write(&place, &format!("{OLD}/hostos/boot/node-1.log"), &long);
    let shown = said(&place, &[OLD]);
    // And the one in "exit code".
    assert_eq!(shown.matches('x').count(), long.len() + 1);
    assert!(shown.lines().all(|line| line.len() <= 65_536));
}
