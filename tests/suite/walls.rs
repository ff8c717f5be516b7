//! The walls of the architecture that clippy cannot see: which module may reach what. See `docs/architecture.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Modules that work on values only: no files, processes, network, environment, threads or clock.
const PURE: &[&str] = &[
    "hjson",
    "document",
    "manifest",
    "component",
    "inventory",
    "tag",
    "secret",
    "lint",
    "lsp",
    "plan",
    "engine/machine",
];

/// What a pure module must not name.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::process",
    "std::net",
    "std::env",
    "std::thread",
    "std::time::SystemTime",
    "Instant",
    "std::io::stdin",
    "tokio::",
    "openssh::",
    "rusqlite::",
    "tempfile::",
    "Timestamp::now",
    "Zoned::now",
];

const TEST_ONLY: &str = "#[cfg(test)]";

/// The only modules that may start programs.
const STARTS_PROGRAMS: &[&str] = &["node", "bundle", "provider", "store", "revision"];

#[test]
fn pure_modules_do_not_reach_outside() {
    let sources = sources();
    let breaches = breaches(&sources, |module| belongs(module, PURE), OUTSIDE);
    assert!(
        breaches.is_empty(),
        "pure modules reach outside:\n{}",
        breaches.join("\n")
    );
}

#[test]
fn engine_does_not_know_its_reporters() {
    let sources = sources();
    let breaches = breaches(&sources, |module| belongs(module, &["engine"]), &["report"]);
    assert!(
        breaches.is_empty(),
        "engine names report:\n{}",
        breaches.join("\n")
    );
}

#[test]
fn nobody_knows_the_verbs() {
    let sources = sources();
    let breaches = breaches(
        &sources,
        |module| !belongs(module, &["cli"]),
        &["crate::cli", "super::cli"],
    );
    assert!(
        breaches.is_empty(),
        "cli is named:\n{}",
        breaches.join("\n")
    );
}

#[test]
fn only_the_outer_modules_start_programs() {
    let sources = sources();
    let breaches = breaches(
        &sources,
        |module| !belongs(module, STARTS_PROGRAMS),
        &["Command::new(\"", "Command::new(&"],
    );
    assert!(
        breaches.is_empty(),
        "programs are started elsewhere:\n{}",
        breaches.join("\n")
    );
}

/// The rules above must see a breach where there is one.
#[test]
fn a_breach_is_found() {
    let source = "//! std::fs in a comment\n#[cfg(test)]\nmod cases;\nuse std::fs;\n#[cfg(test)]\nmod tests {\nuse std::net;";
    let sources = BTreeMap::from([
        ("plan/mod".to_owned(), source.to_owned()),
        ("plan/cases".to_owned(), "use std::fs;".to_owned()),
    ]);
    let breaches = breaches(&sources, |module| belongs(module, PURE), OUTSIDE);
    assert_eq!(breaches, ["plan/mod:4: use std::fs;"]);
    assert!(!belongs("planner_of_others", PURE));
}

/// Every source file, by its module path (`engine/machine`).
fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = BTreeMap::new();
    let mut pending: Vec<PathBuf> = vec![root.clone()];
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(directory).expect("a readable directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let module = path
                    .strip_prefix(&root)
                    .expect("inside src")
                    .with_extension("");
                let text = std::fs::read_to_string(&path).expect("a source file");
                sources.insert(module.to_string_lossy().into_owned(), text);
            }
        }
    }
    sources
}

fn belongs(module: &str, modules: &[&str]) -> bool {
    modules.iter().any(|name| {
        module == *name
            || module
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('/'))
    })
}

/// The lines of code that name something forbidden, outside comments and unit tests.
fn breaches(
    sources: &BTreeMap<String, String>,
    applies: impl Fn(&str) -> bool,
    forbidden: &[&str],
) -> Vec<String> {
    let tests = test_modules(sources);
    let mut found = Vec::new();
    for (module, text) in sources
        .iter()
        .filter(|(module, _)| applies(module) && !tests.contains(*module))
    {
        for (number, line) in product_lines(text) {
            let is_comment = line.trim_start().starts_with("//");
            if !is_comment && forbidden.iter().any(|name| names(line, name)) {
                found.push(format!("{module}:{number}: {}", line.trim()));
            }
        }
    }
    found
}

/// The numbered lines before the unit tests, which are the last item of a file.
fn product_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<_> = text.lines().collect();
    let is_tests = |index: usize| {
        lines[index].trim() == TEST_ONLY
            && lines
                .get(index + 1)
                .is_some_and(|next| next.trim_end().ends_with('{'))
    };
    let end = (0..lines.len())
        .find(|index| is_tests(*index))
        .unwrap_or(lines.len());
    (1..).zip(lines.into_iter().take(end))
}

/// The modules in files of their own that are only compiled for tests.
fn test_modules(sources: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (module, text) in sources {
        let parent =
            module
                .strip_suffix("/mod")
                .unwrap_or(if module == "lib" { "" } else { module });
        let lines = text.lines().map(str::trim);
        for (_, next) in lines
            .clone()
            .zip(lines.skip(1))
            .filter(|(line, _)| *line == TEST_ONLY)
        {
            let name = next
                .split_once("mod ")
                .and_then(|(_, name)| name.strip_suffix(';'));
            found.extend(name.map(|name| {
                format!("{parent}/{name}")
                    .trim_start_matches('/')
                    .to_owned()
            }));
        }
    }
    found
}

/// Whether a line has `name` as whole words, not as part of a longer identifier.
fn names(line: &str, name: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(name).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + name.len()..].chars().next();
        let starts_inside = name.starts_with(is_word) && before.is_some_and(is_word);
        let ends_inside = name.ends_with(is_word) && after.is_some_and(is_word);
        !starts_inside && !ends_inside
    })
}
