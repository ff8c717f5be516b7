//! Who may write, and who knows it.

use super::*;

#[test]
fn the_next_run_of_a_zone_closes_the_one_that_died() {
    let place = place();
    let dead = under_way(&place.state).record().clone();
    let unborn = begin(&place.state).record().clone();
    let next = begin(&place.state);
    let store = reader(&place.state);
    for record in [&dead, &unborn] {
        let view = store.load(record).unwrap();
        assert_eq!(view.state, RunState::Interrupted);
        assert!(view.ended.is_some());
    }
    assert_eq!(store.load(next.record()).unwrap().state, RunState::Running);
    assert_eq!([dead.epoch, unborn.epoch, next.record().epoch], [1, 2, 3]);
    let order = [next.record().run.clone(), unborn.run, dead.run];
    let runs = store
        .records(Some(&zone()))
        .unwrap()
        .into_iter()
        .map(|record| record.run);
    assert!(runs.eq(order));
}

#[test]
fn a_broken_journal_is_not_continued_and_does_not_stop_the_zone() {
    let place = place();
    let dead = under_way(&place.state).record().clone();
    tamper(
        &place.state,
        "UPDATE journal SET event = replace(event, '7', '8') WHERE seq = 3",
    );
    let next = begin(&place.state);
    let store = reader(&place.state);
    let error = store.load(&dead).unwrap_err();
    insta::assert_snapshot!(shown(error, &place.state, &dead.run), @r"
    the journal of run RUN is broken at event 3: it was changed or damaged there
    nothing was changed; keep a copy of the state directory, and restore a snapshot or begin with another --state-dir
    ");
    assert_eq!(store.summary(dead).unwrap().state, None);
    assert_eq!(store.load(next.record()).unwrap().state, RunState::Running);
}

#[test]
fn a_zone_is_held_by_one_run_and_everybody_knows_by_which() {
    let place = place();
    let run = under_way(&place.state);
    let store = reader(&place.state);
    let holder = store.holder(&zone()).unwrap().unwrap();
    assert_eq!(
        (&holder.run, holder.pid),
        (&run.record().run, std::process::id())
    );
    let error = Store::open(&place.state)
        .unwrap()
        .lock(&zone(), RunKind::DryRun)
        .err()
        .unwrap();
    let failure = Failure::from(error);
    assert_eq!(failure.kind, FailureKind::Locked);
    let text = [failure.message, failure.help.unwrap()].join("\n");
    let text = text
        .replace(holder.run.as_str(), "RUN")
        .replace(&holder.host, "HOST");
    let text = text.replace(&holder.pid.to_string(), "PID");
    let since = holder.since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    insta::assert_snapshot!(text.replace(&since, "TIME"), @r"
    zone mzone7204 is locked by run RUN (deploy, process PID on HOST, since TIME, last heard of TIME)
    watch it with `ddt status --zone mzone7204`, and try again when it has ended
    ");
    let other = Store::open(&place.state)
        .unwrap()
        .lock(&name("mzone1"), RunKind::Deploy);
    assert!(other.is_ok());
    drop(run);
    assert_eq!(store.holder(&zone()).unwrap(), None);
    begin(&place.state);
}

#[test]
fn another_process_is_kept_out_until_this_one_is_done() {
    if let Ok(state) = std::env::var(CHILD) {
        let taken = Store::open(Utf8Path::new(&state))
            .unwrap()
            .lock(&zone(), RunKind::Deploy);
        let text = taken.map_or_else(|error| error.to_string(), |_| "taken".to_owned());
        std::fs::write(Utf8Path::new(&state).join("said"), text).unwrap();
        return;
    }
    let place = place();
    let run = under_way(&place.state);
    let mut child = child(
        "store::tests::lock::another_process_is_kept_out_until_this_one_is_done",
        &place.state,
    );
    let mut said = || {
        assert!(child.status().unwrap().success());
        std::fs::read_to_string(place.state.join("said")).unwrap()
    };
    let refusal = said();
    assert!(refusal.contains(run.record().run.as_str()), "{refusal}");
    drop(run);
    assert_eq!(said(), "taken");
}

#[test]
fn looking_never_keeps_anybody_out() {
    let place = place();
    drop(begin(&place.state));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let store = reader(&place.state);
                for _ in 0..200 {
                    store.holder(&zone()).unwrap();
                }
            });
        }
        let store = Store::open(&place.state).unwrap();
        for _ in 0..20 {
            drop(store.lock(&zone(), RunKind::Deploy).unwrap());
        }
    });
}

#[test]
fn the_epoch_is_above_all_that_nodes_have_seen() {
    let place = place();
    let epoch = |epoch_seen| {
        let lock = Store::open(&place.state)
            .unwrap()
            .lock(&zone(), RunKind::Deploy)
            .unwrap();
        let begun = lock.begin(RunRequest {
            epoch_seen,
            ..request()
        });
        begun
            .map(|run| run.record().epoch)
            .map_err(|error| error.to_string())
    };
    assert_eq!([epoch(0), epoch(41), epoch(7)], [Ok(1), Ok(42), Ok(43)]);
    insta::assert_snapshot!(epoch(u64::MAX).unwrap_err(), @"a node has seen epoch 18446744073709551615, and no run can have a higher one");
    assert_eq!(epoch(0), Ok(44));
}

#[test]
fn runs_have_names_that_sort_by_time_and_differ() {
    let at = |second| run::new_name(Timestamp::from_second(second).unwrap()).unwrap();
    let mut names: Vec<_> = (0..200).map(|second| at(second / 2)).collect();
    assert!(at(1_800_000_000).as_str().starts_with("20270115T080000Z-"));
    assert!(names.windows(2).step_by(2).all(|pair| pair[0] != pair[1]));
    let before = names.clone();
    names.sort();
    let second = |name: &Name| name.as_str()[..16].to_owned();
    assert!(names.iter().map(second).eq(before.iter().map(second)));
}
