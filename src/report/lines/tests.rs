use std::sync::Arc;

use super::*;
use crate::report::script::{CONFIG, Paper, noon, play, task};

fn told(detail: Detail) -> String {
    let paper = Paper::default();
    let lines = Lines::new(LinesRequest {
        out: Box::new(paper.clone()),
        look: Look::PLAIN,
        detail,
        trouble: Trouble::new("write"),
        clock: Arc::new(noon),
    });
    play(&lines);
    paper.text()
}

#[test]
fn tells_every_event_in_one_line() {
    insta::assert_snapshot!(told(Detail::Events));
}

#[test]
fn tells_what_a_node_did_not_fetch() {
    let told = Telling::of_progress(&Progress::NotFetched {
        node: "node-1".parse().expect("a name"),
        payloads: 2,
        why: "curl is not installed".to_owned(),
    });
    insta::assert_snapshot!(
        told.expect("a line").text,
        @"node-1 is sent 2 bundles that it does not fetch: curl is not installed"
    );
}

#[test]
fn shows_the_output_of_nodes_escaped_where_that_is_wanted() {
    let told = told(Detail::Output);
    let output: Vec<&str> = told.lines().filter(|line| line.contains(" | ")).collect();
    assert_eq!(output.len(), 31);
    assert_eq!(output[0], "12:00:01 node-2 hostos-config-release | step 1");
    let last = r"12:00:01 node-2 hostos-config-release | \u{1b}[31mERROR\u{1b}[0m unable to morph node personality to master from compute \xff";
    assert_eq!(output[30], last);
}

#[test]
fn does_not_wait_for_ever_for_the_end_of_a_line() {
    let mut text = vec![b'x'; LONGEST_PART + 1];
    assert_eq!(take_lines(&mut text).len(), 1);
    assert!(text.is_empty());
    let mut text = b"one\ntwo\nthr".to_vec();
    assert_eq!(take_lines(&mut text), [b"one\n", b"two\n"]);
    assert_eq!(text, b"thr");
}

#[test]
fn an_error_of_writing_is_noted_and_nothing_else() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("no space left"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let trouble = Trouble::new("write all output");
    let lines = Lines::new(LinesRequest {
        out: Box::new(Full),
        look: Look::PLAIN,
        detail: Detail::Output,
        trouble: trouble.clone(),
        clock: Arc::new(noon),
    });
    lines.log(&task("node-1", CONFIG), b"one\ntwo\n");
    let message = "cannot write all output: no space left (and 1 more)";
    assert_eq!(trouble.message().as_deref(), Some(message));
}
