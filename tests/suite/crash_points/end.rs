//! What a deployment comes to: the nodes' files without times, runs and boots, and what was run there.

use super::lamps::NODES;
use crate::support::lamps::PACKAGES;
use crate::support::zone::Zone;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The end of all nodes of a zone, to compare with another's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct End {
    /// Every file with its text; ddt's own records of attempts only by how they ended.
    files: BTreeMap<PathBuf, String>,
}

impl End {
    /// Reads the nodes; asserts that every step of every package was run exactly once on each, by the steps' own
    /// account.
    #[track_caller]
    pub(super) fn of(zone: &Zone, after: &str) -> Self {
        let mut files = BTreeMap::new();
        for name in NODES {
            let node = zone.node(name);
            assert_eq!(node.steps(), every_step_once(), "{name}, after {after}");
            collect(node.root(), Path::new(name), &mut files);
        }
        Self { files }
    }
}

fn every_step_once() -> Vec<String> {
    let steps =
        |package| ["check", "deploy", "verify"].map(|step| format!("{step} {package} 1.2.3"));
    PACKAGES.into_iter().flat_map(steps).collect()
}

fn collect(directory: &Path, shown: &Path, files: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        let (path, shown) = (entry.path(), shown.join(entry.file_name()));
        if path.is_dir() {
            collect(&path, &shown, files);
        } else if let Some((shown, text)) = comparable(&path, shown) {
            let again = files.insert(shown.clone(), text);
            assert_eq!(again, None, "{} twice", shown.display());
        }
    }
}

/// A file as it is after every deployment; `None` of those that tell how it went.
fn comparable(path: &Path, shown: PathBuf) -> Option<(PathBuf, String)> {
    let text = String::from_utf8_lossy(&fs::read(path).expect("a file")).into_owned();
    let is_ours = |directory: &str| path.components().any(|part| part.as_os_str() == directory);
    match shown.extension().and_then(|extension| extension.to_str()) {
        // An attempt belongs to one run, whichever that was: a second one would have the same name here.
        Some("receipt") => {
            let outcome = text.lines().find(|line| line.starts_with("outcome "));
            let name = PathBuf::from(shown.file_name()?);
            let node = shown.iter().next()?;
            Some((Path::new(node).join(name), outcome?.to_owned()))
        }
        _ if is_ours("receipts") || shown.file_stem().is_some_and(|name| name == "current") => None,
        _ if shown.ends_with("boot_id") => Some((shown, String::new())),
        _ => Some((shown, text.lines().map(without_times).collect())),
    }
}

fn without_times(line: &str) -> String {
    let words = line.split(' ').map(|word| match word.as_bytes() {
        [.., b'Z'] if word.len() == 20 => "TIME",
        bytes if bytes.len() == 23 && bytes[15..17] == *b"Z-" => "RUN",
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ") + "\n"
}
