//! The program from a shell: `check`, `gc`, `--version`, `--help`. For the hoster; a web server never gets here.

mod check;
mod gc;

use std::process::ExitCode;

const HELP: &str = "\
Postern, a webmail in one CGI file. The web server runs it; README.md tells how to install it.

From a shell:
  postern check            looks at configuration, state directory, mail servers and limits, and says in
                           plain words what is right and what is not; exit code 1 where something is not
  postern gc [--days N]    makes room: stores that are over their budget are made anew, those of users not
                           seen for N days (30) are removed; what users have saved themselves stays
  postern gc --forget N    also removes users not seen for N days, with everything of theirs
  postern --version        the version
  postern --help           this text
";

/// Runs what the arguments ask for.
pub fn run() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|a| a.to_string_lossy().into_owned())
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["check"] => check::run(),
        ["gc", rest @ ..] => match gc::Wish::read(rest) {
            Some(wish) => gc::run(wish),
            None => usage(),
        },
        ["--version"] => {
            println!("postern {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        [] | ["--help"] => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprint!("{HELP}");
    ExitCode::from(2)
}
