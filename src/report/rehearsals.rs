//! What rehearsals have shown, for machines.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::sim::{Fault, LifeEnd, Verdict, Violation};
use crate::name::Name;
use crate::plan::Plan;

/// The version of the shape.
pub const SCHEMA: u32 = 1;

/// What `ddt rehearse --json` prints.
#[derive(Serialize, JsonSchema)]
pub struct Rehearsals<'a> {
    /// The version of this shape.
    #[schemars(extend("const" = SCHEMA))]
    schema: u32,
    /// The zone.
    mzone: &'a Name,
    /// How many tasks the plan has.
    tasks: usize,
    /// How many nodes were selected.
    nodes: usize,
    /// What could go wrong.
    faults: &'a BTreeSet<Fault>,
    /// Whether every promise was kept.
    kept: bool,
    /// The rehearsals, from the first seed on.
    rehearsals: Vec<Rehearsal<'a>>,
}

/// One rehearsal.
#[derive(Serialize, JsonSchema)]
struct Rehearsal<'a> {
    /// Where chance began.
    seed: u64,
    /// How each controller ended, in order.
    controllers: Vec<String>,
    /// How often each fault struck; those that did not are left out.
    faults: BTreeMap<&'static str, u32>,
    /// How many events were checked.
    events: u64,
    /// How long it would have taken, in seconds.
    seconds: u64,
    /// The promise that was not kept, if any.
    violation: Option<Broken<'a>>,
}

/// A promise that was not kept.
#[derive(Serialize, JsonSchema)]
struct Broken<'a> {
    /// Which.
    promise: &'static str,
    /// How it was broken.
    how: &'a str,
    /// At which event, from 1.
    event: u64,
    /// With how few faults it is still broken.
    faults: u32,
    /// All that happened in the shortest such rehearsal, a line each.
    history: &'a [String],
}

impl<'a> Rehearsals<'a> {
    /// Sums up the rehearsals of a plan.
    pub fn new(plan: &'a Plan, faults: &'a BTreeSet<Fault>, verdicts: &'a [Verdict]) -> Self {
        Self {
            schema: SCHEMA,
            mzone: &plan.mzone,
            tasks: plan.work(),
            nodes: plan.nodes.len(),
            faults,
            kept: verdicts.iter().all(|verdict| verdict.violation.is_none()),
            rehearsals: verdicts.iter().map(Rehearsal::of).collect(),
        }
    }
}

impl<'a> Rehearsal<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        let faults = verdict.faults.iter();
        Self {
            seed: verdict.seed,
            controllers: verdict.lives.iter().map(LifeEnd::to_string).collect(),
            faults: faults
                .map(|(fault, times)| (fault.word(), *times))
                .collect(),
            events: verdict.events,
            seconds: verdict.seconds,
            violation: verdict.violation.as_ref().map(Broken::of),
        }
    }
}

impl<'a> Broken<'a> {
    fn of(violation: &'a Violation) -> Self {
        Self {
            promise: violation.promise.statement(),
            how: &violation.how,
            event: violation.event,
            faults: violation.faults,
            history: &violation.history,
        }
    }
}
