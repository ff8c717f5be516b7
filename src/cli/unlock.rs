//! `ddt unlock`: breaks a zone's lock whose holder will not end.

use std::io::Write;

use clap::Args;

use super::context::Context;
use super::words::json;
use crate::exit::ExitCode;
use crate::failure::{Failure, FailureKind};
use crate::name::Name;
use crate::store::fold::{TaskState, TaskView};
use crate::store::{Holder, Store};

/// The version of the JSON document's shape.
const SCHEMA: u32 = 1;

/// How many running tasks are named.
const MOST_TASKS: usize = 5;

/// Break the lock of a zone whose run hangs and cannot be ended
///
/// The run's process is not touched, only shut out: its journal takes nothing more, and nodes
/// refuse it once a later run has been there. What it began on nodes goes on there.
#[derive(Clone, Debug, Args)]
pub(super) struct UnlockArgs {
    /// The zone [default: the one that is locked]
    zone: Option<Name>,
    /// Break it; without this, only say who holds it
    #[arg(long)]
    force: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Document {
    schema: u32,
    /// The zone, where there is one to unlock.
    mzone: Option<Name>,
    /// Whose lock was broken.
    unlocked: Option<Holder>,
}

impl UnlockArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let store = Store::open_to_read(&context.state_dir)?;
        let Some((mzone, holder)) = self.held(&store)? else {
            return self.said(self.zone.clone(), None, out);
        };
        if !self.force {
            return Err(refusal(&store, &mzone, &holder));
        }
        drop(store);
        let unlocked = Store::open(&context.state_dir)?.unlock(&mzone)?;
        self.said(Some(mzone), unlocked, out)
    }

    /// The zone that is meant and who holds it, if anybody does.
    fn held(&self, store: &Store) -> Result<Option<(Name, Holder)>, Failure> {
        let zones = match &self.zone {
            Some(zone) => vec![zone.clone()],
            None => store.zones()?,
        };
        let mut held = Vec::new();
        for zone in zones {
            held.extend(store.holder(&zone)?.map(|holder| (zone, holder)));
        }
        if held.len() > 1 {
            let names: Vec<&str> = held.iter().map(|(zone, _)| zone.as_str()).collect();
            let message = format!("more than one zone is locked: {}", names.join(", "));
            return Err(Failure::refused(message).help("say which: `ddt unlock ZONE`"));
        }
        Ok(held.pop())
    }

    fn said(
        &self,
        mzone: Option<Name>,
        unlocked: Option<Holder>,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let text = match (self.json, &mzone, &unlocked) {
            (true, ..) => json(&Document {
                schema: SCHEMA,
                mzone,
                unlocked,
            })?,
            (_, Some(mzone), Some(holder)) => format!(
                "{mzone} is unlocked; it was held by {holder}\n\
                 what that run began on nodes goes on there; `ddt deploy` takes it up\n"
            ),
            (_, Some(mzone), None) => format!("{mzone} is not locked\n"),
            (_, None, _) => "no zone is locked\n".to_owned(),
        };
        super::print(out, &text).map(|()| ExitCode::Done)
    }
}

fn refusal(store: &Store, mzone: &Name, holder: &Holder) -> Failure {
    let message = format!("zone {mzone} is locked by {holder}");
    let mut failure = Failure::new(FailureKind::Locked, message);
    failure.causes = vec![doing(store, holder)];
    failure.help(format!(
        "end that process if you can; if it hangs, `ddt unlock {mzone} --force` shuts it out"
    ))
}

/// What the holder is at, as far as its journal tells.
fn doing(store: &Store, holder: &Holder) -> String {
    let view = store.record(holder.run.as_str());
    let Ok(view) = view.and_then(|record| store.load(&record)) else {
        return "it is preparing: no task of it has begun".to_owned();
    };
    let is_running = |task: &&TaskView| task.state == TaskState::Running;
    let running = view.tasks.iter().filter(is_running);
    let named = running
        .clone()
        .take(MOST_TASKS)
        .map(|task| format!("{} on {}", task.id.package, task.id.node));
    let more = running.count().saturating_sub(MOST_TASKS);
    let rest = (more > 0).then(|| format!("{more} more"));
    let named: Vec<String> = named.chain(rest).collect();
    match named.is_empty() {
        true => "it is between two tasks".to_owned(),
        false => format!("it is doing {}", named.join(", ")),
    }
}
