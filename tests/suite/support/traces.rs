//! What a fleet leaves on the machine while it runs: to check afterwards that nothing of it is left.

use super::fleet::Fleet;
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The processes, namespaces and files of a fleet.
#[derive(Debug)]
pub(crate) struct Traces {
    directory: PathBuf,
    processes: Vec<Process>,
    namespaces: Vec<PathBuf>,
}

/// A process, told from a later one of the same pid by its start time.
#[derive(Debug)]
struct Process {
    directory: PathBuf,
    started: String,
}

impl Traces {
    /// Collects what belongs to a running fleet.
    pub(crate) fn of(fleet: &Fleet) -> Self {
        let directory = fleet.directory().to_owned();
        let mentions = processes_where(|process| mentions(process, &directory));
        let own = network_namespace(Path::new("/proc/self"));
        let mut inodes: BTreeSet<_> = mentions
            .iter()
            .filter_map(|found| network_namespace(&found.directory))
            .collect();
        inodes.insert(client_namespace(fleet));
        inodes.retain(|inode| Some(*inode) != own);
        let inside = processes_where(|process| {
            network_namespace(process).is_some_and(|inode| inodes.contains(&inode))
        });
        let namespaces = named_namespaces(&inodes);
        Self {
            directory,
            processes: mentions.into_iter().chain(inside).collect(),
            namespaces,
        }
    }

    pub(crate) fn process_count(&self) -> usize {
        self.processes.len()
    }

    /// Says what is still there.
    pub(crate) fn left(&self) -> Vec<String> {
        let processes = self.processes.iter().filter(|process| process.is_alive());
        let files = self
            .namespaces
            .iter()
            .chain([&self.directory])
            .filter(|path| path.exists());
        let mounts =
            std::fs::read_to_string("/proc/self/mountinfo").expect("the mounts of this process");
        let directory = self.directory.to_string_lossy();
        let mounts = mounts
            .lines()
            .filter(|line| line.contains(&*directory))
            .map(str::to_owned);
        processes
            .map(|process| format!("{process:?}"))
            .chain(files.map(|path| path.display().to_string()))
            .chain(mounts)
            .collect()
    }
}

impl Process {
    fn is_alive(&self) -> bool {
        start_time(&self.directory).as_ref() == Some(&self.started)
    }
}

fn processes_where(belongs: impl Fn(&Path) -> bool) -> Vec<Process> {
    let entries = std::fs::read_dir("/proc")
        .expect("/proc")
        .flatten()
        .map(|entry| entry.path());
    entries
        .filter(|directory| belongs(directory))
        .filter_map(|directory| {
            Some(Process {
                started: start_time(&directory)?,
                directory,
            })
        })
        .collect()
}

/// Whether the arguments or the environment of a process name a directory.
fn mentions(process: &Path, directory: &Path) -> bool {
    let directory = directory.to_string_lossy();
    ["cmdline", "environ"].iter().any(|file| {
        let bytes = std::fs::read(process.join(file)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).contains(&*directory)
    })
}

/// When a process started, in clock ticks; `None` for a dead one, reaped or not.
fn start_time(process: &Path) -> Option<String> {
    let stat = std::fs::read_to_string(process.join("stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    if state == "Z" {
        None
    } else {
        fields.nth(18).map(str::to_owned)
    }
}

fn network_namespace(process: &Path) -> Option<u64> {
    std::fs::metadata(process.join("ns/net"))
        .ok()
        .map(|metadata| metadata.ino())
}

fn client_namespace(fleet: &Fleet) -> u64 {
    let output = fleet
        .client_command("stat")
        .args(["-L", "-c", "%i", "/proc/self/ns/net"])
        .output();
    let output = output.expect("stat starts");
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .expect("an inode number")
}

fn named_namespaces(inodes: &BTreeSet<u64>) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir("/run/netns") else {
        return Vec::new();
    };
    let inside = |path: &PathBuf| {
        std::fs::metadata(path).is_ok_and(|metadata| inodes.contains(&metadata.ino()))
    };
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(inside)
        .collect()
}
