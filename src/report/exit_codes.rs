//! The table of exit codes, for `ddt help exit-codes` and for the docs.

use std::fmt::Write;

use crate::exit::ExitCode;

/// The table for a terminal.
pub fn text() -> String {
    let mut out = String::from("exit codes of ddt\n\n");
    for code in ExitCode::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{:>5}  {}", code.number(), code.meaning());
    }
    out.push_str("\n`ddt plan --detailed-exitcode`: 0 no changes, 1 error, 2 changes\n");
    out
}

/// The page `docs/exit-codes.md`.
pub fn markdown() -> String {
    let mut out = String::from("# Exit codes\n\n| code | meaning |\n| ---: | --- |\n");
    for code in ExitCode::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "| {} | {} |", code.number(), code.meaning());
    }
    out.push_str(
        "\n`ddt plan --detailed-exitcode` has its own: 0 no changes, 1 error, 2 changes.\n\n\
         <!-- Generated from src/exit.rs: SNAPSHOTS=overwrite cargo test exit_codes -->\n",
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_every_code() {
        insta::assert_snapshot!(text());
    }

    #[test]
    fn the_page_in_the_docs_is_the_table() {
        let page = snapbox::file!["../../docs/exit-codes.md": Text];
        snapbox::assert_data_eq!(markdown(), page.raw());
    }
}
