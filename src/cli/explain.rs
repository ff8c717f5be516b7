//! `ddt explain`: what a rule, an exit code or a class of failures means.

use std::fmt::Write as _;
use std::io::Write;

use clap::Args;

use super::print;
use crate::document::closest;
use crate::exit::ExitCode;
use crate::failure::{Failure, FailureClass};
use crate::lint::{RULES, RuleSelector, docs};

/// Explain a rule of the linter, an exit code, or a class of failures
#[derive(Clone, Debug, Args)]
pub(super) struct ExplainArgs {
    /// A rule (`DDT101`, `swallowed-member`, `DDT1`), an exit code (`8`), or a class
    /// (`in-doubt`); a list of them all without it
    #[arg(value_name = "WORD")]
    word: Option<String>,
}

impl ExplainArgs {
    /// Prints the page.
    pub(super) fn run(self, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let text = match &self.word {
            None => index(),
            Some(word) => page(word).ok_or_else(|| unknown(word))?,
        };
        print(out, &text).map(|()| ExitCode::Done)
    }
}

/// The pages of the rules that are meant.
pub(super) fn rules(selector: &RuleSelector) -> String {
    let rules = RULES.iter().filter(|rule| selector.selects(rule));
    let pages: Vec<String> = rules.map(|rule| docs::page(rule)).collect();
    pages.join("\n")
}

fn page(word: &str) -> Option<String> {
    let rule: Option<RuleSelector> = word.parse().ok();
    let code = ExitCode::ALL
        .into_iter()
        .find(|code| code.number().to_string() == word);
    let class = FailureClass::ALL
        .into_iter()
        .find(|class| class.word() == word);
    rule.as_ref()
        .map(rules)
        .or_else(|| code.map(exit_code))
        .or_else(|| class.map(failure_class))
}

fn exit_code(code: ExitCode) -> String {
    format!("# exit code {}\n\n{}.\n", code.number(), code.meaning())
}

fn failure_class(class: FailureClass) -> String {
    format!(
        "# {}\n\n{}.\n\n## What to do\n\n{} (recovery level {}).\n",
        class.word(),
        class.meaning(),
        class.help(),
        class.recovery_level() as u8
    )
}

fn unknown(word: &str) -> Failure {
    let rules = RULES.iter().flat_map(|rule| [rule.code, rule.name]);
    let classes = FailureClass::ALL.into_iter().map(FailureClass::word);
    let help = match closest(word, rules.chain(classes)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`ddt explain` lists what there is".to_owned(),
    };
    Failure::refused(format!("there is nothing to explain about `{word}`")).help(help)
}

/// Everything that can be explained.
fn index() -> String {
    let mut text = "rules of the linter\n".to_owned();
    // Writing to a string cannot fail.
    for rule in RULES {
        let _ = writeln!(text, "  {}  {:<24}  {}", rule.code, rule.name, rule.summary);
    }
    text.push_str("\nexit codes\n");
    for code in ExitCode::ALL {
        let _ = writeln!(text, "  {:<6}  {}", code.number(), code.meaning());
    }
    text.push_str("\nclasses of failures\n");
    for class in FailureClass::ALL {
        let _ = writeln!(text, "  {:<12}  {}", class.word(), class.meaning());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explain(word: Option<&str>) -> String {
        let mut out = Vec::new();
        let word = word.map(str::to_owned);
        match (ExplainArgs { word }).run(&mut out) {
            Ok(_) => String::from_utf8(out).expect("text"),
            Err(failure) => format!("{failure}: {:?}", failure.help),
        }
    }

    #[test]
    fn a_rule_is_explained_by_code_name_or_family() {
        assert!(explain(Some("DDT101")).starts_with("# DDT101 swallowed-member\n"));
        assert_eq!(explain(Some("swallowed-member")), explain(Some("ddt101")));
        assert!(explain(Some("DDT7")).contains("# DDT705 "));
    }

    #[test]
    fn exit_codes_and_classes_are_explained() {
        insta::assert_snapshot!(explain(Some("8")), @r#"
        # exit code 8

        finished, but not everywhere (nodes skipped by rule, unreachable or failed within tolerance).
        "#);
        insta::assert_snapshot!(explain(Some("in-doubt")), @r#"
        # in-doubt

        nobody knows how an attempt ended.

        ## What to do

        look at the node; if the package was not installed, deploy again with --assume failed (recovery level 2).
        "#);
    }

    #[test]
    fn a_word_that_means_nothing_is_refused() {
        insta::assert_snapshot!(explain(Some("swalowed-member")), @r#"
        there is nothing to explain about `swalowed-member`: Some("did you mean `swallowed-member`?")
        "#);
        insta::assert_snapshot!(explain(Some("everything")), @r#"
        there is nothing to explain about `everything`: Some("`ddt explain` lists what there is")
        "#);
    }

    #[test]
    fn without_a_word_everything_is_listed() {
        let list = explain(None);
        let words = RULES.iter().map(|rule| rule.code);
        for word in words.chain(FailureClass::ALL.map(FailureClass::word)) {
            assert!(list.contains(&format!("  {word}  ")), "{word}\n{list}");
        }
    }
}
