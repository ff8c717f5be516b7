//! `ddt man`: the manual pages.

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Command};
use clap_mangen::Man;

use crate::document::closest;
use crate::exit::ExitCode;
use crate::failure::Failure;

/// Print a manual page in roff, or write them all
#[derive(Clone, Debug, Args)]
pub(super) struct ManArgs {
    /// The page of this verb, such as `deploy` or `bundle build`; without one, that of ddt
    #[arg(value_name = "VERB", conflicts_with = "dir")]
    verb: Vec<String>,
    /// Write the pages of all verbs into this directory, created if need be
    #[arg(long, value_name = "DIR")]
    dir: Option<Utf8PathBuf>,
}

impl ManArgs {
    pub(super) fn run(self, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        match &self.dir {
            Some(directory) => write_all(directory)?,
            None => super::print(out, &page(&self.verb)?)?,
        }
        Ok(ExitCode::Done)
    }
}

fn write_all(directory: &Utf8Path) -> Result<(), Failure> {
    let written = std::fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(super::command(), directory));
    written.map_err(|error| {
        Failure::environment(format!("cannot write the manual pages into {directory}"))
            .because(&error)
    })
}

fn page(verb: &[String]) -> Result<String, Failure> {
    let mut command = super::command().disable_help_subcommand(true);
    command.build();
    for word in verb {
        command = subcommand(&command, word)?;
    }
    let mut page = Vec::new();
    Man::new(command)
        .render(&mut page)
        .map_err(|error| Failure::environment("cannot make the manual page").because(&error))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn subcommand(command: &Command, word: &str) -> Result<Command, Failure> {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let found = command.find_subcommand(word).cloned();
    found.ok_or_else(|| {
        let failure = Failure::refused(format!("`{name} {word}` is no verb"));
        let shown = command.get_subcommands().filter(|one| !one.is_hide_set());
        let known: Vec<&str> = shown.map(Command::get_name).collect();
        match closest(word, known.iter().copied()) {
            Some(meant) => failure.help(format!("did you mean `{meant}`?")),
            None if known.is_empty() => failure.help("it has no verbs of its own"),
            None => failure.help(format!("known here: {}", known.join(", "))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        match page(&words) {
            Ok(page) => page,
            Err(failure) => [failure.message, failure.help.unwrap_or_default()].join("\n"),
        }
    }

    #[test]
    fn every_verb_has_its_page() {
        assert!(said(&[]).contains(".TH ddt 1"));
        let build = said(&["bundle", "build"]);
        assert!(build.contains(".TH ddt-bundle-build 1"), "{build}");
        assert!(build.contains("LAYOUT"), "{build}");
    }

    #[test]
    fn what_is_no_verb_has_no_page() {
        insta::assert_snapshot!(said(&["depoy"]), @r"
        `ddt depoy` is no verb
        did you mean `deploy`?
        ");
        insta::assert_snapshot!(said(&["bundle", "burn"]), @r"
        `ddt bundle burn` is no verb
        known here: new, build, push, pull, inspect, prune, keygen, sign, verify
        ");
        insta::assert_snapshot!(said(&["deploy", "now"]), @r"
        `ddt deploy now` is no verb
        it has no verbs of its own
        ");
    }
}
