//! The newest release that was seen survives, and only grows.

use super::*;
use crate::digest::Digest;

fn release(tag: &str) -> SeenRelease {
    SeenRelease {
        component: name("hostos"),
        package: name("boot"),
        repo: "registry.example.com/team".parse().unwrap(),
        tag: tag.parse().unwrap(),
        digest: Digest::of(tag.as_bytes()),
    }
}

fn newest(state: &Utf8Path, seen: &SeenRelease) -> Option<String> {
    let store = Store::open_to_read(state).unwrap();
    let newest = store.newest_seen(&zone(), seen).unwrap();
    newest.map(|tag| tag.to_string())
}

#[test]
fn the_newest_is_known_in_whichever_order_and_after_a_restart() {
    let place = place();
    let any = release("1.0.0");
    assert_eq!(newest(&place.state, &any), None);
    for tag in ["3.9.0", "3.10.0", "3.2.0", "3.10.0"] {
        let mut store = Store::open(&place.state).unwrap();
        store.record_seen(&zone(), &[release(tag)]).unwrap();
    }
    assert_eq!(newest(&place.state, &any), Some("3.10.0".to_owned()));
}

#[test]
fn repos_packages_and_zones_are_apart() {
    let place = place();
    let mut store = Store::open(&place.state).unwrap();
    store.record_seen(&zone(), &[release("3.0.0")]).unwrap();
    let elsewhere = SeenRelease {
        repo: "dir:bundles".parse().unwrap(),
        ..release("1.0.0")
    };
    let another = SeenRelease {
        package: name("kernel"),
        ..release("1.0.0")
    };
    assert_eq!(newest(&place.state, &elsewhere), None);
    assert_eq!(newest(&place.state, &another), None);
    let other_zone = store.newest_seen(&name("mzone1"), &release("1.0.0"));
    assert_eq!(other_zone.unwrap(), None);
}

#[test]
fn nothing_that_was_seen_is_forgotten() {
    let place = place();
    let mut store = Store::open(&place.state).unwrap();
    store.record_seen(&zone(), &[release("3.0.0")]).unwrap();
    for sql in ["DELETE FROM seen", "UPDATE seen SET tag = '1.0.0'"] {
        let refused = store.query(|connection| connection.execute(sql, []));
        assert!(refused.is_err(), "{sql}");
    }
}
