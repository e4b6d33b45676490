//! The program: a shell or a web server? The one place that ends the process.

use std::process::ExitCode;

use postern::actions::Answer;
use postern::{app, cli, process, request};

fn main() -> ExitCode {
    process::start();
    // Under CGI the arguments are never looked at: Apache passes the query of `?gc` as one.
    if !request::is_cgi() {
        return cli::run();
    }
    let admitted = app::admit();
    cgi::handle(|raw| match app::serve(admitted, raw) {
        Answer::Page(response) => {
            process::answering();
            response.into_cgi()
        }
        // Written already, down its own slow line; the crate would write a second answer.
        Answer::Sent => process::end(0),
    });
    process::end(0)
}
