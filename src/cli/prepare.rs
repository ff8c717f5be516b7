//! From a manifest to a plan: what `plan` and `deploy` have in common. Nothing is changed on
//! any node, but that before a deployment nodes may record what has ended there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::Utf8PathBuf;
use clap::Args;

use super::bundles::{self, Bundles};
use super::context::Context;
use super::documents::Documents;
use super::rollout::RolloutArgs;
use super::{limit, trust, zone};
use crate::bundle::PayloadCache;
use crate::component::ComponentDefinition;
use crate::engine::facts_query;
use crate::engine::observer::Observer;
use crate::engine::probe::{Probed, probe};
use crate::engine::settle::settle;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::name::Name;
use crate::node::{ConnectOptions, FactsQuery, Node, Payload, PayloadOrigin, Purpose};
use crate::plan::{Assume, Observation, Plan, PlanInput, PlanOptions, Refusal, plan};
use crate::store::SeenRelease;

/// What to deploy, and where.
#[derive(Clone, Debug, Args)]
pub(super) struct TargetArgs {
    /// The manifest
    pub(super) manifest: Utf8PathBuf,
    /// The zone's inventory [default: by ddt.hjson, else inventory.hjson beside the manifest]
    #[arg(long, value_name = "FILE", env = "DDT_INVENTORY")]
    pub(super) inventory: Option<Utf8PathBuf>,
    /// Only these nodes: names with *, @GROUP, LABEL=VALUE, @failed, @not-reached, @file:PATH;
    /// commas between, ! before
    #[arg(long, value_name = "SELECTOR")]
    pub(super) limit: Option<String>,
    /// Run packages that are up to date, too
    #[arg(long)]
    reinstall: bool,
    /// Let this package go back to an older release; it is recorded
    #[arg(long, value_name = "PACKAGE")]
    allow_downgrade: Vec<Name>,
    /// What to take an attempt for that left no receipt
    #[arg(long, value_name = "OUTCOME")]
    assume: Option<AssumeArg>,
    #[command(flatten)]
    pub(super) rollout: RolloutArgs,
}

/// Words of `--assume`.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum AssumeArg {
    /// It did not happen: run the package again.
    Failed,
}

/// All that a run needs.
pub(super) struct Prepared {
    /// Every component definition there is, by name.
    pub(super) definitions: BTreeMap<Name, ComponentDefinition>,
    /// The payloads that can be sent to the nodes.
    pub(super) payloads: Vec<Payload>,
    /// Where nodes read them themselves.
    pub(super) origin: Option<Arc<dyn PayloadOrigin>>,
    /// The releases that are deployed, to be remembered.
    pub(super) releases: Vec<SeenRelease>,
    /// Keeps the payloads from being pruned as long as they are needed.
    pub(super) _cache: Option<PayloadCache>,
    pub(super) plan: Plan,
    /// Connected, by name.
    pub(super) nodes: BTreeMap<Name, Box<dyn Node>>,
    pub(super) observations: BTreeMap<Name, Observation>,
}

/// Why there is no plan.
pub(super) enum NoPlan {
    /// The documents, or ddt's environment.
    Failure(Failure),
    /// The rules, with what the nodes are.
    Refusal(Refusal),
}

impl From<Failure> for NoPlan {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// The documents of a deployment and the nodes it is about, before any contact.
pub(super) struct Offline {
    documents: Documents,
    bundles: Bundles,
    selected: BTreeSet<Name>,
    options: PlanOptions,
}

impl Offline {
    /// Reads and checks everything that can be checked without the nodes.
    pub(super) fn load(context: &Context, target: &TargetArgs) -> Result<Self, Failure> {
        let documents = Documents::load(context, &target.manifest, target.inventory.as_deref())?;
        zone::ask_ahead(&documents.inventory.value);
        let selector = target.limit.as_deref().unwrap_or("*");
        let selected = limit::selected(context, &documents.inventory.value, selector)?;
        let bundles = bundles::resolve(context, &documents)?;
        let options = target.options(&documents)?;
        trust::refuse_older(context, &documents, &bundles, |package| {
            options.allow_downgrade.contains(package)
        })?;
        Ok(Self {
            documents,
            bundles,
            selected,
            options,
        })
    }

    pub(super) fn zone(&self) -> &Name {
        &self.documents.manifest.value.mzone
    }

    pub(super) fn documents(&self) -> &Documents {
        &self.documents
    }

    pub(super) fn selected(&self) -> &BTreeSet<Name> {
        &self.selected
    }

    /// Reads the nodes' facts and plans.
    pub(super) async fn plan(
        self,
        context: &Context,
        purpose: Purpose,
        observer: Arc<dyn Observer>,
    ) -> Result<Prepared, NoPlan> {
        let probed = self.probe(context, purpose, observer).await?;
        self.plan_of(probed).await
    }

    /// Reads the nodes' facts and plans; where only that stands in the way, nodes first
    /// record the end of attempts that have ended there.
    pub(super) async fn plan_to_deploy(
        self,
        context: &Context,
        observer: Arc<dyn Observer>,
    ) -> Result<Prepared, NoPlan> {
        let mut probed = self.probe(context, Purpose::Deploy, observer).await?;
        let planned = self.plan_from(&probed.observations, None);
        if planned.is_err_and(|refusal| refusal.is_unrecorded()) {
            settle(&mut probed, &self.query()).await;
        }
        self.plan_of(probed).await
    }

    async fn plan_of(self, probed: Probed) -> Result<Prepared, NoPlan> {
        let Probed {
            nodes,
            observations,
        } = probed;
        let (plan, nodes) = planned(self.plan_from(&observations, None), nodes).await?;
        Ok(Prepared {
            definitions: self.documents.definitions,
            payloads: self.bundles.payloads,
            origin: self.bundles.origin,
            releases: self.bundles.releases,
            _cache: Some(self.bundles.cache),
            plan,
            nodes,
            observations,
        })
    }

    /// Reads the nodes' facts.
    pub(super) async fn probe(
        &self,
        context: &Context,
        purpose: Purpose,
        observer: Arc<dyn Observer>,
    ) -> Result<Probed, Failure> {
        let connect = ConnectOptions {
            purpose,
            ..ConnectOptions::default()
        };
        let inventory = &self.documents.inventory;
        let base = &context.working_directory;
        let nodes = zone::nodes(inventory, &self.selected, base, &connect)?;
        Ok(probe(nodes, self.query(), observer).await)
    }

    /// Plans from facts; `assume` stands in where the operator said nothing.
    pub(super) fn plan_from(
        &self,
        observations: &BTreeMap<Name, Observation>,
        assume: Option<Assume>,
    ) -> Result<Plan, Refusal> {
        let options = PlanOptions {
            assume: self.options.assume.or(assume),
            ..self.options.clone()
        };
        plan(PlanInput {
            manifest: &self.documents.manifest.value,
            definitions: &self.documents.definitions,
            inventory: &self.documents.inventory.value,
            bundles: &self.bundles.by_package,
            observations,
            options: &options,
        })
    }

    fn query(&self) -> FactsQuery {
        let components = self.documents.manifest.value.components.keys();
        let definitions = components.filter_map(|name| self.documents.definitions.get(name));
        let payloads = self
            .bundles
            .payloads
            .iter()
            .map(|payload| payload.digest.clone());
        facts_query(definitions, payloads)
    }
}

/// Ends connections that are not used any more.
pub(super) async fn close(nodes: BTreeMap<Name, Box<dyn Node>>) {
    for mut node in nodes.into_values() {
        node.close().await;
    }
}

impl TargetArgs {
    fn options(&self, documents: &Documents) -> Result<PlanOptions, Failure> {
        let mut packages = documents
            .manifest
            .value
            .components
            .values()
            .flat_map(|entry| entry.packages.keys());
        let known: BTreeSet<&Name> = packages.by_ref().collect();
        if let Some(unknown) = self
            .allow_downgrade
            .iter()
            .find(|package| !known.contains(package))
        {
            let message = format!("--allow-downgrade {unknown}: the manifest has no such package");
            return Err(Failure::refused(message));
        }
        Ok(PlanOptions {
            reinstall: self.reinstall,
            allow_downgrade: self.allow_downgrade.iter().cloned().collect(),
            assume: self.assume.map(|AssumeArg::Failed| Assume::Failed),
            rollout: self.rollout.rules(documents)?,
        })
    }
}

/// Gives the plan and its nodes; without a plan the connections are not needed any more.
pub(super) async fn planned(
    planned: Result<Plan, Refusal>,
    nodes: BTreeMap<Name, Box<dyn Node>>,
) -> Result<(Plan, BTreeMap<Name, Box<dyn Node>>), NoPlan> {
    match planned {
        Ok(plan) => Ok((plan, nodes)),
        Err(refusal) => {
            close(nodes).await;
            Err(NoPlan::Refusal(refusal))
        }
    }
}

/// Shows why there is no plan, where the rules refuse one; the exit code says so, too.
pub(super) fn settled(
    context: &Context,
    ended: Result<ExitCode, NoPlan>,
) -> Result<ExitCode, Failure> {
    match ended {
        Ok(code) => Ok(code),
        Err(NoPlan::Failure(failure)) => Err(failure),
        Err(NoPlan::Refusal(refusal)) => {
            super::show_refusal(context, &refusal);
            Ok(exit_code(&refusal))
        }
    }
}

/// The exit code of a refusal.
pub(super) fn exit_code(refusal: &Refusal) -> ExitCode {
    let in_doubt = |found: &crate::plan::NodeProblem| found.problem.is_in_doubt();
    match !refusal.problems.is_empty() && refusal.problems.iter().all(in_doubt) {
        true => ExitCode::InDoubt,
        false => ExitCode::Refused,
    }
}
