//! The `ddt` command: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    ddt::cli::main(std::env::args_os()).into()
}
