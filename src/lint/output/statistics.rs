//! How often each rule was broken.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::words::word;
use crate::document::{Diagnostic, Severity};
use crate::lint::registry::rule;

/// Prints `COUNT CODE NAME SEVERITY` lines, the most frequent first; nothing for no findings.
pub fn statistics(diagnostics: &[Diagnostic]) -> String {
    let mut counts: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let code = diagnostic.code.unwrap_or_default();
        *counts.entry((code, diagnostic.severity)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut text = String::new();
    for ((code, severity), count) in counts {
        let name = rule(code).map_or("", |rule| rule.name);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{count:>6}  {code}  {name:<24}  {}", word(severity));
    }
    text
}
