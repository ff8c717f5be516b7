use super::*;
use crate::report::script::{Paper, events, known_errors, noon, play};

struct Run {
    stdout: Paper,
    stderr: Paper,
    reporter: Reporter,
}

fn run(format: Format) -> Run {
    let (stdout, stderr) = (Paper::default(), Paper::default());
    let reporter = Reporter::new(ReporterRequest {
        stdout: stdout.output(),
        stderr: stderr.output(),
        format,
        detail: Detail::Events,
        logs: None,
        known_errors: known_errors(),
        command: "ddt deploy mzone7204.hjson".into(),
        clock: Arc::new(noon),
    });
    Run {
        stdout,
        stderr,
        reporter,
    }
}

#[test]
fn people_get_the_summary_on_stdout_and_the_events_on_stderr() {
    let run = run(Format::People);
    play(&run.reporter);
    assert_eq!(run.stdout.text(), "");
    run.reporter.finish();
    assert!(
        run.stdout
            .text()
            .starts_with("deploy of mzone7204: failed after 0s")
    );
    assert_eq!(run.stderr.text().lines().count(), events().len() + 1);
}

#[test]
fn machines_get_the_events_on_stdout_and_nothing_else() {
    let run = run(Format::Json);
    play(&run.reporter);
    run.reporter.finish();
    assert_eq!(run.stderr.text(), "");
    insta::assert_snapshot!(run.stdout.text());
}

#[test]
fn a_reader_of_json_gets_back_the_very_events() {
    let run = run(Format::Json);
    play(&run.reporter);
    let text = run.stdout.text();
    let read = text.lines().skip(1).map(serde_json::from_str::<Event>);
    let read: Result<Vec<Event>, _> = read.collect();
    assert_eq!(read.expect("every line is an event"), events());
}

#[test]
fn output_that_cannot_be_written_is_told_once() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let stderr = Paper::default();
    let stdout = Output::new(Box::new(Closed), crate::report::Stream::Other, Look::PLAIN);
    let reporter = Reporter::new(ReporterRequest {
        stdout,
        stderr: stderr.output(),
        format: Format::Json,
        detail: Detail::Events,
        logs: None,
        known_errors: KnownErrors::default(),
        command: "ddt deploy mzone7204.hjson".into(),
        clock: Arc::new(noon),
    });
    play(&reporter);
    reporter.finish();
    assert_eq!(
        stderr.text(),
        "warning: cannot write all output: broken pipe\n"
    );
}
