//! Which run a verb is about: by its name, by its zone, or the only one it can be.

use clap::Args;

use crate::document::closest;
use crate::failure::{Failure, FailureKind};
use crate::name::Name;
use crate::store::{RunRecord, Store};

/// The run as it is typed.
#[derive(Clone, Debug, Args)]
pub(super) struct RunTarget {
    /// The run, or the zone it is of [default: the one that goes on, or the only zone's last]
    #[arg(value_name = "RUN|ZONE")]
    target: Option<String>,
}

/// A run that was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Its zone.
    pub(super) mzone: Name,
    /// The run.
    pub(super) run: Name,
    /// What is recorded of it; nothing before it begins.
    pub(super) record: Option<RunRecord>,
    /// Whether a process drives it.
    pub(super) is_alive: bool,
}

impl RunTarget {
    /// What is typed to name a zone.
    pub(super) fn zone(mzone: &Name) -> Self {
        Self {
            target: Some(mzone.to_string()),
        }
    }

    /// What is typed to name a run.
    pub(super) fn run(run: &Name) -> Self {
        Self::zone(run)
    }

    /// Finds the run. A zone means the run that goes on there, else its last one.
    pub(super) fn find(&self, store: &Store) -> Result<Found, Failure> {
        let zones = store.zones()?;
        let Some(target) = &self.target else {
            return find_only(store, &zones);
        };
        if let Some(zone) = zones.iter().find(|zone| zone.as_str() == target) {
            let found = of_zone(store, zone)?;
            return found.ok_or_else(|| no_run(&format!("zone {zone} has no run yet")));
        }
        match zone_of(store, &zones, target)? {
            Some(zone) => found(store, &zone, target),
            None => Err(unknown(store, &zones, target)?),
        }
    }
}

/// Without a name: what goes on, if that is one run; else the only zone's.
fn find_only(store: &Store, zones: &[Name]) -> Result<Found, Failure> {
    let mut candidates = Vec::new();
    for zone in zones {
        candidates.extend(of_zone(store, zone)?);
    }
    if candidates.iter().any(|found| found.is_alive) {
        candidates.retain(|found| found.is_alive);
    }
    match candidates.len() {
        0 => Err(no_run("there is no run yet")),
        1 => Ok(candidates.remove(0)),
        _ => {
            let zones: Vec<&str> = candidates.iter().map(|one| one.mzone.as_str()).collect();
            let failure = Failure::refused("there are runs of several zones");
            Err(failure.help(format!("say which zone: {}", zones.join(", "))))
        }
    }
}

/// The run that goes on in a zone, else its last one.
fn of_zone(store: &Store, mzone: &Name) -> Result<Option<Found>, Failure> {
    if let Some(holder) = store.holder(mzone)? {
        return found(store, mzone, holder.run.as_str()).map(Some);
    }
    let last = store.last(mzone)?;
    Ok(last.map(|record| Found {
        mzone: mzone.clone(),
        run: record.run.clone(),
        record: Some(record),
        is_alive: false,
    }))
}

/// The zone that a run is of, whether it has begun or only prepares.
fn zone_of(store: &Store, zones: &[Name], run: &str) -> Result<Option<Name>, Failure> {
    let records = store.records(None)?;
    if let Some(record) = records.iter().find(|record| record.run.as_str() == run) {
        return Ok(Some(record.mzone.clone()));
    }
    for zone in zones {
        let holder = store.holder(zone)?;
        if holder.is_some_and(|holder| holder.run.as_str() == run) {
            return Ok(Some(zone.clone()));
        }
    }
    Ok(None)
}

/// A run of a zone, by a name that is known to be one's.
fn found(store: &Store, mzone: &Name, run: &str) -> Result<Found, Failure> {
    // The holder before the record: a run that ends meanwhile is seen as ended.
    let holder = store.holder(mzone)?;
    let name = run.parse().map_err(|_| no_run("there is no such run"))?;
    let records = store.records(Some(mzone))?;
    Ok(Found {
        mzone: mzone.clone(),
        is_alive: holder.is_some_and(|holder| holder.run == name),
        record: records.into_iter().find(|record| record.run == name),
        run: name,
    })
}

fn unknown(store: &Store, zones: &[Name], target: &str) -> Result<Failure, Failure> {
    let failure = Failure::refused(format!("there is no run or zone `{target}`"));
    let records = store.records(None)?;
    let runs = records.iter().map(|record| record.run.as_str());
    let known = runs.chain(zones.iter().map(Name::as_str));
    Ok(match closest(target, known) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help("`ddt history` lists the runs"),
    })
}

fn no_run(message: &str) -> Failure {
    Failure::new(FailureKind::NoInput, message).help("`ddt deploy MANIFEST` starts one")
}
