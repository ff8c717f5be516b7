//! The table of failures, for the docs.

use std::fmt::Write;

use crate::failure::{FailureClass, Patience, Retry};

/// The page `docs/failures.md`.
pub fn markdown() -> String {
    let mut out = String::from(HEAD);
    for class in FailureClass::ALL {
        let row = class.row();
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            class.word(),
            retry(row.retry),
            row.recovery_level as u8,
            row.exit_code.number(),
            row.help,
        );
    }
    out.push_str(
        "\n<!-- Generated from src/failure/table.rs: SNAPSHOTS=overwrite cargo test failure_table -->\n",
    );
    out
}

const HEAD: &str = "\
# Failures

Every failure has a class. The class says whether it is tried again, how little recovery is
likely to suffice, how a run ends that is ended by it, and what to do. A known error of the
component, or a tolerance of the rollout, says more.

Retries are shown as `[attempt 2/4]`. The pause before the second attempt doubles each time.
A run has so many retries for a class over all nodes. An attempt that was lost with its
connection is asked for, never started again.

| class | tried again | recovery level | exit code | what to do |
| --- | --- | ---: | ---: | --- |
";

fn retry(retry: Retry) -> String {
    let after = |patience: Patience| {
        let (pause, budget) = (patience.pause_seconds, patience.budget);
        format!("first after {pause} s, {budget} in a run")
    };
    match retry {
        Retry::Never => "no".to_owned(),
        Retry::Within(patience) => {
            format!("{} attempts, {}", patience.attempts, after(patience))
        }
        Retry::Idempotent(patience) => format!(
            "if the bundle is idempotent, `step_retries` times, {}",
            after(patience)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failure_table_in_the_docs_is_the_one_of_the_code() {
        let page = snapbox::file!["../../docs/failures.md": Text];
        snapbox::assert_data_eq!(markdown(), page.raw());
    }
}
