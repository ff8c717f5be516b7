//! Tests of what is said of records and of earlier revisions.

use crate::hjson;
use crate::lint::output::concise;
use crate::lint::{
    Earlier, Layer, Linter, NodeReleases, Origin, Recorded, RecordedZone, Selection, Subject,
    Surroundings, ZoneReleases,
};

const PACKAGE: &str = "hostos-kernel-patch-release";
const WANTED: &str = "3.1.10-20220622T070711Z_1412be2";
const MANIFEST: &str = include_str!("../../../fixtures/lint/DDT101/good.hjson");

fn lint(surroundings: Surroundings) -> String {
    let selection = Selection {
        call: Layer {
            select: vec![
                "DDT4".parse().expect("rules"),
                "DDT6".parse().expect("rules"),
            ],
            ..Layer::default()
        },
        ..Selection::default()
    };
    let linter = Linter {
        surroundings: &surroundings,
        selection: &selection,
    };
    let subject = Subject::recognise("a.hjson", MANIFEST.as_bytes(), Origin::Named);
    concise(&linter.lint(&subject))
}

/// What is said where the nodes of a zone have these releases of the package.
fn on_nodes(mzone: &str, tags: &[&str]) -> String {
    let tag = |text: &str| text.parse().expect("a tag");
    let nodes = tags.iter().zip(1..).map(|(text, number)| {
        let node = NodeReleases {
            stage: "post-config".parse().ok(),
            packages: [(PACKAGE.parse().expect("a name"), tag(text))].into(),
        };
        let name = format!("node-{number}").parse().expect("a name");
        (name, [("hostos".parse().expect("a name"), node)].into())
    });
    let releases = ZoneReleases {
        nodes: nodes.collect(),
        ..ZoneReleases::default()
    };
    let mzone = mzone.parse().expect("a name");
    lint(Surroundings {
        recorded: Recorded::new([RecordedZone { mzone, releases }]),
        ..Surroundings::built_in()
    })
}

/// What is said where the tag was another one at a revision.
fn at_main(tag: &str) -> String {
    let text = MANIFEST.replace(WANTED, tag);
    lint(Surroundings {
        earlier: Some(Earlier {
            revision: "main".to_owned(),
            documents: [("a.hjson".into(), hjson::parse(&text).tree)].into(),
        }),
        ..Surroundings::built_in()
    })
}

#[test]
fn says_what_nodes_have() {
    let older = "3.1.11-20220710T081245Z_5e0d9aa";
    insta::assert_snapshot!(on_nodes("mzone7204", &[older]), @"a.hjson:7:16: error[DDT601]: `hostos-kernel-patch-release` goes back: node-1 has 3.1.11-20220710T081245Z_5e0d9aa");
    insta::assert_snapshot!(on_nodes("mzone7204", &[older, older]), @"a.hjson:7:16: error[DDT601]: `hostos-kernel-patch-release` goes back: node-1 and node-2 have 3.1.11-20220710T081245Z_5e0d9aa");
    insta::assert_snapshot!(on_nodes("mzone7204", &[older, WANTED, older, older]), @"a.hjson:7:16: error[DDT601]: `hostos-kernel-patch-release` goes back: node-1 and 2 more nodes have 3.1.11-20220710T081245Z_5e0d9aa");
    insta::assert_snapshot!(on_nodes("mzone7204", &[older, "2.0.0-20210710T081245Z_5e0d9aa"]), @r#"
    a.hjson:7:16: error[DDT601]: `hostos-kernel-patch-release` goes back: node-1 has 3.1.11-20220710T081245Z_5e0d9aa
    a.hjson:7:16: error[DDT602]: `hostos-kernel-patch-release` changes its major version: node-2 has 2.0.0-20210710T081245Z_5e0d9aa
    "#);
    insta::assert_snapshot!(on_nodes("mzone7204", &[WANTED, WANTED]), @"a.hjson:2:10: info[DDT606]: every node of `mzone7204` has what the manifest wants");
    assert_eq!(
        on_nodes("mzone7204", &[WANTED, "3.1.9-20210710T081245Z_5e0d9aa"]),
        ""
    );
    assert_eq!(on_nodes("mzone7205", &[older]), "");
    assert_eq!(on_nodes("mzone7204", &[]), "");
}

#[test]
fn says_what_it_was_at_a_revision() {
    insta::assert_snapshot!(at_main("3.1.11-20220710T081245Z_5e0d9aa"), @"a.hjson:7:16: error[DDT601]: `hostos-kernel-patch-release` goes back: at `main` it was 3.1.11-20220710T081245Z_5e0d9aa");
    insta::assert_snapshot!(at_main("4.0.0-20220710T081245Z_5e0d9aa"), @"a.hjson:7:16: error[DDT602]: `hostos-kernel-patch-release` changes its major version: at `main` it was 4.0.0-20220710T081245Z_5e0d9aa");
    insta::assert_snapshot!(at_main("3.1.9-20220710T081245Z_5e0d9aa"), @"a.hjson:7:16: warning[DDT603]: `hostos-kernel-patch-release` has a higher version that was built earlier: at `main` it was 3.1.9-20220710T081245Z_5e0d9aa");
    insta::assert_snapshot!(at_main("3.1.10-20220621T081245Z_5e0d9aa"), @"a.hjson:7:16: error[DDT604]: `hostos-kernel-patch-release` has version 3.1.10 of another commit: at `main` it was 3.1.10-20220621T081245Z_5e0d9aa");
    insta::assert_snapshot!(at_main("3.1.10-20220622T070711Z_5e0d9aa"), @"a.hjson:7:16: error[DDT604]: `hostos-kernel-patch-release` has version 3.1.10 of another commit: at `main` it was 3.1.10-20220622T070711Z_5e0d9aa");
    insta::assert_snapshot!(at_main("3.1.10-20220710T081245Z_5e0d9aa"), @"a.hjson:7:16: error[DDT601]: `hostos-kernel-patch-release` goes back: at `main` it was 3.1.10-20220710T081245Z_5e0d9aa");
    assert_eq!(at_main(WANTED), "");
    assert_eq!(at_main("latest"), "");
    assert_eq!(at_main("3.1.9-20220610T081245Z_5e0d9aa"), "");
}
