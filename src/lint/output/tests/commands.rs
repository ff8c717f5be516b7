//! The formats that are lines of a log: GitHub, Azure, concise.

use super::*;
use crate::lint::output::{azure, concise, github};

#[test]
fn github_shows_errors_first_and_a_summary() {
    insta::assert_snapshot!(Run::usual().print(github), @r#"
    ::error title=ddt (DDT101),file=zones/bad.hjson,line=7,col=11,endLine=7,endColumn=14::zones/bad.hjson:7:11: DDT101 `tag` has no value; it swallowed the next line%0A  note: an HJSON value may start on the following line%0A  help: write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`
    ::notice title=ddt (DDT401),file=zones/info.hjson,line=14,col=9,endLine=14,endColumn=37::zones/info.hjson:14:9: DDT401 written order differs from stage order; ddt runs stage order%0A  note: ddt runs hostos-boot-release, hostos-config-release, hostos-base-os-sw-release, hostos-base-net-sw-release, hostos-nextgen-os-sw-release, hostos-post-config-release, hostos-kernel-patch-release%0A  help: write the packages in this order
    ddt lint: 1 error, 0 warnings, 1 notice
    "#);
    assert_eq!(Run::clean().print(github), "");
}

#[test]
fn github_is_not_asked_for_more_than_it_shows() {
    let source = Source::new("a.hjson", "a: 1\nb: 2\n");
    let finding = |severity, number: usize| {
        let end = if number == 0 { 10 } else { 1 };
        Diagnostic::error(format!("finding {number}"))
            .severity(severity)
            .at(&source, Span::new(0, end), "")
    };
    let warnings = (0..11).map(|number| finding(Severity::Warning, number));
    let errors = (0..12).map(|number| finding(Severity::Error, number));
    let run = Run::of(vec![source.clone()], warnings.chain(errors).collect());
    let text = run.print(github);
    let lines: Vec<&str> = text.lines().collect();
    let commands = |level: &str| {
        let start = format!("::{level} ");
        lines.iter().filter(|line| line.starts_with(&start)).count()
    };
    assert_eq!((commands("error"), commands("warning")), (10, 10));
    insta::assert_snapshot!([&lines[..2], &lines[20..]].concat().join("\n"), @r#"
    ::error title=ddt,file=zones/a.hjson,line=1,endLine=3::zones/a.hjson:1:1: finding 0
    ::error title=ddt,file=zones/a.hjson,line=1,col=1,endLine=1,endColumn=2::zones/a.hjson:1:1: finding 1
    error: zones/a.hjson:1:1: finding 10
    error: zones/a.hjson:1:1: finding 11
    warning: zones/a.hjson:1:1: finding 10
    ddt lint: 12 errors, 11 warnings, 0 notices; GitHub shows 10 annotations of a level
    "#);
}

#[test]
fn azure_has_a_command_per_finding() {
    insta::assert_snapshot!(Run::usual().print(azure), @r#"
    ##vso[task.logissue type=error;sourcepath=zones/bad.hjson;linenumber=7;columnnumber=11;code=DDT101;]DDT101 `tag` has no value; it swallowed the next line%0A  note: an HJSON value may start on the following line%0A  help: write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`
    ##vso[task.logissue type=warning;sourcepath=zones/info.hjson;linenumber=14;columnnumber=9;code=DDT401;]DDT401 written order differs from stage order; ddt runs stage order%0A  note: ddt runs hostos-boot-release, hostos-config-release, hostos-base-os-sw-release, hostos-base-net-sw-release, hostos-nextgen-os-sw-release, hostos-post-config-release, hostos-kernel-patch-release%0A  help: write the packages in this order
    "#);
    assert_eq!(Run::clean().print(azure), "");
}

#[test]
fn no_name_or_text_breaks_out_of_a_command() {
    let run = Run::hostile();
    let text = run.print(github);
    assert_eq!(text.lines().count(), 4, "{text:?}");
    let levels: Vec<_> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(levels, ["::error", "::warning", "::notice", "ddt"]);
    for line in text.lines().take(3) {
        assert_eq!(
            github_finding(line),
            (run.path(), run.message()),
            "{line:?}"
        );
    }
    let text = run.print(azure);
    assert_eq!(text.lines().count(), 3, "{text:?}");
    for line in text.lines() {
        assert!(line.starts_with("##vso[task.logissue type="), "{line:?}");
        let finding = (run.path(), explained_hostile());
        assert_eq!(azure_finding(line), finding, "{line:?}");
    }
    let text = concise(&run.diagnostics);
    assert_eq!(text.lines().count(), 3, "{text:?}");
    assert!(!text.replace('\n', "").chars().any(char::is_control));
}

impl Run {
    fn path(&self) -> String {
        format!("zones/{HOSTILE_NAME}")
    }

    fn message(&self) -> String {
        format!("{}:1:4: {}", self.path(), explained_hostile())
    }
}

fn explained_hostile() -> String {
    format!("DDT105 {HOSTILE_TEXT}\n  note: {HOSTILE_TEXT}\n  help: {HOSTILE_TEXT}")
}

/// Reads a command as GitHub's runner does: the file and the message.
fn github_finding(line: &str) -> (String, String) {
    let (command, message) = line[2..].split_once("::").expect("a message");
    let (_, properties) = command.split_once(' ').expect("properties");
    let file = properties
        .split(',')
        .find_map(|one| one.strip_prefix("file="));
    let data = |text: &str| {
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%25", "%")
    };
    let file = file
        .expect("a file")
        .replace("%3A", ":")
        .replace("%2C", ",");
    (data(&file), data(message))
}

/// Reads a command as the agent of Azure does: the file and the message.
fn azure_finding(line: &str) -> (String, String) {
    let (command, message) = line.split_once(']').expect("a message");
    let file = command
        .split(';')
        .find_map(|one| one.strip_prefix("sourcepath="));
    let data = |text: &str| {
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%AZP25", "%")
    };
    let file = file
        .expect("a file")
        .replace("%3B", ";")
        .replace("%5D", "]");
    (data(&file), data(message))
}
