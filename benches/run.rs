//! How long a run of the sample manifest on 10,000 nodes takes ddt itself, and how much
//! memory: the real driver, journal and reporters, on nodes in memory that answer at once.
//! `cargo bench --bench run [-- NODES]`

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod sample;

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use camino::Utf8Path;
use ddt::clock::{moment, now};
use ddt::engine::driver::{self, RunRequest, Surroundings};
use ddt::engine::event::{RunKind, RunState};
use ddt::engine::health::{Health, HealthRequest};
use ddt::engine::machine::{OnFailure, RunIdentity};
use ddt::name::Name;
use ddt::node::attempt::{
    AttemptId, AttemptOutcome, AttemptRecord, AttemptRequest, Commit, Receipt, Records,
};
use ddt::node::facts::{BootId, Facts, ReleaseLine};
use ddt::node::{FactsQuery, Follow, LogSink, Node, NodeError, Payload, RebootRequest, TakeUp};
use ddt::plan::Plan;
use ddt::report::lines::Detail;
use ddt::report::logs::LogsRequest;
use ddt::report::{Format, KnownErrors, Look, Output, Reporter, ReporterRequest, Stream};
use ddt::store::{self, RunHandle, Store};
use sample::{Zone, peak_memory};
use tokio::sync::mpsc::unbounded_channel;

const NODES: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds options of its own.
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let nodes = numbers.next().unwrap_or(NODES);
    let directory = tempfile::tempdir()?;
    let path = Utf8Path::from_path(directory.path()).ok_or("a directory that is no text")?;
    let mut zone = Zone::fresh(nodes)?;
    let plan = zone.plan(&zone.observations, None);
    let plan = Arc::new(plan.map_err(|refusal| format!("{refusal:?}"))?);
    let seen = std::mem::take(&mut zone.observations).into_iter();
    let seen = seen.filter_map(|(name, facts)| Some((name, facts.ok()?)));
    let connected = seen.map(|(name, facts)| -> Box<dyn Node> { Box::new(Prompt { name, facts }) });
    let connected: Vec<_> = connected.collect();
    let before = peak_memory()?;
    let begun = moment();
    let state = run(path, plan, connected)?;
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(state, RunState::Succeeded);
    println!("run, {nodes} nodes, 7 packages: {seconds:.3} s");
    println!(
        "memory: {} MiB at most, {before} MiB of it before",
        peak_memory()?
    );
    Ok(())
}

fn run(
    directory: &Utf8Path,
    plan: Arc<Plan>,
    nodes: Vec<Box<dyn Node>>,
) -> Result<RunState, Box<dyn Error>> {
    let handle = begin(directory, &plan)?;
    let identity = RunIdentity {
        run: handle.record().run.clone(),
        kind: RunKind::Deploy,
        epoch: handle.record().epoch,
        on_failure: OnFailure::EndRun,
    };
    let reporter = Arc::new(reporter(directory, &identity.run));
    reporter.plan(&plan);
    let (_signals, received) = unbounded_channel();
    let request = RunRequest {
        plan,
        identity,
        nodes,
        payloads: Vec::new(),
        origin: None,
        reboot_timeout_seconds: 600,
    };
    let surroundings = Surroundings {
        journal: Box::new(handle),
        observer: reporter.clone(),
        health: Arc::new(Well),
        signals: received,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let state = runtime.block_on(driver::run(request, surroundings))?;
    reporter.finish();
    Ok(state)
}

fn begin(directory: &Utf8Path, plan: &Plan) -> Result<RunHandle, Box<dyn Error>> {
    let lock = Store::open(directory)?.lock(&plan.mzone, RunKind::Deploy)?;
    Ok(lock.begin(store::RunRequest {
        manifest: "mzone7204.hjson".into(),
        plan: serde_json::to_string(plan)?,
        epoch_seen: 0,
    })?)
}

fn reporter(directory: &Utf8Path, run: &Name) -> Reporter {
    let nowhere = |stream| Output::new(Box::new(std::io::sink()), stream, Look::PLAIN);
    Reporter::new(ReporterRequest {
        stdout: nowhere(Stream::Other),
        stderr: nowhere(Stream::Other),
        format: Format::People,
        detail: Detail::Events,
        logs: Some(LogsRequest {
            directory: directory.join("deploy_logs"),
            run: run.clone(),
            cap_bytes: 1 << 20,
        }),
        known_errors: KnownErrors::default(),
        command: "ddt deploy".to_owned(),
        clock: std::sync::Arc::new(now),
    })
}

/// A zone that is well.
struct Well;

#[async_trait]
impl Health for Well {
    async fn check(&self, _: &HealthRequest) -> Result<(), String> {
        Ok(())
    }
}

/// A node that does everything at once.
struct Prompt {
    name: Name,
    facts: Facts,
}

impl Prompt {
    fn receipt(&mut self, id: &AttemptId, outcome: AttemptOutcome) -> Receipt {
        Receipt {
            id: id.clone(),
            epoch: self.facts.epoch,
            digest: ddt::digest::Digest::of(b""),
            boot_id: self.facts.boot_id.clone(),
            journal_head: String::new(),
            started: 0,
            ended: 1,
            outcome,
            log_bytes: 0,
        }
    }

    fn record(&mut self, request: &AttemptRequest, records: &Records) {
        let component = request.id.component.clone();
        let recorded = self.facts.components.entry(component).or_default();
        if let Some((_, stage)) = &records.stage {
            recorded.stage = Some(stage.clone());
        }
        recorded.releases.push(ReleaseLine {
            time: "2026-01-01T00:00:00Z".to_owned(),
            package: request.id.package.clone(),
            bundle: request.bundle.clone(),
            tag: records.release.tag.clone(),
            digest: records.release.digest.clone(),
            run: request.id.run.clone(),
            outcome: records.release.outcome,
        });
    }
}

#[async_trait]
impl Node for Prompt {
    fn name(&self) -> &Name {
        &self.name
    }

    async fn facts(&mut self, _: &FactsQuery) -> Result<Facts, NodeError> {
        Ok(self.facts.clone())
    }

    async fn upload(&mut self, _: &[Payload]) -> Result<(), NodeError> {
        Ok(())
    }

    async fn start(
        &mut self,
        request: &AttemptRequest,
        _: LogSink<'_>,
    ) -> Result<Receipt, NodeError> {
        // Yields, as a connection does.
        tokio::task::yield_now().await;
        let outcome = match &request.commit {
            Commit::AfterReboot { records, .. } => {
                self.record(request, records);
                AttemptOutcome::AwaitingReboot
            }
            Commit::AfterSteps(records) => {
                self.record(request, records);
                AttemptOutcome::Succeeded
            }
            Commit::Never => AttemptOutcome::Succeeded,
        };
        Ok(self.receipt(&request.id, outcome))
    }

    async fn follow(&mut self, follow: &Follow, _: LogSink<'_>) -> Result<Receipt, NodeError> {
        Ok(self.receipt(&follow.attempt.id, AttemptOutcome::Succeeded))
    }

    async fn finish(&mut self, attempt: &TakeUp, _: LogSink<'_>) -> Result<Receipt, NodeError> {
        Ok(self.receipt(&attempt.id, AttemptOutcome::Succeeded))
    }

    async fn attempts(&mut self, _: &Name) -> Result<Vec<AttemptRecord>, NodeError> {
        Ok(Vec::new())
    }

    async fn reboot(&mut self, _: &RebootRequest) -> Result<BootId, NodeError> {
        Ok(BootId("another".to_owned()))
    }

    async fn close(&mut self) {}
}
