use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use super::*;
use crate::report::script::{BOOT, CONFIG, failure, name, noon, output, play, task};

struct Fixture {
    directory: tempfile::TempDir,
    logs: RunLogs,
}

fn fixture(cap_bytes: u64) -> Fixture {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let logs = RunLogs::create(&request(&directory, "run-1", cap_bytes), Arc::new(noon));
    Fixture { directory, logs }
}

fn request(directory: &tempfile::TempDir, run: &str, cap_bytes: u64) -> LogsRequest {
    let path = Utf8PathBuf::from_path_buf(directory.path().join("deploy_logs"));
    LogsRequest {
        directory: path.expect("a path of text"),
        run: name(run),
        cap_bytes,
    }
}

impl Fixture {
    fn read(&self, path: &str) -> Vec<u8> {
        let path = self.directory.path().join("deploy_logs").join(path);
        fs::read(path).expect("the file is there")
    }
}

#[test]
fn keeps_raw_output_where_the_documents_say() {
    let fixture = fixture(DEFAULT_CAP_BYTES);
    play(&fixture.logs);
    let path = "latest/hostos/hostos-config-release/node-2.log";
    assert_eq!(fixture.read(path), output());
    assert!(
        fixture
            .logs
            .path(&task("node-2", CONFIG))
            .ends_with("run-1/hostos/hostos-config-release/node-2.log")
    );
    assert_eq!(fixture.logs.tail(&task("node-2", CONFIG)), output());
    assert_eq!(fixture.logs.trouble(), None);
}

#[test]
fn keeps_the_events_and_the_summary() {
    let fixture = fixture(DEFAULT_CAP_BYTES);
    play(&fixture.logs);
    fixture.logs.summary("all is well\n");
    assert_eq!(fixture.read("run-1/summary.txt"), b"all is well\n");
    let events = String::from_utf8(fixture.read("run-1/events.jsonl")).expect("text");
    assert_eq!(
        events.lines().count(),
        crate::report::script::events().len() + 1
    );
}

#[test]
fn latest_is_the_last_run() {
    let fixture = fixture(DEFAULT_CAP_BYTES);
    let second = RunLogs::create(&request(&fixture.directory, "run-2", 9), Arc::new(noon));
    assert_eq!(second.trouble(), None);
    let link = fixture.directory.path().join("deploy_logs/latest");
    assert_eq!(
        fs::read_link(link).expect("a link"),
        std::path::Path::new("run-2")
    );
}

#[test]
fn only_the_owner_may_read() {
    let fixture = fixture(DEFAULT_CAP_BYTES);
    play(&fixture.logs);
    fixture.logs.summary("all is well\n");
    let root = fixture.directory.path().join("deploy_logs");
    let mut pending = vec![root];
    let mut seen = 0;
    while let Some(path) = pending.pop() {
        let metadata = fs::symlink_metadata(&path).expect("it is there");
        if metadata.is_dir() {
            assert_eq!(metadata.permissions().mode() & 0o777, 0o700, "{path:?}");
            let entries = fs::read_dir(&path).expect("a readable directory");
            pending.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if metadata.is_file() {
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{path:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, 3);
}

#[test]
fn a_later_attempt_continues_the_log_within_the_same_cap() {
    let fixture = fixture(8);
    let task = task("node-1", BOOT);
    let ending = Ending::Failed(failure(crate::failure::FailureClass::Script, "code 1"));
    let end = Event::Ended {
        task: task.clone(),
        ending,
    };
    fixture.logs.log(&task, b"first\n");
    fixture.logs.event(&end);
    fixture.logs.log(&task, b"second\n");
    fixture.logs.event(&end);
    let log = String::from_utf8(fixture.read("latest/hostos/hostos-boot-release/node-1.log"));
    let digest = crate::digest::Digest::of(b"second\n");
    let expected = format!("first\nse\nddt: 5 bytes left out; all 7 bytes are {digest}\n");
    assert_eq!(log.expect("text"), expected);
    assert_eq!(fixture.logs.tail(&task), b"second\n");
}

#[test]
fn a_reboot_does_not_end_a_log() {
    let fixture = fixture(3);
    let task = task("node-1", BOOT);
    let ending = Ending::AwaitingReboot {
        boot_id: crate::node::facts::BootId("a".into()),
    };
    fixture.logs.log(&task, b"one\n");
    fixture.logs.event(&Event::Ended {
        task: task.clone(),
        ending,
    });
    fixture.logs.log(&task, b"two\n");
    assert_eq!(fixture.logs.tail(&task), b"one\ntwo\n");
    assert_eq!(
        fixture.read("latest/hostos/hostos-boot-release/node-1.log"),
        b"one"
    );
}

#[test]
fn a_directory_that_cannot_be_made_stops_nothing() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    fs::write(directory.path().join("deploy_logs"), "a file").expect("the disk has room");
    let logs = RunLogs::create(&request(&directory, "run-1", 9), Arc::new(noon));
    play(&logs);
    assert_eq!(logs.tail(&task("node-2", CONFIG)), output());
    let trouble = logs.trouble().expect("it went wrong");
    assert!(trouble.starts_with("cannot write all logs: "), "{trouble}");
    assert!(trouble.contains("deploy_logs"), "{trouble}");
}

#[test]
fn the_end_of_a_log_is_kept_however_many_failed_before() {
    let fixture = fixture(100);
    for number in 1..=40 {
        let task = task(&format!("node-{number}"), BOOT);
        let ending = Ending::Failed(failure(crate::failure::FailureClass::Script, "code 1"));
        fixture.logs.log(&task, b"the end\n");
        fixture.logs.event(&Event::Ended {
            task: task.clone(),
            ending,
        });
        assert_eq!(fixture.logs.tail(&task), b"the end\n", "{number}");
    }
}
