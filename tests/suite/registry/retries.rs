//! A registry that fails at first, and to whom credentials are sent.

use super::Place;
use crate::support::faulty_registry::{Answer, Asked, FaultyRegistry, from_layout};
use std::path::Path;

/// `Basic` and the base64 of `ada:lovelace`, in lower case.
const ADA: &str = "basic ywrhomxvdmvsywnl";

fn inspect(place: &Place, registry: &FaultyRegistry, code: i32) -> String {
    let reference = format!("{}/demo:1.0.0", registry.host());
    let ended = place.run_as(
        &registry.host(),
        ["ada", "lovelace"],
        &["bundle", "inspect", &reference],
    );
    ended.exits(code).stderr
}

#[test]
fn what_fails_once_is_asked_again() {
    for status in [429, 500, 502, 503, 504] {
        let place = Place::with_layout();
        let fault = move |asked: &Asked| {
            let busy = Answer::status(status).header("Retry-After", "0");
            (asked.before == 0).then_some(busy)
        };
        let registry = FaultyRegistry::serving(&place.path("layout"), fault);
        inspect(&place, &registry, 0);
        let asked = registry.asked();
        let twice = asked.iter().filter(|asked| asked.before == 1).count();
        assert_eq!((asked.len(), twice), (6, 3), "after {status}");
    }
}

#[test]
fn a_blob_goes_on_where_it_broke_off() {
    let place = Place::with_layout();
    let layout = place.path("layout");
    let source = layout.clone();
    let fault = move |asked: &Asked| {
        let cut = |asked: &Asked| from_layout(asked, &source).cut(100);
        (is_layer(asked) && asked.before < 3).then(|| cut(asked))
    };
    let registry = FaultyRegistry::serving(&layout, fault);
    inspect(&place, &registry, 0);
    assert_eq!(
        ranges(&registry),
        ["", "bytes=100-", "bytes=200-", "bytes=300-"]
    );
}

#[test]
fn what_an_earlier_run_left_is_continued_or_fetched_anew() {
    let place = Place::with_layout();
    let layout = place.path("layout");
    let source = layout.clone();
    let fault = move |asked: &Asked| {
        let broken = |asked: &Asked| match asked.before {
            0 => from_layout(asked, &source).cut(100),
            _ => Answer::status(403),
        };
        is_layer(asked).then(|| broken(asked))
    };
    inspect(&place, &FaultyRegistry::serving(&layout, fault), 1);
    let healthy = |layout: &Path| FaultyRegistry::serving(layout, |_| None);
    let registry = healthy(&layout);
    // What is damaged meanwhile is found out by its digest.
    let partial = partial(&place);
    std::fs::write(&partial, [7; 100]).expect("a file");
    inspect(&place, &registry, 0);
    assert_eq!(ranges(&registry), ["bytes=100-", ""]);
    assert!(!partial.exists());
    let registry = healthy(&layout);
    inspect(&place, &registry, 0);
    assert_eq!(
        ranges(&registry),
        [""; 0],
        "what is in the cache is not fetched"
    );
}

#[test]
fn credentials_never_reach_another_host() {
    let place = Place::with_layout();
    let layout = place.path("layout");
    let other = FaultyRegistry::serving(&layout, |_| None);
    let to = other.host();
    let fault = move |asked: &Asked| {
        let place = format!("http://{to}{}", asked.path);
        match asked.header("authorization") {
            None => Some(Answer::status(401).header("WWW-Authenticate", "Basic realm=\"x\"")),
            Some(_) => asked
                .is_blob()
                .then(|| Answer::status(307).header("Location", &place)),
        }
    };
    let registry = FaultyRegistry::serving(&layout, fault);
    inspect(&place, &registry, 0);
    let authorized = |asked: &[Asked]| {
        let sent = asked
            .iter()
            .filter_map(|asked| asked.header("authorization"));
        sent.map(str::to_owned).collect::<Vec<_>>()
    };
    let own = authorized(&registry.asked());
    assert!(
        !own.is_empty() && own.iter().all(|sent| sent == ADA),
        "{own:?}"
    );
    let asked = other.asked();
    assert_eq!(asked.len(), 2, "both blobs come from the other host");
    assert_eq!(authorized(&asked), [""; 0]);
}

#[test]
fn tokens_are_only_issued_by_a_host_that_is_named() {
    let place = Place::with_layout();
    let layout = place.path("layout");
    let issuer = FaultyRegistry::serving(&layout, |_| {
        Some(Answer::status(200).body(r#"{"token":"t0ken"}"#))
    });
    let at = issuer.host();
    let fault = move |asked: &Asked| match asked.header("authorization") {
        Some("bearer t0ken") => None,
        _ => {
            let challenge = format!("Bearer realm=\"http://{at}/token\",service=\"registry\"");
            Some(Answer::status(401).header("WWW-Authenticate", &challenge))
        }
    };
    let registry = FaultyRegistry::serving(&layout, fault);
    let said = inspect(&place, &registry, 1);
    assert!(said.contains("may not see the credentials"), "{said}");
    assert_eq!(issuer.asked().len(), 0);
    let project = format!(
        "registries: {{\n  \"{}\": {{\n    token_host: {}\n  }}\n}}\n",
        registry.host(),
        issuer.host()
    );
    place.workspace.write("ddt.hjson", project);
    inspect(&place, &registry, 0);
    let asked = issuer.asked();
    assert_eq!(asked[0].header("authorization"), Some(ADA));
    assert!(
        asked[0].path.contains("scope=repository%3Ademo%3Apull"),
        "{}",
        asked[0].path
    );
    let shown = registry.asked();
    let passwords = shown
        .iter()
        .filter(|asked| asked.header("authorization") == Some(ADA));
    assert_eq!(
        passwords.count(),
        0,
        "a registry with tokens does not see the password"
    );
}

#[test]
fn redirects_end() {
    let place = Place::with_layout();
    let around = |asked: &Asked| Some(Answer::status(302).header("Location", &asked.path));
    let registry = FaultyRegistry::serving(&place.path("layout"), around);
    let said = inspect(&place, &registry, 1);
    assert!(
        said.contains("redirects to too many other places"),
        "{said}"
    );
    assert_eq!(registry.asked().len(), 6);
}

/// The config is of two bytes: whatever else is asked for is the layer.
fn is_layer(asked: &Asked) -> bool {
    asked.is_blob() && !asked.path.contains("sha256:44136fa355b3")
}

/// The ranges in which the layer was asked for.
fn ranges(registry: &FaultyRegistry) -> Vec<String> {
    let asked = registry.asked();
    let layers = asked.iter().filter(|asked| is_layer(asked));
    layers
        .map(|asked| asked.header("range").unwrap_or_default().to_owned())
        .collect()
}

/// What has come of the layer.
fn partial(place: &Place) -> std::path::PathBuf {
    let blobs = std::fs::read_dir(place.path(".ddt/cache/blobs/sha256")).expect("a cache");
    let mut paths = blobs.map(|entry| entry.expect("an entry").path());
    let is_partial = |path: &std::path::PathBuf| path.to_string_lossy().contains(".fetching-");
    paths.find(is_partial).expect("a partial blob")
}
