//! What documents and flags say of a rollout, counted out.

#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use super::{Batch, BatchKind, Rollout, RolloutRules};
use crate::document::{Document, Source};
use crate::inventory::Inventory;
use crate::manifest;
use crate::name::Name;
use crate::share::Share;

const INVENTORY: &str = r#"{
  mzone: mzone-1
  nodes: {
    node-1: {}
    node-2: {}
    node-3: {
      labels: {
        rack: "b"
      }
    }
    node-4: {}
    node-5: {
      labels: {
        rack: "b"
      }
    }
  }
GROUPS
}"#;

fn inventory(groups: &str) -> Inventory {
    let text = INVENTORY.replace("GROUPS", groups);
    let document = Document::<Inventory>::read(Source::new("inventory.hjson", text));
    document.unwrap().value
}

fn names(numbers: &[u32]) -> Vec<Name> {
    let names = numbers.iter().map(|number| format!("node-{number}"));
    names.map(|name| name.parse().unwrap()).collect()
}

fn rollout_of(rollout: manifest::Rollout, groups: &str, nodes: &[u32]) -> Rollout {
    let rules = RolloutRules::new(rollout, &inventory(groups)).unwrap();
    let nodes = names(nodes);
    rules.apply(&nodes.iter().collect::<Vec<_>>())
}

fn batches(rollout: &Rollout) -> Vec<(BatchKind, String)> {
    let told = |batch: &Batch| {
        let numbers = batch
            .nodes
            .iter()
            .map(|node| node.as_str().replace("node-", ""));
        (batch.kind, numbers.collect::<Vec<_>>().join(" "))
    };
    rollout.batches.iter().map(told).collect()
}

#[test]
fn nothing_said_is_today_s_way() {
    let rollout = rollout_of(manifest::Rollout::default(), "", &[1, 2, 3]);
    assert_eq!(rollout, Rollout::default());
}

#[test]
fn canaries_then_batches_of_which_the_last_size_repeats() {
    let written = manifest::Rollout {
        canaries: Some(1),
        batches: vec![Share::Count(1), Share::Percent(40)],
        ..manifest::Rollout::default()
    };
    let rollout = rollout_of(written, "", &[1, 2, 3, 4, 5]);
    let expected = [
        (BatchKind::Canaries, "1".to_owned()),
        (BatchKind::Ordinary, "2".to_owned()),
        (BatchKind::Ordinary, "3 4".to_owned()),
        (BatchKind::Ordinary, "5".to_owned()),
    ];
    assert_eq!(batches(&rollout), expected);
}

#[test]
fn an_order_moves_what_it_names_to_the_front() {
    let written = manifest::Rollout {
        canaries: Some(2),
        order: vec!["rack=b".to_owned(), "node-2".to_owned()],
        ..manifest::Rollout::default()
    };
    let rollout = rollout_of(written, "", &[1, 2, 3, 4, 5]);
    let expected = [
        (BatchKind::Canaries, "3 5".to_owned()),
        (BatchKind::Ordinary, "2 1 4".to_owned()),
    ];
    assert_eq!(batches(&rollout), expected);
}

#[test]
fn more_canaries_than_nodes_are_all_nodes() {
    let written = manifest::Rollout {
        canaries: Some(9),
        ..manifest::Rollout::default()
    };
    let rollout = rollout_of(written, "", &[1, 2]);
    assert_eq!(batches(&rollout), [(BatchKind::Canaries, "1 2".to_owned())]);
}

#[test]
fn percentages_are_of_the_nodes_with_tasks() {
    let written = manifest::Rollout {
        max_in_flight: Some(Share::Percent(10)),
        max_failures: Some(Share::Percent(34)),
        ..manifest::Rollout::default()
    };
    let rollout = rollout_of(written, "", &[1, 2, 3]);
    assert_eq!(rollout.max_in_flight, Some(1));
    assert_eq!(rollout.max_failures, Some(1));
}

#[test]
fn groups_limit_their_own_nodes() {
    let groups = r#"  groups: {
    rack-b: {
      selector: rack=b
      max_failures: 50%
    }
    first: {
      selector: node-1
      critical: yes
    }
    gone: {
      selector: rack=z
      critical: yes
    }
    free: {
      selector: node-2
    }
  }"#;
    let rollout = rollout_of(manifest::Rollout::default(), groups, &[1, 2, 3, 4, 5]);
    let told = rollout.groups.iter().map(|limit| {
        let nodes: Vec<&str> = limit.nodes.iter().map(Name::as_str).collect();
        format!(
            "{}: {} of {}",
            limit.group,
            limit.max_failures,
            nodes.join(" ")
        )
    });
    let told: Vec<String> = told.collect();
    assert_eq!(told, ["first: 0 of node-1", "rack-b: 1 of node-3 node-5"]);
    assert_eq!(rollout.max_failures, None);
}

#[test]
fn a_selector_that_means_nothing_is_refused() {
    let refusal = |written: manifest::Rollout, groups: &str| {
        let refused = RolloutRules::new(written, &inventory(groups));
        refused.unwrap_err().to_string()
    };
    let ordered = manifest::Rollout {
        order: vec!["@nobody".to_owned()],
        ..manifest::Rollout::default()
    };
    insta::assert_snapshot!(refusal(ordered, ""), @"the rollout's order: the zone has no group `nobody`");
    let groups = "  groups: {\n    odd: {\n      selector: a b\n      critical: yes\n    }\n  }";
    insta::assert_snapshot!(refusal(manifest::Rollout::default(), groups), @"group odd: `a b` is not a selector; write a node name with `*`, @GROUP, LABEL=VALUE, or `!` before one of them");
}
