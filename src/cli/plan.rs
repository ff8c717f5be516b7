//! `ddt plan`: what a deployment would do, and why. Changes nothing.

use std::io::Write;
use std::sync::Arc;

use camino::Utf8PathBuf;
use clap::Args;

use super::context::Context;
use super::prepare::{self, NoPlan, Offline, TargetArgs};
use super::{probing, runtime};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::node::Purpose;
use crate::plan::Plan;
use crate::report;

/// Show what a deployment would do to every node, and why
#[derive(Clone, Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Print the plan as JSON
    #[arg(long)]
    json: bool,
    /// Also write the plan as JSON to a file
    #[arg(short, long, value_name = "FILE")]
    output: Option<Utf8PathBuf>,
    /// Exit with 0 for no changes, 1 for an error, 2 for changes
    #[arg(long)]
    detailed_exitcode: bool,
}

impl PlanArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let detailed = self.detailed_exitcode;
        let ended = self.plan(context, out);
        match ended {
            Ok(work) if detailed && work > 0 => Ok(ExitCode::Refused),
            Ok(_) => Ok(ExitCode::Done),
            Err(NoPlan::Failure(failure)) if detailed => {
                super::show_failure(context, &failure);
                Ok(ExitCode::Error)
            }
            Err(NoPlan::Failure(failure)) => Err(failure),
            Err(NoPlan::Refusal(refusal)) => {
                super::show_refusal(context, &refusal);
                Ok(if detailed {
                    ExitCode::Error
                } else {
                    prepare::exit_code(&refusal)
                })
            }
        }
    }

    /// Prints the plan and says how many tasks it has.
    fn plan(self, context: &Context, out: &mut dyn Write) -> Result<usize, NoPlan> {
        let offline = Offline::load(context, &self.target)?;
        let plan = runtime()?.block_on(async {
            let probing = Arc::new(probing(context));
            let prepared = offline
                .plan(context, Purpose::Deploy, probing.clone())
                .await;
            probing.clear();
            let prepared = prepared?;
            prepare::close(prepared.nodes).await;
            Ok::<Plan, NoPlan>(prepared.plan)
        })?;
        self.print(context, &plan, out)?;
        Ok(plan.work())
    }

    fn print(&self, context: &Context, plan: &Plan, out: &mut dyn Write) -> Result<(), Failure> {
        let json = || serde_json::to_string_pretty(plan).unwrap_or_default() + "\n";
        if let Some(path) = &self.output {
            let path = context.working_directory.join(path);
            super::write_file(&path, &json())?;
        }
        let text = match self.json {
            true => json(),
            false => report::plan::render(plan, context.look(report::Stream::stdout())),
        };
        super::print(out, &text)
    }
}
