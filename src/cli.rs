//! The program from a shell: `check`, `gc`, `--version`, `--help`.

use std::process::ExitCode;

const HELP: &str = "\
Postern, a webmail in one CGI file.

The web server runs this program; see README.md for how to install it.

From a shell:
  postern --version    the version
  postern --help       this text
";

/// Runs what the arguments ask for.
pub fn run() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match (
        arguments.next().as_deref().and_then(|a| a.to_str()),
        arguments.next(),
    ) {
        (Some("--version"), None) => println!("postern {}", env!("CARGO_PKG_VERSION")),
        (Some("--help") | None, None) => print!("{HELP}"),
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
