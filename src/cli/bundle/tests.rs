#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use clap::Parser;

use super::*;
use crate::bundle::fixture::Directory;
use crate::cli::context::GlobalArgs;
use crate::report::ColorChoice;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    bundle: BundleArgs,
}

/// Runs `ddt bundle` with words in which `[DIR]` is the directory.
fn ddt_bundle(directory: &Directory, line: &str) -> Result<String, Failure> {
    let line = line.replace("[DIR]", directory.path().as_str());
    let words = ["bundle"].into_iter().chain(line.split(' '));
    let mut out = Vec::new();
    let globals = GlobalArgs {
        state_dir: None,
        logs_dir: None,
        color: ColorChoice::Never,
    };
    let context = || Context::around(directory.path().to_owned(), globals.clone());
    let line = Line::try_parse_from(words).unwrap();
    line.bundle.run(&context, &mut out)?;
    Ok(directory.redact(&String::from_utf8(out).unwrap()))
}

fn said(directory: &Directory, line: &str) -> String {
    ddt_bundle(directory, line).unwrap_or_else(|failure| {
        let causes = failure.causes.join("\n  ");
        let diagnostics = failure
            .diagnostics
            .iter()
            .map(|problem| problem.message.as_str());
        let diagnostics = diagnostics.collect::<Vec<_>>().join("\n  ");
        let text = format!("{:?}: {failure}\n  {causes}{diagnostics}\n", failure.kind);
        directory.redact(&text)
    })
}

#[test]
fn makes_builds_and_shows_a_bundle() {
    let directory = Directory::new();
    let said = [
        "new demo --dir [DIR]/demo",
        "inspect [DIR]/demo",
        "build [DIR]/demo -o [DIR]/layout",
        "build [DIR]/demo -o [DIR]/layout",
        "inspect dir:[DIR]/layout/demo:0.1.0",
        "inspect dir:[DIR]/layout/demo:0.1.0 --json",
    ]
    .map(|line| format!("$ ddt bundle {line}\n{}", said(&directory, line)));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn says_why_it_cannot() {
    let directory = Directory::new();
    directory.bundle("demo", "demo", "1.0.0");
    directory.file("broken/bundle.hjson", "bundle: broken\n", 0o644);
    let said = [
        "new demo --dir [DIR]/demo",
        "build [DIR]/absent -o [DIR]/layout",
        "build [DIR]/broken -o [DIR]/layout",
        "build [DIR]/demo -o [DIR]",
        "build [DIR]/demo -o [DIR]/demo/layout",
        "inspect [DIR]/absent",
        "inspect dir:[DIR]/demo:2.0.0",
    ]
    .map(|line| format!("$ ddt bundle {line}\n{}", said(&directory, line)));
    insta::assert_snapshot!(said.join("\n"));
}
