//! Attempts: steps, receipts, records, and what is refused.

use super::sandbox::{
    HISTORY, RELEASES, STAGE, Sandbox, TAG, id, in_every_shell, query, request, start, step,
    take_up, until,
};
use crate::digest::Digest;
use crate::node::attempt::{AttemptOutcome, AttemptState, Commit, StepKind};
use crate::node::facts::ReleaseOutcome;
use crate::node::{Follow, Node as _, NodeError, Purpose};

/// What follows the time in a line.
fn without_time(line: &str) -> &str {
    let (time, rest) = line.split_once(' ').expect("a line with a time");
    let _: jiff::Timestamp = time.parse().expect("RFC 3339");
    rest
}

#[tokio::test]
async fn a_success_is_recorded_and_received() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let payload = sandbox
            .upload(&mut node, &[("deploy", "#!/bin/sh\necho hello\n")])
            .await;
        let request = request(payload);
        let (receipt, log) = start(&mut node, &request).await;
        let receipt = receipt.expect("a receipt");
        assert_eq!(receipt.outcome, AttemptOutcome::Succeeded);
        assert_eq!((receipt.id.clone(), receipt.epoch), (id(1), 7));
        assert_eq!(receipt.journal_head, "head of the journal");
        assert!(receipt.ended >= receipt.started);
        assert_eq!(
            (log.as_slice(), receipt.log_bytes),
            (b"hello\n".as_slice(), 6)
        );
        assert_eq!(sandbox.read(STAGE), "pre-config\n");
        assert_eq!(
            without_time(sandbox.read(RELEASES).trim_end()),
            format!(
                "hostos-boot-release hostos-boot-release:{TAG} {} run1 deployed",
                request.digest
            )
        );
        assert_eq!(
            without_time(&sandbox.read(HISTORY)),
            format!("hostos-boot-release hostos-boot-release:{TAG} run1 1 succeeded\n")
        );
        let facts = node.facts(&query()).await.expect("facts");
        assert_eq!(facts.epoch, 7);
        let last = facts.last_attempt.expect("an attempt");
        assert_eq!(last.state, AttemptState::Ended(receipt));
    })
    .await;
}

#[tokio::test]
async fn the_receipt_of_an_attempt_that_goes_back_names_the_release_before() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let payload = sandbox
            .upload(&mut node, &[("deploy", "#!/bin/sh\n")])
            .await;
        let mut request = request(payload);
        let Commit::AfterSteps(records) = &mut request.commit else {
            panic!("the attempt records nothing");
        };
        records.release.digest = Digest::of(b"before");
        records.release.outcome = ReleaseOutcome::RolledBack;
        let (receipt, _) = start(&mut node, &request).await;
        assert_eq!(receipt.expect("a receipt").digest, Digest::of(b"before"));
    })
    .await;
}

/// Runs three attempts whose first is not the last writer: each builds on the one before.
#[tokio::test]
async fn records_grow_and_keep_their_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    in_every_shell(async |sandbox| {
        sandbox.write(RELEASES, "");
        let path = sandbox.root().join(RELEASES);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("set");
        let mut node = sandbox.node();
        let payload = sandbox
            .upload(&mut node, &[("deploy", "#!/bin/sh\n")])
            .await;
        for package in ["a", "b", "c"] {
            let mut request = request(payload.clone());
            request.id.package = package.parse().expect("a name");
            let (receipt, _) = start(&mut node, &request).await;
            assert_eq!(
                receipt.expect("a receipt").outcome,
                AttemptOutcome::Succeeded
            );
        }
        let facts = node.facts(&query()).await.expect("facts");
        let component = facts.components.values().next().expect("a component");
        let packages: Vec<&str> = component
            .releases
            .iter()
            .map(|line| line.package.as_str())
            .collect();
        assert_eq!(packages, ["a", "b", "c"]);
        let mode = path.metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        let stage = sandbox.root().join(STAGE).metadata().expect("there");
        assert_eq!(stage.permissions().mode() & 0o777, 0o644);
    })
    .await;
}

const SHOW: &str = r#"#!/bin/sh
for argument do printf '<%s>' "$argument"; done
printf '\n'; cat "$DDT_CONFIG"; printf '\n'
env | grep '^DDT_' | grep -v -e CONFIG -e SECRETS -e ROOT | sort
ls -A "$DDT_SECRETS" | wc -l
stat -c %a "$DDT_SECRETS"
[ -e "$DDT_ROOT" ] && [ -e deploy ] && echo here
"#;

#[tokio::test]
async fn any_text_reaches_the_step_as_it_is() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let payload = sandbox.upload(&mut node, &[("deploy", SHOW)]).await;
        let mut request = request(payload);
        request.flags = [
            "--verbose",
            "",
            "a  b",
            "'\"",
            "$(touch x)`id`",
            "*",
            "\\0101",
            "é\n",
        ]
        .map(String::from)
        .into();
        request.config = "{\"a\": \"%s\\n\\0 $HOME\", \"b\": 'é'}\n\n".into();
        request.mode = "new boot;cycle".into();
        request.from_tag = Some("3.0.5".parse().expect("a tag"));
        let (_, log) = start(&mut node, &request).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(String::from_utf8_lossy(&log), @r#"
            <--verbose><><a  b><'"><$(touch x)`id`><*><\0101><é
            >
            {"a": "%s\n\0 $HOME", "b": 'é'}


            DDT_BUNDLE=hostos-boot-release
            DDT_COMPONENT=hostos
            DDT_DRY_RUN=
            DDT_FROM_TAG=3.0.5
            DDT_MODE=new boot;cycle
            DDT_NODE=node1
            DDT_PACKAGE=hostos-boot-release
            DDT_RUN=run1
            DDT_STAGE=
            DDT_TAG=3.0.6-20220602T124916Z_887ca13
            DDT_ZONE=mzone7204
            0
            700
            here
            "#);
        }
    })
    .await;
}

#[tokio::test]
async fn an_attempt_is_started_once_and_only_by_the_newest_run() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let script = "#!/bin/sh\necho x >> \"$DDT_ROOT/effects\"\nexit 3\n";
        let payload = sandbox.upload(&mut node, &[("deploy", script)]).await;
        let mut request = request(payload);
        let outcome = start(&mut node, &request)
            .await
            .0
            .expect("a receipt")
            .outcome;
        assert_eq!(
            outcome,
            AttemptOutcome::Exited {
                step: StepKind::Deploy,
                code: 3
            }
        );
        assert_eq!(
            start(&mut node, &request).await.0,
            Err(NodeError::AlreadyStarted)
        );
        assert_eq!(
            start(&mut sandbox.node(), &request).await.0,
            Err(NodeError::AlreadyStarted)
        );
        request.id.number = 2;
        request.epoch = 6;
        let stale = NodeError::StaleEpoch { seen: 7, ours: 6 };
        assert_eq!(start(&mut node, &request).await.0, Err(stale));
        assert_eq!(sandbox.read("effects"), "x\n");
        assert_eq!(
            (sandbox.read(STAGE), sandbox.read(RELEASES)),
            (String::new(), String::new())
        );
        assert!(sandbox.read(HISTORY).ends_with(" run1 1 exited deploy 3\n"));
    })
    .await;
}

#[tokio::test]
async fn of_many_that_start_an_attempt_one_runs_it() {
    in_every_shell(async |sandbox| {
        let script = "#!/bin/sh\necho x >> \"$DDT_ROOT/effects\"\n";
        let payload = sandbox
            .upload(&mut sandbox.node(), &[("deploy", script)])
            .await;
        let request = request(payload);
        let mut nodes: Vec<_> = (0..4).map(|_| sandbox.node()).collect();
        let [a, b, c, d] = nodes.as_mut_slice() else {
            panic!("four nodes")
        };
        let (a, b, c, d) = tokio::join!(
            start(a, &request),
            start(b, &request),
            start(c, &request),
            start(d, &request)
        );
        let won = [a, b, c, d]
            .into_iter()
            .filter(|(receipt, _)| receipt.is_ok())
            .count();
        assert_eq!(won, 1);
        assert_eq!(sandbox.read("effects"), "x\n");
    })
    .await;
}

#[tokio::test]
async fn an_exit_code_is_not_taken_for_a_signal() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let step = StepKind::Deploy;
        let exited = |code| AttemptOutcome::Exited { step, code };
        let signalled = |signal| AttemptOutcome::Signalled { step, signal };
        let cases = [
            ("exit 1", exited(1)),
            ("exit 137", exited(137)),
            ("exit 255", exited(255)),
            ("kill -KILL $$", signalled(9)),
            ("kill -SEGV $$", signalled(11)),
            ("kill -TERM $$", signalled(15)),
            ("kill -PIPE $$", signalled(13)),
            (
                "yes | head -n 1 > /dev/null; exit 0",
                AttemptOutcome::Succeeded,
            ),
        ];
        for (number, (script, expected)) in (1..).zip(cases) {
            let script = format!("#!/bin/sh\n{script}\n");
            let payload = sandbox.upload(&mut node, &[("deploy", &script)]).await;
            let mut request = request(payload);
            request.id.number = number;
            let (receipt, _) = start(&mut node, &request).await;
            assert_eq!(receipt.expect("a receipt").outcome, expected, "{script}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_step_that_is_missing_has_failed() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let payload = sandbox.upload(&mut node, &[("other", "#!/bin/sh\n")]).await;
        let (receipt, log) = start(&mut node, &request(payload)).await;
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(
            outcome,
            AttemptOutcome::Exited {
                step: StepKind::Deploy,
                code: 127
            }
        );
        assert!(!log.is_empty(), "the log says why");
    })
    .await;
}

#[tokio::test]
async fn a_step_that_hangs_is_ended_with_all_its_processes() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let script = "#!/bin/sh\ntrap 'exit 0' TERM\nsleep 3600 & echo $! > \"$DDT_ROOT/pid\"\n\
                      while :; do wait; done\n";
        let payload = sandbox.upload(&mut node, &[("deploy", script)]).await;
        let mut request = request(payload);
        request.steps[0].timeout_seconds = Some(1);
        let (receipt, _) = start(&mut node, &request).await;
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(
            outcome,
            AttemptOutcome::TimedOut {
                step: StepKind::Deploy
            }
        );
        let pid = sandbox.read("pid");
        assert!(
            !is_running(pid.trim()),
            "the step's own child has been ended"
        );
    })
    .await;
}

#[tokio::test]
async fn the_watch_over_a_step_ends_with_it() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let payload = sandbox
            .upload(&mut node, &[("deploy", "#!/bin/sh\n")])
            .await;
        for number in 1..=20 {
            let mut request = request(payload.clone());
            request.id.number = number;
            // A number that no other process of this machine sleeps for.
            request.steps[0].timeout_seconds = Some(1_000_000 + std::process::id());
            let (receipt, _) = start(&mut node, &request).await;
            assert_eq!(
                receipt.expect("a receipt").outcome,
                AttemptOutcome::Succeeded
            );
        }
        drop(node);
        let nap = format!("sleep\0{}\0", 1_000_000 + std::process::id());
        let processes = std::fs::read_dir("/proc").expect("there").flatten();
        let left = processes
            .filter_map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).ok())
            .filter(|words| words.ends_with(&nap));
        assert_eq!(left.count(), 0);
    })
    .await;
}

/// Whether there is such a process, and more of it than its remains.
pub(super) fn is_running(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

#[tokio::test]
async fn a_record_that_somebody_else_wrote_is_left_alone() {
    in_every_shell(async |sandbox| {
        for (file, text) in [(RELEASES, "theirs\n"), (STAGE, "theirs\n")] {
            let sandbox = Sandbox::new(sandbox.shell.clone());
            sandbox.write(RELEASES, "");
            sandbox.write(STAGE, "before\n");
            let mut node = sandbox.node();
            let script = format!("#!/bin/sh\necho theirs > \"$DDT_ROOT/{file}\"\n");
            let payload = sandbox.upload(&mut node, &[("deploy", &script)]).await;
            let (receipt, _) = start(&mut node, &request(payload)).await;
            let AttemptOutcome::RecordRefused { reason } = receipt.expect("a receipt").outcome
            else {
                panic!("the record is refused");
            };
            assert_eq!(reason, format!("/{file} was changed while the steps ran"));
            assert_eq!(sandbox.read(file), text);
            let other = if file == STAGE { RELEASES } else { STAGE };
            let before = if file == STAGE { "" } else { "before\n" };
            assert_eq!(sandbox.read(other), before, "no record or all of them");
        }
    })
    .await;
}

#[tokio::test]
async fn a_large_log_arrives_byte_for_byte() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let bytes: Vec<u8> = (0..=255u8).cycle().take(3_000_001).collect();
        sandbox.write("bytes", "");
        std::fs::write(sandbox.root().join("bytes"), &bytes).expect("written");
        let script = "#!/bin/sh\ncat \"$DDT_ROOT/bytes\" >&2\n";
        let payload = sandbox.upload(&mut node, &[("deploy", script)]).await;
        let (receipt, log) = start(&mut node, &request(payload)).await;
        assert_eq!(receipt.expect("a receipt").log_bytes, bytes.len() as u64);
        assert!(log == bytes);
    })
    .await;
}

#[tokio::test]
async fn a_log_is_seen_while_the_step_runs() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        // It ends only when somebody has seen what it says.
        let script = "#!/bin/sh\necho are you there\n\
                      while [ -d \"$DDT_ROOT\" ] && ! [ -e \"$DDT_ROOT/seen\" ]; do sleep 0.1; done\necho bye\n";
        let payload = sandbox.upload(&mut node, &[("deploy", script)]).await;
        let mut log = Vec::new();
        let mut sink = |bytes: &[u8]| {
            log.extend_from_slice(bytes);
            sandbox.write("seen", "");
        };
        let receipt = node
            .start(&request(payload), &mut sink)
            .await
            .expect("a receipt");
        assert_eq!(receipt.outcome, AttemptOutcome::Succeeded);
        assert_eq!(log, b"are you there\nbye\n");
    })
    .await;
}

#[tokio::test]
async fn following_gives_the_receipt_and_the_rest_of_the_log() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let payload = sandbox
            .upload(&mut node, &[("deploy", "#!/bin/sh\necho hello\n")])
            .await;
        let (receipt, _) = start(&mut node, &request(payload)).await;
        let mut log = Vec::new();
        let follow = Follow {
            attempt: take_up(1),
            offset: 2,
        };
        let mut other = sandbox.node();
        let followed = other
            .follow(&follow, &mut |bytes| log.extend_from_slice(bytes))
            .await;
        assert_eq!(followed, receipt);
        assert_eq!(log, b"llo\n");
        let follow = Follow {
            attempt: take_up(2),
            offset: 0,
        };
        let unknown = other.follow(&follow, &mut |_| {}).await;
        assert_eq!(unknown, Err(NodeError::UnknownAttempt));
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_leaves_the_node_as_it_was() {
    in_every_shell(async |sandbox| {
        sandbox.write(STAGE, "before\n");
        let before = sandbox.tree();
        let mut node = sandbox.node_for(Purpose::DryRun);
        let script = "#!/bin/sh\necho \"dry: $DDT_DRY_RUN\"; echo \"$DDT_CONFIG\"\n";
        let payload = sandbox.upload(&mut node, &[("check", script)]).await;
        let mut request = request(payload);
        request.steps = vec![step(StepKind::Check, "check")];
        request.commit = Commit::Never;
        let (receipt, log) = start(&mut node, &request).await;
        assert_eq!(
            receipt.expect("a receipt").outcome,
            AttemptOutcome::Succeeded
        );
        let log = String::from_utf8(log).expect("text");
        let (first, config) = log.trim_end().split_once('\n').expect("two lines");
        assert_eq!(first, "dry: 1");
        let scratch = std::path::Path::new(config)
            .ancestors()
            .nth(3)
            .expect("a directory");
        assert!(scratch.exists() && !scratch.starts_with(sandbox.root()));
        node.close().await;
        drop(node);
        until("the run's files are gone", || !scratch.exists()).await;
        assert_eq!(sandbox.tree(), before);
    })
    .await;
}
