//! The tour of the README: every command in it runs, and prints what the README says it prints.

use super::support::ddt::{Workspace, seal};
use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const README: &str = include_str!("../../README.md");

/// A line that stands for any number of lines.
const ELISION: &str = "…";

/// A command of the tour and the lines below it.
pub(crate) struct Stop<'a> {
    pub(crate) command: &'a str,
    pub(crate) shown: Vec<String>,
}

#[test]
fn the_tour_of_the_readme_is_true() {
    let workspace = Workspace::new();
    copy(&["manifests", "ddt.hjson"], &workspace.path());
    let stops = stops(README);
    assert!(stops.len() > 3, "the README has a tour");
    for stop in stops {
        let printed = run(stop.command, &workspace);
        let comparable: Vec<String> = printed.lines().map(without_moments).collect();
        assert!(
            is_shown(&stop.shown, &comparable),
            "`{}` prints something else than the README says:\n{printed}",
            stop.command
        );
    }
}

#[test]
fn a_difference_is_found() {
    let lines = |text: &str| text.lines().map(without_moments).collect::<Vec<_>>();
    let printed = lines("one\ntwo\nthree took 2s\nfour");
    for shown in ["one\n…\nfour", "…\nthree took 1s\nfour", "one\ntwo\n…"] {
        assert!(is_shown(&lines(shown), &printed), "{shown}");
    }
    for shown in ["one", "two\n…", "…\nthree", "one\n…\ntwo\n…\ntwo\n…", ""] {
        assert!(!is_shown(&lines(shown), &printed), "{shown}");
    }
}

/// Copies files and directories of the repository.
pub(crate) fn copy(names: &[&str], to: &Path) {
    let copied = Command::new("cp")
        .arg("-R")
        .args(names)
        .arg(to)
        .current_dir(ROOT)
        .status();
    assert!(copied.expect("cp runs").success());
}

/// Runs a command line as a reader would, with `ddt` in the path; both streams, as a terminal shows them.
pub(crate) fn run(command: &str, workspace: &Workspace) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_ddt"));
    let directory = program.parent().expect("a directory").display();
    let mut shell = Command::new("sh");
    seal(&mut shell, &workspace.path());
    let output = shell
        .arg("-c")
        .arg(format!("PATH={directory}:$PATH; exec 2>&1; {command}"))
        .current_dir(workspace.path())
        .output()
        .expect("sh runs");
    String::from_utf8(output.stdout).expect("text")
}

/// The commands of the `console` blocks of a text, in order.
pub(crate) fn stops(text: &str) -> Vec<Stop<'_>> {
    let mut stops: Vec<Stop<'_>> = Vec::new();
    let mut in_tour = false;
    for line in text.lines() {
        if line.starts_with("```") {
            in_tour = line == "```console";
        } else if !in_tour {
            continue;
        } else if let Some(command) = line.strip_prefix("$ ") {
            let shown = Vec::new();
            stops.push(Stop { command, shown });
        } else if let Some(stop) = stops.last_mut() {
            stop.shown.push(without_moments(line));
        }
    }
    stops
}

/// A line without what differs from run to run: names of runs, times and durations.
pub(crate) fn without_moments(line: &str) -> String {
    let mut before = "";
    let words = line.split(' ').map(|word| {
        let is_duration = matches!(before, "after" | "took");
        before = word;
        match word.trim_matches(['(', ')', ',']) {
            _ if is_duration => word.trim_start_matches(|digit: char| digit.is_ascii_digit()),
            name if is_like(name, "00000000T000000Z-xxxxxx") => "RUN",
            time if is_like(time, "0000-00-00T00:00:00Z") => "TIME",
            _ => word,
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a word has a form, in which `0` stands for a digit and `x` for a hexadecimal one.
fn is_like(word: &str, form: &str) -> bool {
    let fits = |(found, wanted): (char, char)| match wanted {
        '0' => found.is_ascii_digit(),
        'x' => found.is_ascii_hexdigit(),
        other => found == other,
    };
    word.len() == form.len() && word.chars().zip(form.chars()).all(fits)
}

/// Whether lines are what is shown of them.
pub(crate) fn is_shown(shown: &[String], printed: &[String]) -> bool {
    let Some(at) = shown.iter().position(|line| line == ELISION) else {
        return shown == printed;
    };
    let (head, tail) = (&shown[..at], &shown[at + 1..]);
    printed.starts_with(head) && (at..=printed.len()).any(|start| is_shown(tail, &printed[start..]))
}
