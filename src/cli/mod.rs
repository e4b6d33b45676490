//! The program from a shell: `check`, `gc`, `--version`, `--help`. For the hoster; a web server never gets here.

mod check;
mod gc;

use std::process::ExitCode;

use crate::{ahead, later};

const HELP: &str = "\
Postern, a webmail in one CGI file. The web server runs it; see README.md for how to install it.

From a shell:
  postern check            checks configuration, state directory, mail servers and limits, and tells you
                           what to fix; the exit code is 1 if anything is wrong
  postern check --url URL  also tests whether the web server serves the state directory; URL is the address
                           at which you open Postern
  postern gc [--days N]    frees disk space: rebuilds caches that are too large, and deletes caches, templates
                           and unsent messages of users not seen for N days (default 30); settings are kept
  postern gc --forget N    also deletes everything of users not seen for N days
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
        ["check", rest @ ..] => match check::Wish::read(rest) {
            Some(wish) => check::run(wish),
            None => usage(),
        },
        ["gc", rest @ ..] => match gc::Wish::read(rest) {
            Some(wish) => gc::run(wish),
            None => usage(),
        },
        // Not for people: the program starts itself so.
        [word] if *word == later::ARGUMENT => later::run(),
        [word] if *word == ahead::ARGUMENT => ahead::run(),
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
