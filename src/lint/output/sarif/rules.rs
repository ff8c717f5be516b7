//! What a SARIF report says about rules.

use serde::Serialize;

use super::{Text, level};
use crate::document::Severity;
use crate::lint::docs;
use crate::lint::output::words::page_address;
use crate::lint::rule::Rule;

/// GitHub takes no longer descriptions, in characters.
const LONGEST_DESCRIPTION: usize = 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReportingDescriptor {
    id: &'static str,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: [String; 1],
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    severity: &'static str,
}

impl ReportingDescriptor {
    /// Describes a rule.
    pub(super) fn new(rule: &Rule) -> Self {
        Self {
            id: rule.code,
            name: pascal_case(rule.name),
            short_description: Text::new(shortened(rule.summary)),
            full_description: Text::new(shortened(rule.docs.why)),
            help: Help {
                text: format!("{} {}", rule.docs.why, rule.docs.fix),
                markdown: docs::page(rule),
            },
            help_uri: page_address(rule),
            default_configuration: Configuration {
                level: level(rule.severity),
            },
            properties: Properties {
                tags: [tag(rule)],
                precision: "very-high",
                severity: problem_severity(rule.severity),
            },
        }
    }
}

/// `ImpossibleTimestamp` for `impossible-timestamp`.
fn pascal_case(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    for word in name.split('-') {
        let mut characters = word.chars();
        pascal.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        pascal.extend(characters);
    }
    pascal
}

/// What the rule's family is about: `release tags`.
fn tag(rule: &Rule) -> String {
    let title = rule.family().title();
    let (_, subject) = title.split_once(": ").unwrap_or(("", title));
    subject.to_owned()
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_DESCRIPTION).collect()
}
