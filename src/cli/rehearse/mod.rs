//! `ddt rehearse`: runs a plan many times in memory, with faults, and says how each ended.
//! Nodes are read as `ddt plan` reads them, or not at all; nothing is changed anywhere.

mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;

use clap::Args;

use super::context::Context;
use super::prepare::{self, NoPlan, Offline, TargetArgs};
use super::{probing, runtime};
use crate::engine::event::RunKind;
use crate::engine::machine::{OnFailure, RunIdentity};
use crate::engine::sim::{Fault, Rehearsal, Seeded, Verdict, shared_facts};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::name::Name;
use crate::node::Purpose;
use crate::node::facts::{BootId, Facts};
use crate::plan::{Observation, Plan};
use crate::report::Stream;

/// Free space of a node that is not asked, in KiB: enough for any release bundle.
const ROOMY_KIB: u64 = 1 << 40;

/// Try a deployment in memory many times, while messages are lost and machines die
#[derive(Clone, Debug, Args)]
pub(super) struct RehearseArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Where chance begins: the same number gives the same story
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many times to rehearse, each from the next seed
    #[arg(long, value_name = "N", default_value_t = 100)]
    runs: u64,
    /// What may go wrong, with commas between [default: everything]
    #[arg(long, value_name = "FAULTS", value_delimiter = ',')]
    faults: Vec<Fault>,
    /// Do not read the nodes: rehearse as if nothing had ever been deployed on them
    #[arg(long)]
    fresh: bool,
    /// How long a node may take to come back from a reboot, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    reboot_timeout: u64,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// All rehearsals of one call.
struct Rehearsed {
    plan: Plan,
    faults: BTreeSet<Fault>,
    verdicts: Vec<Verdict>,
}

impl RehearseArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let ended = self.rehearse(context).and_then(|rehearsed| {
            let text = match self.json {
                true => text::json(&rehearsed)?,
                false => text::people(&rehearsed, Stream::stdout().columns()),
            };
            super::print(out, &text)?;
            Ok(rehearsed.exit_code())
        });
        prepare::settled(context, ended)
    }

    fn rehearse(&self, context: &Context) -> Result<Rehearsed, NoPlan> {
        let offline = Offline::load(context, &self.target)?;
        let observations = match self.fresh {
            true => fresh(&offline),
            false => observe(context, &offline)?,
        };
        let plan = offline
            .plan_from(&observations, None)
            .map_err(NoPlan::Refusal)?;
        let faults = self.faults();
        let seeds = match plan.work() {
            0 => 0..0,
            _ => self.seed..self.seed.saturating_add(self.runs),
        };
        let rehearsal = self.rehearsal(offline, observations)?;
        let verdicts = seeds.map(|seed| {
            let seeded = Seeded {
                faults: faults.clone(),
                ..Seeded::new(seed)
            };
            rehearsal.play(&seeded)
        });
        let verdicts: Result<_, _> = verdicts.collect();
        let verdicts =
            verdicts.map_err(|error| Failure::environment("cannot rehearse").because(&error))?;
        Ok(Rehearsed {
            plan,
            faults,
            verdicts,
        })
    }

    fn faults(&self) -> BTreeSet<Fault> {
        match self.faults.is_empty() {
            true => Fault::ALL.into(),
            false => self.faults.iter().copied().collect(),
        }
    }

    fn rehearsal(
        &self,
        offline: Offline,
        observations: BTreeMap<Name, Observation>,
    ) -> Result<Rehearsal, Failure> {
        let facts = observations.into_iter();
        let run = "rehearsal".parse();
        let run = run.map_err(|error| Failure::environment("cannot rehearse").because(&error))?;
        Ok(Rehearsal {
            facts: shared_facts(facts.filter_map(|(name, seen)| Some((name, seen.ok()?)))),
            planner: Arc::new(move |seen, assume| offline.plan_from(seen, assume)),
            identity: RunIdentity {
                run,
                kind: RunKind::Deploy,
                epoch: 0,
                on_failure: OnFailure::EndRun,
            },
            reboot_timeout_seconds: self.reboot_timeout,
        })
    }
}

impl Rehearsed {
    fn exit_code(&self) -> ExitCode {
        let is_kept = |verdict: &Verdict| verdict.violation.is_none();
        match self.verdicts.iter().all(is_kept) {
            true => ExitCode::Done,
            false => ExitCode::Error,
        }
    }
}

/// What the nodes are, as a plan reads it.
fn observe(context: &Context, offline: &Offline) -> Result<BTreeMap<Name, Observation>, Failure> {
    let probing = Arc::new(probing(context));
    runtime()?.block_on(async {
        let probed = offline
            .probe(context, Purpose::Deploy, probing.clone())
            .await;
        probing.clear();
        let probed = probed?;
        prepare::close(probed.nodes).await;
        Ok(probed.observations)
    })
}

/// Nodes on which nothing was ever deployed, of the inventory's architecture.
fn fresh(offline: &Offline) -> BTreeMap<Name, Observation> {
    let inventory = &offline.documents().inventory.value;
    let facts = |name: &Name| {
        let settings = inventory.node(name).unwrap_or_default();
        let arch = settings
            .arch
            .map_or_else(|| "x86_64".to_owned(), |arch| arch.to_string());
        Facts {
            boot_id: BootId("rehearsed-boot-0".to_owned()),
            arch,
            privileged: true,
            free_kib: ROOMY_KIB,
            epoch: 0,
            components: BTreeMap::new(),
            payloads: BTreeSet::new(),
            last_attempt: None,
        }
    };
    let names = offline.selected().iter();
    names.map(|name| (name.clone(), Ok(facts(name)))).collect()
}
