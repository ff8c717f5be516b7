//! `fetch: node` from a registry that issues tokens: a node gets the one for its repository, and never the password.

use super::Place;
use super::fetch::{ENCODED, is_of_curl, write_documents};
use crate::support::certificates::Certificates;
use crate::support::docker_registry::{PASSWORD, is_installed};
use crate::support::faulty_registry::{Answer, Asked, FaultyRegistry};
use crate::support::process::Ended;
use crate::support::skip::skip;

/// Which tokens are good, by what is asked with them and by their number; the first one is 0.
type IsGood = fn(&Asked, usize) -> bool;

/// A zone of one local node that fetches, and a registry that issues tokens for docker's login.
struct Issuing {
    place: Place,
    registry: FaultyRegistry,
    _certificates: Certificates,
}

impl Issuing {
    fn new(is_good: IsGood) -> Option<Self> {
        if !is_installed("curl") {
            skip("curl is not installed");
            return None;
        }
        let certificates = Certificates::new()?;
        let place = Place::with_layout();
        let layout = place.path("layout");
        let registry = FaultyRegistry::serving_tls(&layout, &certificates, move |asked| {
            unless_authorized(asked, is_good)
        });
        write_documents(
            &place.workspace.path(),
            &registry.host(),
            &certificates.ca(),
        );
        Some(Self {
            place,
            registry,
            _certificates: certificates,
        })
    }

    fn deploy(&self) -> Ended {
        self.place.run(&["deploy", "zone.hjson"]).exits(0)
    }

    /// What the node has asked for, and with which token.
    fn asked_by_node(&self) -> Vec<(String, String)> {
        let asked = self.registry.asked().into_iter().filter(is_of_curl);
        let token = |one: &Asked| one.header("authorization").unwrap_or_default().to_owned();
        asked.map(|one| (token(&one), one.path)).collect()
    }
}

/// Issues a token for the password; asks for one where none is shown, or one that is not good.
fn unless_authorized(asked: &Asked, is_good: IsGood) -> Option<Answer> {
    let shown = asked.header("authorization").unwrap_or_default();
    if asked.path.starts_with("/token?") {
        let is_known = shown == format!("basic {}", ENCODED.to_lowercase());
        let token = format!(r#"{{"token": "t0ken-{}"}}"#, asked.before);
        return Some(match is_known {
            true => Answer::status(200).body(token),
            false => Answer::status(401),
        });
    }
    let number = shown.strip_prefix("bearer t0ken-");
    let number = number.and_then(|number| number.parse().ok());
    let is_authorized = number.is_some_and(|number| is_good(asked, number));
    let host = asked.header("host").unwrap_or_default();
    let challenge = format!("Bearer realm=\"https://{host}/token\",service=\"registry\"");
    (!is_authorized).then(|| Answer::status(401).header("WWW-Authenticate", &challenge))
}

#[test]
fn a_node_reads_with_the_token_of_one_repository() {
    let Some(issuing) = Issuing::new(|_, _| true) else {
        return;
    };
    issuing.deploy().does_not_say("does not fetch");
    let asked = issuing.asked_by_node();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].0.starts_with("bearer t0ken-"), "{asked:?}");
    assert!(asked[0].1.starts_with("/v2/team/demo/blobs/sha256:"));
    let all = issuing.registry.asked();
    let (issues, others): (Vec<_>, Vec<_>) =
        all.iter().partition(|one| one.path.starts_with("/token?"));
    let only = "scope=repository%3Ateam%2Fdemo%3Apull&";
    assert!(issues.iter().all(|one| one.path.contains(only)));
    let has_password = |one: &&Asked| {
        one.header("authorization")
            .is_some_and(|shown| shown.starts_with("basic"))
    };
    assert!(
        !others.iter().any(has_password),
        "a password instead of a token"
    );
}

#[test]
fn a_token_is_in_pipes_alone_and_the_password_never_leaves_ddt() {
    let Some(issuing) = Issuing::new(|_, _| true) else {
        return;
    };
    let Some((ended, trace)) = issuing.place.deploy_traced() else {
        return;
    };
    ended.does_not_say("does not fetch").does_not_say("t0ken");
    trace.has_in_pipes_alone(&["t0ken-"]);
    trace.lacks(&[PASSWORD, ENCODED]);
}

#[test]
fn a_token_that_ends_meanwhile_is_renewed() {
    let Some(issuing) = Issuing::new(|asked, token| token > 0 || !asked.is_blob()) else {
        return;
    };
    let remote = format!("{}/team/demo:1.0.0", issuing.registry.host());
    let inspect = ["bundle", "inspect", &remote];
    issuing.place.run(&inspect).exits(0).says("1.0.0");
}

#[test]
fn a_node_is_given_a_token_that_is_still_good() {
    // The first one ends when ddt has read the bundle: before it sends a node to read it, ddt reads its first byte.
    let Some(issuing) = Issuing::new(|asked, token| token > 0 || asked.header("range").is_none())
    else {
        return;
    };
    issuing.deploy().does_not_say("does not fetch");
    let asked = issuing.asked_by_node();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_ne!(asked[0].0, "bearer t0ken-0");
}

#[test]
fn a_bundle_is_sent_where_the_token_of_the_node_is_refused() {
    let Some(issuing) = Issuing::new(|asked, _| !is_of_curl(asked)) else {
        return;
    };
    issuing
        .deploy()
        .says(
            "node-1 is sent 1 bundle that it does not fetch: curl: (22) The requested URL returned error: 401",
        )
        .says("1 task on 1 node: 1 done")
        .does_not_say("t0ken");
    assert_eq!(issuing.asked_by_node().len(), 1, "the node has asked once");
}
