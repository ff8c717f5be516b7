//! Tests of reading and bringing together what is recorded.

use super::*;

fn failed(text: &str) -> String {
    let error = RecordedZone::read(text).expect_err("it is not sound");
    let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
    format!("{error}{}", source.unwrap_or_default())
}

#[test]
fn says_what_is_wrong_with_a_file() {
    insta::assert_snapshot!(failed("mzone7204"), @"it is not what `ddt status --json` prints: expected value at line 1 column 1");
    insta::assert_snapshot!(failed("{}"), @"it is not what `ddt status --json` prints: missing field `schema` at line 1 column 2");
    insta::assert_snapshot!(failed(r#"{"schema": 2, "zones": []}"#), @"it has schema 2, this ddt knows 1");
    insta::assert_snapshot!(failed(r#"{"schema": 1, "zones": [{"mzone": "m1"}]}"#), @"it holds no releases");
    let tag = r#"{"schema": 1, "zones": [{"mzone": "m1", "releases": {"nodes": {"n": {"c": {"stage": null, "packages": {"p": "1"}}}}}}]}"#;
    insta::assert_snapshot!(failed(tag), @"it is not what `ddt status --json` prints: not MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha; it stopped at MAJOR at line 1 column 112");
}

#[test]
fn what_is_written_is_read() {
    let packages = BTreeMap::from([(name("p"), tag("1.2.3"))]);
    let node = NodeReleases {
        stage: Some(name("ready")),
        packages,
    };
    let releases = ZoneReleases {
        nodes: [(name("node-1"), [(name("c"), node)].into())].into(),
        seen: [(name("c"), [(name("p"), vec![tag("1.2.3")])].into())].into(),
    };
    let status = serde_json::json!({
        "schema": 1,
        "zones": [{ "mzone": "m1", "run": null, "releases": releases }],
    });
    let zones = RecordedZone::read(&status.to_string()).expect("it is sound");
    let mzone = name("m1");
    assert_eq!(zones, [RecordedZone { mzone, releases }]);
}

#[test]
fn the_later_record_of_a_zone_counts_but_every_version_was_seen() {
    let zone = |version: &str| RecordedZone {
        mzone: name("m1"),
        releases: ZoneReleases {
            nodes: [(name(version), [(name("c"), NodeReleases::default())].into())].into(),
            seen: [(name("c"), [(name("p"), vec![tag(version)])].into())].into(),
        },
    };
    let recorded = Recorded::new(["1.0.0", "1.1.0", "1.2.0", "1.3.0"].map(zone));
    let nodes: Vec<&str> = recorded
        .nodes(&name("m1"), "c")
        .map(|(node, _)| node.as_str())
        .collect();
    assert_eq!(nodes, ["1.3.0"]);
    let between = |from: &str, to: &str| {
        let [from, to] = [from, to].map(|version| tag(version).version().clone());
        let found = recorded.versions_between("c", "p", (&from, &to));
        found.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(between("1.0.0", "1.3.0"), ["1.1.0", "1.2.0"]);
    assert!(between("1.0.0", "1.1.0").is_empty());
    assert!(between("1.3.0", "1.0.0").is_empty());
    assert!(between("1.0.0", "1.0.0").is_empty());
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn tag(text: &str) -> ReleaseTag {
    text.parse().expect("a tag")
}
