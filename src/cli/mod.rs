//! The verbs: what was typed, what is meant, what is done. The only place that wires the
//! other modules together.

mod attach;
mod bundle;
mod bundles;
mod completions;
mod config;
mod context;
mod defaults;
mod deploy;
mod documents;
mod explain;
mod file;
mod files;
mod fmt;
mod graph;
mod history;
mod inventories;
mod inventory;
mod launch;
mod limit;
mod lint;
mod lock;
mod lock_wait;
mod locked;
mod logs;
mod lsp;
mod man;
mod parallel;
mod plan;
mod prepare;
mod recorded;
mod rehearse;
mod resolver;
mod resume;
mod rewrite;
mod rollback;
mod rollout;
mod run_target;
mod schema;
mod secrets;
mod signals;
mod status;
mod stop;
mod table;
#[cfg(test)]
mod testbed;
mod trust;
mod unlock;
mod verify;
mod words;
mod zone;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};

use camino::Utf8Path;
use clap::{FromArgMatches, Parser, Subcommand};

use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::plan::Refusal;
use crate::report::{self, Output, Probing, Stream};
use context::{Context, GlobalArgs};

/// Deploys release bundles to zones of machines, from an HJSON manifest.
#[derive(Debug, Parser)]
#[command(
    name = "ddt",
    version,
    max_term_width = 100,
    disable_help_subcommand = false
)]
struct Cli {
    #[command(flatten)]
    globals: GlobalArgs,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Deploy(deploy::DeployArgs),
    Plan(plan::PlanArgs),
    Lock(lock::LockArgs),
    Rehearse(rehearse::RehearseArgs),
    Lint(lint::LintArgs),
    Lsp(lsp::LspArgs),
    Fmt(fmt::FmtArgs),
    Explain(explain::ExplainArgs),
    Rollback(rollback::RollbackArgs),
    Attach(attach::AttachArgs),
    Stop(stop::StopArgs),
    Resume(resume::ResumeArgs),
    Status(status::StatusArgs),
    History(history::HistoryArgs),
    Logs(logs::LogsArgs),
    Unlock(unlock::UnlockArgs),
    Verify(verify::VerifyArgs),
    Graph(graph::GraphArgs),
    Inventory(inventory::InventoryArgs),
    Bundle(bundle::BundleArgs),
    Schema(schema::SchemaArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
    /// Print what the exit codes mean
    #[command(hide = true, long_about = report::exit_codes::text())]
    ExitCodes,
}

/// Does what was typed. Messages have been printed when this returns.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = defaults::applied(command()).try_get_matches_from(arguments);
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            // If this cannot be printed, there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::Refused
            } else {
                ExitCode::Done
            };
        }
    };
    let color = cli.globals.color;
    let ended = run(cli.verb, cli.globals);
    ended.unwrap_or_else(|failure| {
        let look = context::look(color, Stream::stderr());
        tell(&report::diagnostics::render_failure(&failure, look));
        failure.kind.exit_code()
    })
}

fn run(verb: Verb, globals: GlobalArgs) -> Result<ExitCode, Failure> {
    let out = &mut std::io::stdout();
    // Only where it is needed: a broken project is not in the way of the other verbs.
    let context = || Context::find(globals.clone());
    match verb {
        Verb::Deploy(arguments) => arguments.run(&context()?),
        Verb::Plan(arguments) => arguments.run(&context()?, out),
        Verb::Lock(arguments) => arguments.run(&context()?, out),
        Verb::Rehearse(arguments) => arguments.run(&context()?, out),
        Verb::Lint(arguments) => {
            let context = Context::to_lint(context::working_directory()?, globals.clone())?;
            arguments.run(&context, out)
        }
        Verb::Lsp(arguments) => arguments.run(globals.clone(), out),
        Verb::Fmt(arguments) => arguments.run(&context::working_directory()?, out),
        Verb::Explain(arguments) => arguments.run(out),
        Verb::Rollback(arguments) => arguments.run(&context()?, out),
        Verb::Attach(arguments) => arguments.run(&context()?),
        Verb::Resume(arguments) => arguments.run(&context()?, out),
        Verb::Stop(arguments) => arguments.run(&context()?, out),
        Verb::Status(arguments) => arguments.run(&context()?, out),
        Verb::History(arguments) => arguments.run(&context()?, out),
        Verb::Logs(arguments) => arguments.run(&context()?, out),
        Verb::Unlock(arguments) => arguments.run(&context()?, out),
        Verb::Verify(arguments) => arguments.run(&context()?, out),
        Verb::Graph(arguments) => arguments.run(&context()?, out),
        Verb::Inventory(arguments) => arguments.run(&context()?, out),
        Verb::Bundle(arguments) => arguments.run(&context, out),
        Verb::Schema(arguments) => arguments.run(context, out),
        Verb::Completions(arguments) => arguments.run(out),
        Verb::Man(arguments) => arguments.run(out),
        Verb::ExitCodes => print(out, &report::exit_codes::text()).map(|()| ExitCode::Done),
    }
}

/// The command line, for completions, the manual and the linter.
fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

/// Where the waiting for a node happens.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::environment("cannot start the runtime").because(&error))
}

/// What people see while facts are read.
fn probing(context: &Context) -> Probing {
    Probing::new(Output::stderr(context.color, |name| {
        std::env::var(name).ok()
    }))
}

fn show_failure(context: &Context, failure: &Failure) {
    tell(&report::diagnostics::render_failure(
        failure,
        context.look(Stream::stderr()),
    ));
}

fn show_refusal(context: &Context, refusal: &Refusal) {
    tell(&report::refusal::render(
        refusal,
        context.look(Stream::stderr()),
    ));
}

/// Says something to the person, on standard error.
fn tell(text: &str) {
    // If this cannot be written, there is nobody to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Prints a result. A reader that has seen enough is no error.
fn print(out: &mut dyn Write, text: &str) -> Result<(), Failure> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::environment("cannot print the result").because(&error))
        }
        _ => Ok(()),
    }
}

/// Writes a result to a file.
fn write_file(path: &Utf8Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|error| Failure::environment(format!("cannot write {path}")).because(&error))
}
