//! Several components: each has its own stages, and `requires` orders them.

use super::facts::{Change, blank, ready};
use super::zone::{Zone, name, package};
use crate::component::ComponentDefinition;
use crate::manifest::ComponentEntry;
use crate::node::facts::ComponentFacts;

/// A component like hostos, of two packages that no stage orders.
fn agents(zone: &mut Zone, requires: &[&str]) {
    let definition = ComponentDefinition {
        component: name("agents"),
        boot_cycle: None,
        stages: vec![name("installing"), name("installed")],
        ready: name("installed"),
        packages: ["first", "last"]
            .map(|package| crate::component::PackageDefinition {
                package: name(package),
                bundle: None,
                needs: None,
                sets: (package == "last").then(|| name("installed")),
                after: Vec::new(),
                fresh_only: Default::default(),
                required: Default::default(),
                may_reboot: Default::default(),
            })
            .into(),
        ..zone.definition().clone()
    };
    let entry = zone.entry("config").clone();
    zone.definitions.insert(name("agents"), definition);
    let entry = ComponentEntry {
        requires: requires.iter().copied().map(name).collect(),
        packages: [(name("first"), entry.clone()), (name("last"), entry)].into(),
    };
    zone.manifest.components.insert(name("agents"), entry);
    zone.find_bundles();
}

fn order(zone: &Zone) -> Vec<String> {
    let plan = zone.plan().unwrap();
    plan.packages
        .iter()
        .map(|planned| planned.component.to_string())
        .collect()
}

#[test]
fn a_component_comes_after_those_it_requires() {
    let before = Zone::sample().with(|zone| agents(zone, &[]));
    assert_eq!(order(&before)[0], "agents");
    let after = Zone::sample().with(|zone| agents(zone, &["hostos", "not-in-the-manifest"]));
    assert_eq!(order(&after)[0], "hostos");
}

#[test]
fn each_component_has_its_own_mode_and_stages() {
    let zone = Zone::sample()
        .only(&["config"])
        .with(|zone| agents(zone, &["hostos"]));
    insta::assert_snapshot!(zone.node("node-1", ready()).told(), @r"
    node-1, fresh, upgrade: deploy
      config: nothing, up to date
      first: run, not installed [-]
      last: run, not installed [- → installed]
    ");
}

#[test]
fn without_boot_cycles_every_record_counts() {
    let zone = Zone::sample()
        .only(&["config"])
        .with(|zone| agents(zone, &[]));
    let wanted = zone.clone().entry("config").tag.clone();
    let mut facts = ready().records(&name("first"), &wanted);
    let releases = vec![facts.hostos().releases.pop().unwrap()];
    let recorded = ComponentFacts {
        stage: Some("installing".to_owned()),
        releases,
        ..ComponentFacts::default()
    };
    facts.components.insert(name("agents"), recorded);
    insta::assert_snapshot!(zone.node("node-1", facts).told(), @r"
    node-1, continued, upgrade: deploy
      first: nothing, up to date
      last: run, not installed [installing → installed]
      config: nothing, up to date
    ");
}

#[test]
fn a_problem_in_one_component_does_not_hide_those_of_another() {
    let mut facts = blank().at("post-mortem");
    facts.components.entry(name("agents")).or_default().stage = Some("nowhere".to_owned());
    let zone = Zone::sample().with(|zone| agents(zone, &[]));
    insta::assert_snapshot!(zone.node("node-1", facts).told(), @r#"
    node-1: /etc/genesis/deploy_stage says "nowhere", which is not a stage of agents
      correct the file, or remove it for a fresh deployment
    node-1: /etc/genesis/deploy_stage says "post-mortem", which is not a stage of hostos
      correct the file, or remove it for a fresh deployment
    "#);
}

#[test]
fn a_plan_holds_all_that_its_steps_are_given() {
    let zone = Zone::sample().with(|zone| {
        zone.entry("config").flags = vec!["--verbose".to_owned()];
        let config = [("key".to_owned(), serde_json::json!({"nested": [1, "two"]}))];
        zone.entry("config").config = Some(config.into());
    });
    let plan = zone.node("node-1", blank()).plan().unwrap();
    let [boot, config] = [&plan.packages[0], &plan.packages[1]];
    assert_eq!((boot.config.as_str(), boot.flags.len()), ("{}", 0));
    assert_eq!(config.config, r#"{"key":{"nested":[1,"two"]}}"#);
    assert_eq!(config.flags, ["--verbose"]);
    assert_eq!(plan.packages[5].bundle_name, package("config"));
    assert_eq!(plan.packages[5].package, package("post-config"));
}
