//! The state directory and the database.

use std::os::unix::fs::PermissionsExt;

use super::*;

#[test]
fn many_processes_may_make_the_same_state_at_once() {
    let place = place();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let state = &place.state;
            scope.spawn(move || {
                let zone = name(&format!("zone-{number}"));
                let lock = Store::open(state)
                    .unwrap()
                    .lock(&zone, RunKind::Deploy)
                    .unwrap();
                lock.begin(request()).unwrap();
            });
        }
    });
    assert_eq!(reader(&place.state).zones().unwrap().len(), 8);
}

#[test]
fn where_nothing_is_recorded_nothing_is_made() {
    let place = place();
    let store = reader(&place.state);
    assert_eq!(store.records(None).unwrap(), []);
    assert_eq!(store.holder(&zone()).unwrap(), None);
    let run = name("20261121T003334Z-4f2a9c");
    insta::assert_snapshot!(shown(store.verify(&run).unwrap_err(), &place.state, &run), @r"
    there is no run `RUN`
    `ddt history` lists the runs
    ");
    assert!(!place.state.exists());
}

#[test]
fn reads_while_another_connection_writes() {
    let place = place();
    let run = under_way(&place.state);
    let mut writer = raw(&place.state);
    let change = writer
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .unwrap();
    change.execute("UPDATE zone SET epoch = 9", []).unwrap();
    let store = reader(&place.state);
    assert_eq!(store.load(run.record()).unwrap().tasks.len(), 4);
    assert!(
        store
            .query(|connection| connection.execute("UPDATE zone SET epoch = 10", []))
            .is_err()
    );
}

#[test]
fn a_newer_state_is_refused() {
    let place = place();
    let run = under_way(&place.state).record().run.clone();
    raw(&place.state)
        .pragma_update(None, "user_version", 7)
        .unwrap();
    for error in [
        Store::open(&place.state).err().unwrap(),
        Store::open_to_read(&place.state).err().unwrap(),
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown(error, &place.state, &run), @r"
            .ddt/state.db was written by a newer ddt (schema 7, this one knows 4)
            use that ddt, or another --state-dir
            ");
        }
    }
}

#[test]
fn a_damaged_state_is_refused_and_left_alone() {
    let place = place();
    files::directory(&place.state).unwrap();
    let path = place.state.join(DATABASE);
    let garbage = "this is not a database\n".repeat(500);
    std::fs::write(&path, &garbage).unwrap();
    for error in [
        Store::open(&place.state).err().unwrap(),
        Store::open_to_read(&place.state).err().unwrap(),
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown(error, &place.state, &zone()), @r"
            .ddt/state.db is not a sound state database
            file is not a database
            Error code 26: file is not a database
            nothing was changed; keep a copy of the state directory, and restore a snapshot or begin with another --state-dir
            ");
        }
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), garbage);
}

#[test]
fn a_state_directory_that_cannot_be_made_is_named() {
    let place = place();
    let parent = place.state.parent().unwrap();
    std::fs::write(parent, "a file").unwrap();
    let error = Store::open(&place.state).err().unwrap();
    insta::assert_snapshot!(shown(error, &place.state, &zone()), @r"
    cannot use .ddt
    not a directory
    ");
}

#[test]
fn only_the_owner_can_read_under_any_umask() {
    if let Ok(state) = std::env::var(CHILD) {
        under_way(Utf8Path::new(&state));
        return;
    }
    for umask in ["000", "077", "777"] {
        let place = place();
        let test = child(
            "store::tests::opening::only_the_owner_can_read_under_any_umask",
            &place.state,
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("umask {umask} && exec \"$0\" \"$@\"")]);
        shell
            .arg(test.get_program())
            .args(test.get_args())
            .env(CHILD, &place.state);
        assert!(shell.status().unwrap().success(), "umask {umask}");
        for (path, expected) in [
            ("", 0o700),
            ("locks", 0o700),
            ("locks/gate", 0o600),
            ("locks/mzone7204.lock", 0o600),
            ("state.db", 0o600),
        ] {
            let mode = std::fs::metadata(place.state.join(path))
                .unwrap()
                .permissions()
                .mode()
                & 0o777;
            assert_eq!(mode, expected, "{path} under umask {umask}: {mode:o}");
        }
    }
}

#[test]
fn the_files_that_the_database_adds_are_the_owners_too() {
    let place = place();
    let _run = under_way(&place.state);
    for file in ["state.db-wal", "state.db-shm"] {
        let mode = std::fs::metadata(place.state.join(file))
            .unwrap()
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(mode, 0o600, "{file}: {mode:o}");
    }
}

#[test]
fn a_state_directory_that_is_there_is_taken_from_others() {
    let place = place();
    let locks = place.state.join("locks");
    std::fs::create_dir_all(&locks).unwrap();
    for path in [&place.state, &locks] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
    begin(&place.state);
    for path in [&place.state, &locks] {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o700, "{path}");
    }
}

#[test]
fn a_directory_that_everybody_shares_holds_no_state() {
    let place = place();
    std::fs::create_dir_all(&place.state).unwrap();
    std::fs::set_permissions(&place.state, std::fs::Permissions::from_mode(0o1777)).unwrap();
    let error = Store::open(&place.state).err().unwrap();
    insta::assert_snapshot!(shown(error, &place.state, &zone()), @r"
    cannot use .ddt
    everybody may write to it: name a directory within it
    ");
    assert_eq!(place.state.read_dir_utf8().unwrap().count(), 0);
}
