//! The `ddt` command: arguments in, exit code out.

fn main() {}
