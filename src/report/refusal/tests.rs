use super::*;
use crate::node::NodeError;
use crate::plan::{Clash, NodeProblem};
use crate::report::script::{CONFIG, name};

fn tag(text: &str) -> crate::tag::ReleaseTag {
    text.parse().expect("a tag")
}

fn downgrade() -> Problem {
    Problem::Downgrade(Box::new(Clash {
        package: name(CONFIG),
        installed: tag("3.5.80-20220716T084253Z_0ffa960"),
        wanted: tag("3.5.79-20220616T084253Z_1ffa960"),
    }))
}

fn found(node: &str, problem: Problem) -> NodeProblem {
    NodeProblem {
        node: name(node),
        problem,
    }
}

#[test]
fn tells_every_problem_once_for_all_its_nodes() {
    let mut problems: Vec<NodeProblem> = (1..=100)
        .map(|number| found(&format!("node-{number}"), downgrade()))
        .collect();
    let unreachable = NodeError::Unreachable("no route to 10.0.0.7\u{1b}[2J".into());
    problems.push(found("node-7", Problem::NoFacts(unreachable)));
    insta::assert_snapshot!(render(&Refusal { problems }, Look::PLAIN));
}
