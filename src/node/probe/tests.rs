//! Facts from responses that a node may give, honest or not.

#![expect(clippy::expect_used, reason = "tests")]

use super::*;

#[test]
fn node_types_are_read_in_every_way_they_are_written() {
    for text in [
        "NODE_TYPES=master,compute",
        "NODE_TYPES=\"master compute\"",
        " NODE_TYPES = 'compute, master' # both",
        "# NODE_TYPES=x\nNODE_TYPES=old\nNODE_TYPES=compute master # last one wins\n",
    ] {
        let types = personalities(text);
        assert!(types.iter().eq(["compute", "master"]), "{text}: {types:?}");
    }
    assert!(personalities("OTHER_NODE_TYPES=x\n").is_empty());
}

#[test]
fn a_stage_is_one_plain_line() {
    assert_eq!(stage("post-config\n"), Ok("post-config".into()));
    assert_eq!(stage("post-config"), Ok("post-config".into()));
    for text in [
        "",
        "\n",
        " \n",
        "a\nb",
        "a\n\n",
        "a\x1b\n",
        &"a".repeat(129),
    ] {
        assert!(stage(text).is_err(), "{text:?}");
    }
}

#[test]
fn every_line_of_the_releases_must_be_understood() {
    let digest = crate::digest::Digest::of(b"x");
    let line = format!("2026-01-02T03:04:05Z p b:1.2.3 {digest} run deployed\n");
    assert_eq!(releases(&line.repeat(2)).expect("understood").len(), 2);
    assert_eq!(releases("").expect("understood").len(), 0);
    let (reason, excerpt) = releases(line.trim_end()).expect_err("cut");
    assert_eq!(
        (reason.as_str(), excerpt),
        ("its last line has no end", line.trim_end())
    );
    for (from, to) in [
        ("deployed", "x"),
        ("1.2.3", "1.2"),
        ("2026", "20-6"),
        (" p", "  p"),
    ] {
        let text = format!("{line}{}", line.replacen(from, to, 1));
        let (reason, _) = releases(&text).expect_err("changed");
        assert_eq!(reason, "line 2 is not ddt's");
    }
}

#[test]
fn free_space_is_found_whatever_the_device_is_called() {
    let part = |text: &str| Part {
        heading: vec![],
        body: text.as_bytes().to_vec(),
    };
    let text = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                //server/my share 1000 400 600 40% /mnt/a b\n";
    assert_eq!(free_kib(&part(text)), Ok(600));
    assert!(free_kib(&part("")).is_err());
    assert!(free_kib(&part("x y z\n")).is_err());
}

proptest::proptest! {
    #[test]
    fn whatever_a_node_says_is_read_without_a_panic(
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400),
        id in "[a-z]{0,2}",
    ) {
        let query = FactsQuery::default();
        let mut text = format!("\n{id} machine\nboot x\n\n{id} last a b c 1 2 3 ended\n").into_bytes();
        text.extend(bytes);
        if let Ok(response) = Response::read(&id, &text) {
            drop(read(&query, &response));
        }
    }
}
