//! The commands of `docs/bundles.md`: they run in order, and print what the page says they print.

use crate::support::ddt::Workspace;
use crate::support::docker_registry::DockerRegistry;
use crate::tour::{is_shown, run, stops, without_moments};

const PAGE: &str = include_str!("../../../docs/bundles.md");

#[test]
fn the_commands_of_the_page_do_what_it_says() {
    let Some(registry) = DockerRegistry::open() else {
        return;
    };
    let workspace = Workspace::new();
    let page = PAGE.replace("localhost:5000", &registry.host());
    let stops = stops(&page);
    assert!(stops.len() > 5, "the page has commands");
    for stop in stops {
        let printed = run(stop.command, &workspace);
        let comparable: Vec<String> = printed.lines().map(without_moments).collect();
        assert!(
            is_shown(&stop.shown, &comparable),
            "`{}` prints something else than the page says:\n{printed}",
            stop.command
        );
    }
}
