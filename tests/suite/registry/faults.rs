//! A registry that fails: every way has its own message, and no node is touched.

use super::Place;
use crate::support::faulty_registry::{Answer, Asked, FaultyRegistry};
use crate::support::snapshot::assert_said;
use snapbox::{IntoData, str};

/// What `ddt bundle inspect` says about a registry with a fault; its address reads `[HOST]`.
fn said(
    code: i32,
    fault: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
) -> (String, Vec<Asked>) {
    let place = Place::with_layout();
    let registry = FaultyRegistry::serving(&place.path("layout"), fault);
    let host = registry.host();
    let project = format!("registries: {{\n  \"{host}\": {{\n    timeout: 20s\n  }}\n}}\n");
    place.workspace.write("ddt.hjson", project);
    let reference = format!("{host}/demo:1.0.0");
    let ended = place.run(&["bundle", "inspect", &reference]).exits(code);
    (ended.stderr.replace(&host, "[HOST]"), registry.asked())
}

#[track_caller]
fn refused(
    code: i32,
    fault: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    snapshot: impl IntoData,
) -> Vec<Asked> {
    let (said, asked) = said(code, fault);
    assert_said(&said, snapshot);
    asked
}

#[test]
fn no_such_release() {
    let asked = refused(
        2,
        |_| Some(Answer::status(404)),
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] does not have it (404)

"#]],
    );
    assert_eq!(asked.len(), 1, "404 is believed");
}

#[test]
fn not_allowed() {
    let asked = refused(
        1,
        |_| Some(Answer::status(403)),
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] does not allow it (403); ask its owner for the right to do this

"#]],
    );
    assert_eq!(asked.len(), 1, "403 is believed");
}

#[test]
fn credentials_wanted_and_none_known() {
    let challenge =
        |_: &Asked| Some(Answer::status(401).header("WWW-Authenticate", "Basic realm=\"x\""));
    refused(
        1,
        challenge,
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] wants credentials (401), and none are known; log in with `docker login`, or set DDT_REGISTRY_HOST, DDT_REGISTRY_USER and DDT_REGISTRY_PASSWORD

"#]],
    );
}

#[test]
fn a_challenge_that_is_none() {
    refused(
        2,
        |_| Some(Answer::status(401)),
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] sends an answer that is not as the OCI specifications say: it does not say which credentials it wants (401)

"#]],
    );
}

#[test]
fn always_too_busy() {
    let asked = refused(
        1,
        |_| Some(Answer::status(429)),
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] is asked too often (429); try again later

"#]],
    );
    assert_eq!(asked.len(), 5);
}

#[test]
fn busy_for_longer_than_there_is_time() {
    let busy = |_: &Asked| Some(Answer::status(429).header("Retry-After", "3600"));
    let asked = refused(
        1,
        busy,
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] is asked too often (429), and says to wait for 3600 s; try again later

"#]],
    );
    assert_eq!(asked.len(), 1, "there is no use in asking again");
}

#[test]
fn always_failing() {
    let asked = refused(
        1,
        |_| Some(Answer::status(500)),
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] fails (500), also when it is asked again; its own log says why

"#]],
    );
    assert_eq!(asked.len(), 5);
}

#[test]
fn an_answer_nobody_expects() {
    let teapot = |_: &Asked| {
        let said = r#"{"errors":[{"code":"TEAPOT","message":"short and stout"}]}"#;
        Some(Answer::status(418).body(said))
    };
    refused(
        1,
        teapot,
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] answers 418, which is not expected here: TEAPOT short and stout

"#]],
    );
}

#[test]
fn a_manifest_that_is_none() {
    refused(
        2,
        |_| Some(Answer::status(200).body("<html>")),
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] sends a manifest that is not as the OCI specifications say: expected value at line 1 column 1

"#]],
    );
}

#[test]
fn an_endless_manifest() {
    refused(
        2,
        |_| Some(Answer::status(200).endless(&[b' '; 65536])),
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] sends a document of more than 4194304 bytes; nothing of it is taken

"#]],
    );
}

#[test]
fn an_endless_blob() {
    let endless = |asked: &Asked| {
        asked
            .is_blob()
            .then(|| Answer::status(200).endless(&[0; 65536]))
    };
    refused(
        2,
        endless,
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] sends more than the 2 bytes that its manifest says; nothing of it is taken

"#]],
    );
}

#[test]
fn a_blob_of_another_size() {
    let longer = |asked: &Asked| {
        asked
            .is_blob()
            .then(|| Answer::status(200).body([0; 20_000]))
    };
    let (said, _) = said(2, longer);
    assert!(
        said.contains("wants to send 20000 bytes, and its manifest says"),
        "{said}"
    );
}

#[test]
fn a_blob_with_another_content() {
    let changed = |asked: &Asked| {
        let is_config = asked
            .path
            .contains("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        is_config.then(|| Answer::status(200).body("{ "))
    };
    refused(
        2,
        changed,
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] sends something else than sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a: its digest is sha256:e2200f74356624e2e0b2a6e149922e8fd77b57481b1f6511c5f925f2c99d0821; nothing of it is taken

"#]],
    );
}

#[test]
fn a_manifest_with_another_content_than_its_header_says() {
    let changed = |asked: &Asked| {
        let digest = format!("sha256:{}", "0".repeat(64));
        let other = Answer::status(200).header("Docker-Content-Digest", &digest);
        (!asked.is_blob()).then(|| other.body("{}"))
    };
    refused(
        2,
        changed,
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] sends something else than sha256:0000000000000000000000000000000000000000000000000000000000000000: its digest is sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a; nothing of it is taken

"#]],
    );
}

#[test]
fn a_blob_that_always_breaks_off() {
    let cut = |asked: &Asked| {
        let whole = Answer::status(200).body("{}").cut(1);
        // It cannot continue either.
        asked.is_blob().then_some(whole)
    };
    refused(
        1,
        cut,
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] breaks off after 1 of 2 bytes, also when it is asked again

"#]],
    );
}

#[test]
fn silence() {
    let place = Place::with_layout();
    let silent = |asked: &Asked| asked.is_blob().then(|| Answer::status(200).silent());
    let registry = FaultyRegistry::serving(&place.path("layout"), silent);
    let host = registry.host();
    place.workspace.write(
        "ddt.hjson",
        format!("registries: {{\n  \"{host}\": {{\n    timeout: 1s\n  }}\n}}\n"),
    );
    let ended = place
        .run(&["bundle", "inspect", &format!("{host}/demo:1.0.0")])
        .exits(1);
    assert_said(
        &ended.stderr.replace(&host, "[HOST]"),
        str![[r#"
error: cannot take the bundle [HOST]/demo:1.0.0
  cause: the registry [HOST] did not give or take everything within 1 s; `registries.HOST.timeout` in ddt.hjson says how long it may take

"#]],
    );
}

#[test]
fn nobody_there() {
    let place = Place::new();
    let ended = place
        .run(&["bundle", "inspect", "localhost:1/demo:1.0.0"])
        .exits(1);
    assert_said(
        &ended.stderr,
        str![[r#"
error: cannot take the bundle localhost:1/demo:1.0.0
  cause: the registry localhost:1 cannot be reached: Connection refused (os error 111)

"#]],
    );
}

#[test]
fn no_node_is_touched() {
    let zone = crate::support::zone::Zone::hostos(&["node-1"]);
    zone.write_documents();
    let place = Place::with_layout();
    let registry = FaultyRegistry::serving(&place.path("layout"), |_| Some(Answer::status(404)));
    let host = registry.host();
    zone.write(
        "manifest.hjson",
        zone.manifest().replace("dir:bundles", &host),
    );
    let ended = zone.run(&["deploy", "manifest.hjson"]).exits(2);
    let ended = ended
        .says("does not have it (404)")
        .says("not every release bundle can be taken");
    assert!(
        !zone.path("nodes").exists(),
        "a node was touched: {}",
        ended.stderr
    );
    let manifests = registry.asked();
    assert_eq!(
        manifests.len(),
        6,
        "every bundle is asked for once, and all are reported"
    );
}
